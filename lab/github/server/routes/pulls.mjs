/** What emulate only pretends of pull requests: their files and their merge. */
import { enforceMerge } from "../enforcement.mjs";
import { Refusal, notFound } from "../errors.mjs";
import { threeWay } from "../git.mjs";
import { ok, page } from "../router.mjs";
import { now } from "../world.mjs";

const ROOT = "/repos/:owner/:repo/pulls/:number";
const SWITCHES = { merge: "allow_merge_commit", squash: "allow_squash_merge", rebase: "allow_rebase_merge" };

export function pullRoutes(route, world) {
  const pullOf = ({ repo, params }) => {
    const pull = world.gh.pullRequests.findBy("repo_id", repo.id).find((row) => row.number === Number(params.number));
    if (!pull) throw notFound();
    return pull;
  };
  route("GET", `${ROOT}/files`, async (call) => {
    const { base_sha: base, head_sha: head } = pullOf(call);
    const compared = await world.ask(call.actor, "GET", `/repos/${call.repo.full_name}/compare/${base}...${head}`);
    return page(
      call,
      compared.files.map((file) => absolute(world, file)),
      world.api,
    );
  });
  route("PUT", `${ROOT}/merge`, async (call) => ok(await merge(world, call, pullOf(call))));
}

function absolute(world, file) {
  return { ...file, contents_url: file.contents_url.replace(`${world.base}/repos/`, `${world.api}/repos/`) };
}

async function merge(world, call, pull) {
  const { repo } = call;
  const { merge_method: method = "merge", sha, commit_title, commit_message } = call.body ?? {};
  if (pull.state !== "open" || pull.draft) throw new Refusal(405, "Pull Request is not mergeable");
  if (sha && sha !== pull.head_sha) throw new Refusal(409, "Head branch was modified. Review and try the merge again.");
  if (!repo[SWITCHES[method]])
    throw new Refusal(405, `${method[0].toUpperCase()}${method.slice(1)} merges are not allowed on this repository.`);
  enforceMerge(world, call, pull, method);
  const { entries, conflicts } = threeWay(world, repo, pull.base_sha, pull.head_sha);
  if (conflicts.length) throw new Refusal(405, "Pull Request has merge conflicts");
  const title =
    commit_title ??
    (method === "merge" ? `Merge pull request #${pull.number} from ${pull.head_ref}` : `${pull.title} (#${pull.number})`);
  const parents = method === "merge" ? [pull.base_sha, pull.head_sha] : [pull.base_sha];
  const message = `${title}\n\n${commit_message ?? pull.body ?? ""}`.trim();
  const merged = await commit(world, call, { base: pull.base_sha, entries, parents, message });
  close(world, call, pull, merged);
  return { sha: merged, merged: true, message: "Pull Request successfully merged" };
}

async function commit(world, { actor, repo }, { base, entries, parents, message }) {
  const root = `/repos/${repo.full_name}/git`;
  const from = await world.ask(actor, "GET", `${root}/commits/${base}`);
  const tree = [...entries].map(([path, entry]) => ({
    path,
    mode: entry?.mode ?? "100644",
    type: "blob",
    sha: entry?.sha ?? null,
  }));
  const made = tree.length ? await world.ask(actor, "POST", `${root}/trees`, { base_tree: from.tree.sha, tree }) : from.tree;
  return (await world.ask(actor, "POST", `${root}/commits`, { message, tree: made.sha, parents })).sha;
}

function close(world, { repo, user }, pull, sha) {
  const { gh } = world;
  const at = now();
  world.move(repo, pull.base_ref, sha);
  gh.pullRequests.update(pull.id, {
    merged: true,
    merged_at: at,
    merged_by_id: user.id,
    merge_commit_sha: sha,
    state: "closed",
    closed_at: at,
    mergeable: false,
    mergeable_state: "unknown",
  });
  const issue = gh.issues.findBy("repo_id", repo.id).find((row) => row.number === pull.number);
  if (issue) gh.issues.update(issue.id, { state: "closed", closed_at: at, closed_by_id: user.id });
  if (repo.delete_branch_on_merge && pull.head_repo_id === repo.id) world.move(repo, pull.head_ref, undefined);
}
