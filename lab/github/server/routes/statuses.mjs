/** Statuses of commits. */
import { notFound, invalid } from "../errors.mjs";
import { created, page } from "../router.mjs";
import { minimalRepository } from "../shapes.mjs";
import { nodeId } from "../world.mjs";

const ROOT = "/repos/:owner/:repo";
const MOST = 1000;

export function statusRoutes(route, world) {
  const table = () => world.table("statuses");
  const of = ({ repo }, sha) => world.rows("statuses", repo).filter((row) => row.sha === sha).sort((left, right) => right.id - left.id);
  const commitOf = ({ repo, params }) => {
    const commit = world.commit(repo, params.ref);
    if (!commit) throw notFound();
    return commit;
  };
  route("POST", `${ROOT}/statuses/:sha`, (call) => {
    const { repo, params, body, user } = call;
    if (world.commit(repo, params.sha)?.sha !== params.sha) throw invalid("Status", "sha", `No commit found for SHA: ${params.sha}`);
    const { state, target_url = null, description = null, context = "default" } = body;
    if (of(call, params.sha).filter((row) => row.context === context).length >= MOST) throw invalid("Status", "sha", `This SHA and context has reached the maximum number of statuses.`);
    return created(shape(world, repo, table().insert({ repo_id: repo.id, sha: params.sha, state, target_url, description, context, user_id: user.id })));
  });
  route("GET", `${ROOT}/commits/:ref{.+}/statuses`, (call) =>
    page(call, of(call, commitOf(call).sha), world.api, (rows) => rows.map((row) => shape(world, call.repo, row))));
  route("GET", `${ROOT}/commits/:ref{.+}/status`, (call) => {
    const { sha } = commitOf(call);
    const newest = [...new Map(of(call, sha).reverse().map((row) => [row.context, row])).values()];
    const url = `${world.repoUrl(call.repo)}/commits/${sha}`;
    return page(call, newest, world.api, (rows, total_count) => ({
      state: combined(newest), statuses: rows.map((row) => simple(world, call.repo, row)), sha, total_count,
      repository: minimalRepository(world, call.repo), commit_url: url, url: `${url}/status`,
    }));
  });
}

function combined(rows) {
  if (rows.some((row) => row.state === "failure" || row.state === "error")) return "failure";
  return rows.length && rows.every((row) => row.state === "success") ? "success" : "pending";
}

function simple(world, repo, { id, sha, state, description, target_url, context, user_id, created_at, updated_at }) {
  return {
    url: `${world.repoUrl(repo)}/statuses/${sha}`, avatar_url: world.userById(user_id)?.avatar_url ?? null, id,
    node_id: nodeId("StatusContext", id), state, description, target_url, context, created_at, updated_at,
  };
}

const shape = (world, repo, row) => ({ ...simple(world, repo, row), creator: world.userById(row.user_id) });
