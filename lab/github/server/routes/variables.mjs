/** Actions variables of a repository and of an environment. */
import { Refusal, notFound } from "../errors.mjs";
import { actionsName } from "../names.mjs";
import { created, none, ok, page } from "../router.mjs";
import { find } from "./environments.mjs";

const ROOTS = ["/repos/:owner/:repo/actions/variables", "/repos/:owner/:repo/environments/:environment/variables"];
const PER_PAGE = 10;
const MOST_PER_PAGE = 30;

export function variableRoutes(route, world) {
  for (const root of ROOTS) addTo(route, world, root);
}

function addTo(route, world, root) {
  const table = () => world.table("variables");
  const scope = ({ repo, params }) => (params.environment ? find(world, repo, params.environment).name : "");
  const all = (call) => {
    const environment = scope(call);
    return world.rows("variables", call.repo).filter((row) => row.environment === environment);
  };
  const named = (call, name) => all(call).find((row) => row.name === name.toUpperCase());
  const known = (call) => {
    const row = named(call, call.params.name);
    if (!row) throw notFound();
    return row;
  };
  const demandFree = (call, name) => {
    if (named(call, name)) throw new Refusal(409, "Already exists - Variable already exists");
  };
  route("GET", root, (call) =>
    page(call, all(call), world.api, (items, total_count) => ({ total_count, variables: items.map(shape) }), PER_PAGE, MOST_PER_PAGE));
  route("POST", root, (call) => {
    const name = actionsName(call.body.name, "Variable");
    demandFree(call, name);
    table().insert({ repo_id: call.repo.id, environment: scope(call), name, value: call.body.value });
    return created();
  });
  route("GET", `${root}/:name`, (call) => ok(shape(known(call))));
  route("PATCH", `${root}/:name`, (call) => {
    const row = known(call);
    const name = actionsName(call.body.name ?? row.name, "Variable");
    if (name !== row.name) demandFree(call, name);
    table().update(row.id, { name, value: call.body.value ?? row.value });
    return none();
  });
  route("DELETE", `${root}/:name`, (call) => {
    table().delete(known(call).id);
    return none();
  });
}

const shape = ({ name, value, created_at, updated_at }) => ({ name, value, created_at, updated_at });
