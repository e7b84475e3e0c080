/** Statuses of commits. */
import { notFound, invalid } from "../errors.mjs";
import { created, page } from "../router.mjs";
import { minimalRepository } from "../shapes.mjs";
import { nodeId } from "../world.mjs";

const ROOT = "/repos/:owner/:repo";
const MOST = 1000;

export function statusRoutes(route, world) {
  const commitOf = ({ repo, params }) => {
    const commit = world.commit(repo, params.ref);
    if (!commit) throw notFound();
    return commit;
  };
  route("POST", `${ROOT}/statuses/:sha`, (call) => created(shape(world, call.repo, report(world, call))));
  route("GET", `${ROOT}/commits/:ref{.+}/statuses`, (call) => {
    const rows = newestFirst(world, call.repo, commitOf(call).sha);
    return page(call, rows, world.api, (items) => items.map((row) => shape(world, call.repo, row)));
  });
  route("GET", `${ROOT}/commits/:ref{.+}/status`, (call) => combine(world, call, commitOf(call).sha));
}

function newestFirst(world, repo, sha) {
  const rows = world.rows("statuses", repo).filter((row) => row.sha === sha);
  return rows.reverse();
}

function report(world, { repo, params, body, user }) {
  const { sha } = params;
  const { state, target_url = null, description = null, context = "default" } = body;
  if (world.commit(repo, sha)?.sha !== sha) throw invalid("Status", "sha", `No commit found for SHA: ${sha}`);
  if (newestFirst(world, repo, sha).filter((row) => row.context === context).length >= MOST) {
    throw invalid("Status", "sha", "This SHA and context has reached the maximum number of statuses.");
  }
  return world.table("statuses").insert({ repo_id: repo.id, sha, state, target_url, description, context, user_id: user.id });
}

/** The newest status of each context, as one. */
function combine(world, call, sha) {
  const oldestFirst = newestFirst(world, call.repo, sha).reverse();
  const newest = [...new Map(oldestFirst.map((row) => [row.context, row])).values()];
  const url = `${world.repoUrl(call.repo)}/commits/${sha}`;
  const repository = minimalRepository(world, call.repo);
  return page(call, newest, world.api, (rows, total_count) => ({
    state: combined(newest),
    statuses: rows.map((row) => simple(world, call.repo, row)),
    sha,
    total_count,
    repository,
    commit_url: url,
    url: `${url}/status`,
  }));
}

function combined(rows) {
  if (rows.some((row) => row.state === "failure" || row.state === "error")) return "failure";
  return rows.length && rows.every((row) => row.state === "success") ? "success" : "pending";
}

function simple(world, repo, { id, sha, state, description, target_url, context, user_id, created_at, updated_at }) {
  return {
    url: `${world.repoUrl(repo)}/statuses/${sha}`,
    avatar_url: world.userById(user_id)?.avatar_url ?? null,
    id,
    node_id: nodeId("StatusContext", id),
    state,
    description,
    target_url,
    context,
    created_at,
    updated_at,
  };
}

const shape = (world, repo, row) => ({ ...simple(world, repo, row), creator: world.userById(row.user_id) });
