/** Runner groups of an organization, and the words by which a runner registers. */
import { Refusal, invalid, notFound } from "../errors.mjs";
import { needsOwner } from "../organizations.mjs";
import { created, none, ok, page } from "../router.mjs";
import { minimalRepository } from "../shapes.mjs";
import { pick, secretWord } from "../world.mjs";

const ROOT = "/orgs/:org/actions/runner-groups";
const HOUR_MS = 3_600_000;
const SETTINGS = [
  "name",
  "visibility",
  "allows_public_repositories",
  "restricted_to_workflows",
  "selected_workflows",
  "network_configuration_id",
];
const STANDARD = { visibility: "all", allows_public_repositories: false, restricted_to_workflows: false, selected_workflows: [] };

export function runnerRoutes(route, world) {
  groupRoutes(route, world);
  repositoryRoutes(route, world);
  for (const word of ["registration-token", "remove-token"]) {
    const token = () => created({ token: secretWord("A", 29), expires_at: new Date(Date.now() + HOUR_MS).toISOString() });
    route("POST", `/orgs/:org/actions/runners/${word}`, (call) => needsOwner(world, call) && token());
    route("POST", `/repos/:owner/:repo/actions/runners/${word}`, token);
  }
  const nobody = (call) => page(call, [], world.api, (runners, total_count) => ({ total_count, runners }));
  route("GET", "/orgs/:org/actions/runners", (call) => needsOwner(world, call) && nobody(call));
  route("GET", "/repos/:owner/:repo/actions/runners", nobody);
  route("GET", `${ROOT}/:id/runners`, (call) => group(world, call) && nobody(call));
}

const table = (world) => world.table("runner_groups", ["org_id"]);

/** All groups of the organization; the first is GitHub's own. */
function groups(world, org) {
  if (!table(world).findBy("org_id", org.id).length)
    table(world).insert({ ...STANDARD, org_id: org.id, name: "Default", default: true, repositories: [] });
  return table(world)
    .findBy("org_id", org.id)
    .sort((left, right) => left.id - right.id);
}

function group(world, call) {
  const found = groups(world, needsOwner(world, call)).find((row) => row.id === Number(call.params.id));
  if (!found) throw notFound();
  return found;
}

function demandFree(world, org, name, self) {
  if (groups(world, org).some((row) => row.id !== self && row.name.toLowerCase() === name.toLowerCase())) {
    throw new Refusal(409, `Runner group name '${name}' already exists`);
  }
}

function groupRoutes(route, world) {
  const answer = (row) => shape(world, row);
  route("GET", ROOT, (call) =>
    page(call, groups(world, needsOwner(world, call)), world.api, (items, total_count) => ({
      total_count,
      runner_groups: items.map(answer),
    })),
  );
  route("POST", ROOT, (call) => {
    const org = needsOwner(world, call);
    demandFree(world, org, call.body.name);
    const repositories = known(world, org, call.body.selected_repository_ids ?? []);
    return created(
      answer(table(world).insert({ ...STANDARD, ...pick(call.body, SETTINGS), org_id: org.id, default: false, repositories })),
    );
  });
  route("GET", `${ROOT}/:id`, (call) => ok(answer(group(world, call))));
  route("PATCH", `${ROOT}/:id`, (call) => {
    const row = group(world, call);
    demandFree(world, { id: row.org_id }, call.body.name, row.id);
    return ok(answer(table(world).update(row.id, pick(call.body, SETTINGS))));
  });
  route("DELETE", `${ROOT}/:id`, (call) => {
    const row = group(world, call);
    if (row.default) throw new Refusal(403, "The default runner group cannot be deleted");
    table(world).delete(row.id);
    return none();
  });
}

function repositoryRoutes(route, world) {
  const root = `${ROOT}/:id/repositories`;
  const keep = (row, repositories) => table(world).update(row.id, { repositories }) && none();
  route("GET", root, (call) => {
    const rows = group(world, call)
      .repositories.map((id) => world.gh.repos.get(id))
      .filter(Boolean);
    return page(call, rows, world.api, (items, total_count) => ({
      total_count,
      repositories: items.map((repo) => minimalRepository(world, repo)),
    }));
  });
  route("PUT", root, (call) => {
    const row = group(world, call);
    return keep(row, known(world, { id: row.org_id }, call.body.selected_repository_ids));
  });
  route("PUT", `${root}/:repository`, (call) => {
    const row = group(world, call);
    return keep(row, [...new Set([...row.repositories, ...known(world, { id: row.org_id }, [Number(call.params.repository)])])]);
  });
  route("DELETE", `${root}/:repository`, (call) => {
    const row = group(world, call);
    return keep(
      row,
      row.repositories.filter((id) => id !== Number(call.params.repository)),
    );
  });
}

function known(world, org, ids) {
  const strange = ids.find((id) => world.gh.repos.get(id)?.owner_id !== org.id);
  if (strange !== undefined)
    throw invalid("RunnerGroup", "selected_repository_ids", `repository ${strange} is not of this organization`);
  return ids;
}

function shape(world, row) {
  const org = world.gh.orgs.get(row.org_id);
  const url = `${world.api}/orgs/${org.login}/actions/runner-groups/${row.id}`;
  return {
    id: row.id,
    default: row.default,
    ...pick(row, SETTINGS),
    runners_url: `${url}/runners`,
    inherited: false,
    ...(row.visibility === "selected" && { selected_repositories_url: `${url}/repositories` }),
    workflow_restrictions_read_only: false,
  };
}
