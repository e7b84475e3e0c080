/** Actions secrets of a repository and of an environment. */
import { actionsName } from "../names.mjs";
import { created, none, ok, page } from "../router.mjs";
import { Scoped } from "../scoped.mjs";
import { keyOf, unseal } from "../sealed.mjs";
import { pick } from "../world.mjs";

const ROOTS = ["/repos/:owner/:repo/actions/secrets", "/repos/:owner/:repo/environments/:environment/secrets"];

export function secretRoutes(route, world) {
  const secrets = new Scoped(world, "secrets");
  const wrap = (items, total_count) => ({ total_count, secrets: items.map(shape) });
  for (const root of ROOTS) {
    route("GET", root, (call) => page(call, secrets.all(call), world.api, wrap));
    route("GET", `${root}/public-key`, (call) => {
      const key = keyOf(world, call.repo, secrets.environment(call));
      return ok({ key_id: key.key_id, key: key.public });
    });
    route("GET", `${root}/:name`, (call) => ok(shape(secrets.known(call))));
    route("PUT", `${root}/:name`, (call) => put(world, secrets, call));
    route("DELETE", `${root}/:name`, (call) => {
      secrets.remove(secrets.known(call));
      return none();
    });
  }
}

function put(world, secrets, call) {
  const name = actionsName(call.params.name, "Secret");
  unseal(world, keyOf(world, call.repo, secrets.environment(call)), call.body);
  const values = pick(call.body, ["encrypted_value", "key_id"]);
  const row = secrets.named(call, name);
  if (!row) secrets.add(call, { name, ...values });
  else secrets.change(row, values);
  return row ? none() : created();
}

const shape = ({ name, created_at, updated_at }) => ({ name, created_at, updated_at });
