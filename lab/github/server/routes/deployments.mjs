/** Deployments and their statuses. */
import { Refusal, invalid, invalidSimply, notFound } from "../errors.mjs";
import { passed } from "../enforcement.mjs";
import { created, none, ok, page } from "../router.mjs";
import { nodeId, pick } from "../world.mjs";
import { ensure } from "./environments.mjs";

const ROOT = "/repos/:owner/:repo/deployments";
const FILTERS = ["sha", "ref", "task", "environment"];

export function deploymentRoutes(route, world) {
  const table = () => world.table("deployments");
  const newestFirst = (rows) => rows.sort((left, right) => right.id - left.id);
  const all = ({ repo, query }) =>
    newestFirst(world.rows("deployments", repo)).filter((row) =>
      FILTERS.every((name) => query[name] === undefined || query[name] === "none" || String(row[name]) === query[name]),
    );
  const one = (call) => {
    const row = table().get(Number(call.params.id));
    if (row?.repo_id !== call.repo.id) throw notFound();
    return row;
  };
  route("GET", ROOT, (call) => page(call, all(call), world.api, (rows) => rows.map((row) => shape(world, call.repo, row))));
  route("POST", ROOT, (call) => created(shape(world, call.repo, create(world, call))));
  route("GET", `${ROOT}/:id`, (call) => ok(shape(world, call.repo, one(call))));
  route("DELETE", `${ROOT}/:id`, (call) => {
    const row = one(call);
    if (statusesOf(world, row)[0]?.state !== "inactive" && all(call).length > 1)
      throw invalidSimply("We cannot delete an active deployment unless it is the only deployment in a given environment.");
    table().delete(row.id);
    return none();
  });
  statusRoutes(route, world, one);
}

const statusesOf = (world, { id, repo_id }) =>
  world
    .table("deployment_statuses")
    .findBy("repo_id", repo_id)
    .filter((row) => row.deployment_id === id)
    .sort((left, right) => right.id - left.id);

function create(world, { repo, body, user }) {
  const commit = world.commit(repo, body.ref);
  if (!commit) throw invalid("Deployment", "ref", `No ref found for: ${body.ref}`);
  const failing = contexts(world, repo, commit.sha, body.required_contexts).filter(
    (context) => !passed(world, repo, commit.sha, context),
  );
  if (failing.length) throw new Refusal(409, `Conflict: Commit status checks failed for ${body.ref}.`);
  const environment = body.environment ?? "production";
  ensure(world, repo, environment);
  return world.table("deployments").insert({
    repo_id: repo.id,
    sha: commit.sha,
    ref: body.ref,
    task: body.task ?? "deploy",
    environment,
    description: body.description ?? null,
    payload: body.payload ?? {},
    transient_environment: body.transient_environment ?? false,
    production_environment: body.production_environment ?? environment === "production",
    user_id: user.id,
  });
}

/** What must be good: what the request names, or else all that was ever reported on the commit. */
function contexts(world, repo, sha, given) {
  const on = (rows, field) =>
    rows
      .findBy("repo_id", repo.id)
      .filter((row) => (row.head_sha ?? row.sha) === sha)
      .map((row) => row[field]);
  return given ?? [...new Set([...on(world.gh.checkRuns, "name"), ...on(world.table("statuses"), "context")])];
}

function shape(world, repo, row) {
  const url = `${world.repoUrl(repo)}/deployments/${row.id}`;
  return {
    url,
    id: row.id,
    node_id: nodeId("Deployment", row.id),
    ...pick(row, ["sha", "ref", "task", "payload", "environment", "description"]),
    original_environment: row.environment,
    creator: world.userById(row.user_id),
    created_at: row.created_at,
    updated_at: row.updated_at,
    statuses_url: `${url}/statuses`,
    repository_url: world.repoUrl(repo),
    transient_environment: row.transient_environment,
    production_environment: row.production_environment,
  };
}

function statusRoutes(route, world, one) {
  const root = `${ROOT}/:id/statuses`;
  const answer = (call, row) => statusShape(world, call.repo, row);
  route("GET", root, (call) =>
    page(call, statusesOf(world, one(call)), world.api, (rows) => rows.map((row) => answer(call, row))),
  );
  route("POST", root, (call) => {
    const deployment = one(call);
    const {
      state,
      description = "",
      environment = deployment.environment,
      log_url,
      target_url = "",
      environment_url = "",
    } = call.body;
    if (description.length > 140)
      throw invalid("DeploymentStatus", "description", "description is too long (maximum is 140 characters)", "invalid");
    retire(world, deployment, call.body);
    const row = {
      repo_id: call.repo.id,
      deployment_id: deployment.id,
      state,
      description,
      environment,
      log_url: log_url ?? target_url,
      environment_url,
    };
    return created(answer(call, world.table("deployment_statuses").insert({ ...row, user_id: call.user.id })));
  });
  route("GET", `${root}/:status`, (call) => {
    const row = statusesOf(world, one(call)).find((status) => status.id === Number(call.params.status));
    if (!row) throw notFound();
    return ok(answer(call, row));
  });
}

/** A deployment that succeeds makes earlier ones of its environment inactive, unless told not to. */
function retire(world, deployment, { state, auto_inactive: auto = true }) {
  if (state !== "success" || !auto || deployment.transient_environment) return;
  const table = world.table("deployment_statuses");
  for (const earlier of world.table("deployments").findBy("repo_id", deployment.repo_id)) {
    const last = earlier.id < deployment.id && earlier.environment === deployment.environment && statusesOf(world, earlier)[0];
    if (last && last.state === "success" && !earlier.production_environment) {
      const values = { ...last, state: "inactive" };
      delete values.id;
      table.insert(values);
    }
  }
}

function statusShape(world, repo, row) {
  const deployment = `${world.repoUrl(repo)}/deployments/${row.deployment_id}`;
  return {
    url: `${deployment}/statuses/${row.id}`,
    id: row.id,
    node_id: nodeId("DeploymentStatus", row.id),
    state: row.state,
    creator: world.userById(row.user_id),
    description: row.description,
    environment: row.environment,
    target_url: row.log_url,
    created_at: row.created_at,
    updated_at: row.updated_at,
    deployment_url: deployment,
    repository_url: world.repoUrl(repo),
    environment_url: row.environment_url,
    log_url: row.log_url,
  };
}
