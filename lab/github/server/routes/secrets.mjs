/** Actions secrets of a repository and of an environment. */
import { notFound } from "../errors.mjs";
import { actionsName } from "../names.mjs";
import { created, none, ok, page } from "../router.mjs";
import { keyOf, unseal } from "../sealed.mjs";
import { pick } from "../world.mjs";
import { find } from "./environments.mjs";

const ROOTS = ["/repos/:owner/:repo/actions/secrets", "/repos/:owner/:repo/environments/:environment/secrets"];

export function secretRoutes(route, world) {
  for (const root of ROOTS) addTo(route, world, root);
}

function addTo(route, world, root) {
  const table = () => world.table("secrets");
  const scope = ({ repo, params }) => (params.environment ? find(world, repo, params.environment).name : "");
  const all = (call) => {
    const environment = scope(call);
    return world.rows("secrets", call.repo).filter((row) => row.environment === environment);
  };
  const one = (call) => all(call).find((row) => row.name === call.params.name.toUpperCase());
  const known = (call) => {
    const row = one(call);
    if (!row) throw notFound();
    return row;
  };
  route("GET", root, (call) => page(call, all(call), world.api, (items, total_count) => ({ total_count, secrets: items.map(shape) })));
  route("GET", `${root}/public-key`, (call) => {
    const key = keyOf(world, call.repo, scope(call));
    return ok({ key_id: key.key_id, key: key.public });
  });
  route("GET", `${root}/:name`, (call) => ok(shape(known(call))));
  route("PUT", `${root}/:name`, (call) => {
    const name = actionsName(call.params.name, "Secret");
    unseal(world, keyOf(world, call.repo, scope(call)), call.body);
    const values = pick(call.body, ["encrypted_value", "key_id"]);
    const row = one(call);
    if (!row) table().insert({ repo_id: call.repo.id, environment: scope(call), name, ...values });
    else table().update(row.id, values);
    return row ? none() : created();
  });
  route("DELETE", `${root}/:name`, (call) => {
    table().delete(known(call).id);
    return none();
  });
}

const shape = ({ name, created_at, updated_at }) => ({ name, created_at, updated_at });
