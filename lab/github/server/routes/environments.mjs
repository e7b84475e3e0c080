/** Environments of a repository, with what protects them. */
import { atLeast, levelOf } from "../access.mjs";
import { invalidSimply, notFound } from "../errors.mjs";
import { none, ok, page } from "../router.mjs";
import { nodeId, now } from "../world.mjs";

const ROOT = "/repos/:owner/:repo/environments";
const LONGEST_WAIT = 43_200;
const MOST_REVIEWERS = 6;

export function environmentRoutes(route, world) {
  route("GET", ROOT, (call) =>
    page(call, all(world, call.repo), world.api, (items, total_count) => ({
      total_count,
      environments: items.map((row) => shape(world, call.repo, row)),
    })),
  );
  route("GET", `${ROOT}/:environment`, ({ repo, params }) => ok(shape(world, repo, find(world, repo, params.environment))));
  route("PUT", `${ROOT}/:environment`, ({ repo, params, body }) =>
    ok(shape(world, repo, put(world, repo, params.environment, body ?? {}))),
  );
  route("DELETE", `${ROOT}/:environment`, ({ repo, params }) => remove(world, repo, params.environment));
}

const all = (world, repo) => world.rows("environments", repo);

/** The environment's row; refuses with 404. */
export function find(world, repo, name) {
  const found = all(world, repo).find((row) => row.name.toLowerCase() === name.toLowerCase());
  if (!found) throw notFound();
  return found;
}

/** The row of an environment that is made where it is not there, as a deployment does. */
export function ensure(world, repo, name) {
  return all(world, repo).find((row) => row.name === name) ?? put(world, repo, name, {});
}

function put(world, repo, name, body) {
  check(world, repo, name, body);
  const table = world.table("environments");
  const settings = {
    wait_timer: body.wait_timer ?? 0,
    prevent_self_review: body.prevent_self_review ?? false,
    reviewers: body.reviewers ?? [],
    policy: body.deployment_branch_policy ?? null,
    can_admins_bypass: body.can_admins_bypass ?? true,
  };
  const known = table.findBy("repo_id", repo.id).find((row) => row.name === name);
  const row = known ? table.update(known.id, settings) : table.insert({ repo_id: repo.id, name, ...settings });
  if (!row.policy?.custom_branch_policies) dropPolicies(world, row);
  return row;
}

function check(world, repo, name, body) {
  if (!name || name.length > 255 || /[`'"\\<>\n]/.test(name)) throw invalidSimply(`Environment name '${name}' is invalid`);
  const wait = body.wait_timer ?? 0;
  if (wait < 0 || wait > LONGEST_WAIT) throw invalidSimply(`wait_timer must be between 0 and ${LONGEST_WAIT} minutes`);
  const reviewers = body.reviewers ?? [];
  if (reviewers.length > MOST_REVIEWERS) throw invalidSimply(`reviewers: at most ${MOST_REVIEWERS} are allowed`);
  for (const reviewer of reviewers)
    if (!mayReview(world, repo, reviewer)) throw invalidSimply(`reviewer ${reviewer.type} ${reviewer.id} is not valid`);
  const policy = body.deployment_branch_policy;
  if (policy && policy.protected_branches === policy.custom_branch_policies) {
    throw invalidSimply("protected_branches and custom_branch_policies cannot have the same value");
  }
}

function mayReview(world, repo, { type, id }) {
  const { gh } = world;
  if (type === "Team") return gh.teams.get(id)?.org_id === repo.owner_id && repo.owner_type === "Organization";
  const user = gh.users.get(id);
  return Boolean(user) && atLeast(levelOf(gh, { user }, repo), "pull");
}

function dropPolicies(world, row) {
  const policies = world.table("policies");
  for (const policy of policies.findBy("repo_id", row.repo_id)) if (policy.environment_id === row.id) policies.delete(policy.id);
}

function remove(world, repo, name) {
  const row = find(world, repo, name);
  dropPolicies(world, row);
  for (const part of ["secrets", "variables", "keys"]) {
    for (const owned of world.table(part).findBy("repo_id", repo.id))
      if (owned.environment === row.name) world.table(part).delete(owned.id);
  }
  world.table("environments").delete(row.id);
  return none();
}

function shape(world, repo, row) {
  return {
    id: row.id,
    node_id: nodeId("Environment", row.id),
    name: row.name,
    url: `${world.repoUrl(repo)}/environments/${encodeURIComponent(row.name)}`,
    html_url: `${world.base}/${repo.full_name}/deployments/activity_log?environments_filter=${encodeURIComponent(row.name)}`,
    created_at: row.created_at ?? now(),
    updated_at: row.updated_at ?? now(),
    can_admins_bypass: row.can_admins_bypass,
    protection_rules: rules(world, row),
    deployment_branch_policy: row.policy,
  };
}

function rules(world, { id, wait_timer, prevent_self_review, reviewers, policy }) {
  const rule = (type, number, rest) => ({ id: id * 10 + number, node_id: nodeId("Gate", id * 10 + number), type, ...rest });
  const people = reviewers.map((one) => ({ type: one.type, reviewer: reviewer(world, one) })).filter((one) => one.reviewer);
  return [
    ...(wait_timer ? [rule("wait_timer", 1, { wait_timer })] : []),
    ...(people.length ? [rule("required_reviewers", 2, { prevent_self_review, reviewers: people })] : []),
    ...(policy ? [rule("branch_policy", 3, {})] : []),
  ];
}

function reviewer(world, { type, id }) {
  if (type === "User") return world.userById(id);
  const team = world.gh.teams.get(id);
  return team && world.team(team);
}
