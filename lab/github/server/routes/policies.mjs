/** Patterns of branches and tags that may deploy to an environment. */
import { notFound } from "../errors.mjs";
import { none, ok, page } from "../router.mjs";
import { nodeId } from "../world.mjs";
import { find } from "./environments.mjs";

const ROOT = "/repos/:owner/:repo/environments/:environment/deployment-branch-policies";

export function policyRoutes(route, world) {
  const table = () => world.table("policies");
  const of = (environment) =>
    world.rows("policies", { id: environment.repo_id }).filter((row) => row.environment_id === environment.id);
  const environmentOf = ({ repo, params }) => {
    const environment = find(world, repo, params.environment);
    if (!environment.policy?.custom_branch_policies) throw notFound();
    return environment;
  };
  const one = (call) => {
    const row = of(environmentOf(call)).find((policy) => policy.id === Number(call.params.id));
    if (!row) throw notFound();
    return row;
  };
  route("GET", ROOT, (call) =>
    page(call, of(find(world, call.repo, call.params.environment)), world.api, (items, total_count) => ({
      total_count,
      branch_policies: items.map(shape),
    })),
  );
  route("POST", ROOT, (call) => {
    const environment = environmentOf(call);
    const { name, type = "branch" } = call.body;
    if (of(environment).some((row) => row.name === name && row.type === type)) return { status: 303 };
    return ok(shape(table().insert({ repo_id: call.repo.id, environment_id: environment.id, name, type })));
  });
  route("GET", `${ROOT}/:id`, (call) => ok(shape(one(call))));
  route("PUT", `${ROOT}/:id`, (call) => ok(shape(table().update(one(call).id, { name: call.body.name }))));
  route("DELETE", `${ROOT}/:id`, (call) => {
    table().delete(one(call).id);
    return none();
  });
}

const shape = ({ id, name, type }) => ({ id, node_id: nodeId("GateBranchPolicy", id), name, type });
