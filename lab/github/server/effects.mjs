/** What GitHub does besides, and emulate does not: settings that emulate drops, and what follows from a change. */
import { levelOf, permissions } from "./access.mjs";
import { ahead, threeWay } from "./git.mjs";
import { nodeId, pick } from "./world.mjs";

const SETTINGS = [
  "allow_auto_merge",
  "allow_forking",
  "allow_update_branch",
  "delete_branch_on_merge",
  "has_discussions",
  "has_downloads",
  "is_template",
  "merge_commit_message",
  "merge_commit_title",
  "squash_merge_commit_message",
  "squash_merge_commit_title",
  "use_squash_pr_title_as_default",
  "web_commit_signoff_required",
  "archived",
];
const DEFAULTS = {
  allow_update_branch: false,
  merge_commit_message: "PR_TITLE",
  merge_commit_title: "MERGE_MESSAGE",
  squash_merge_commit_message: "COMMIT_MESSAGES",
  squash_merge_commit_title: "COMMIT_OR_PR_TITLE",
  use_squash_pr_title_as_default: false,
  web_commit_signoff_required: false,
};
const SECURITY = ["secret_scanning", "secret_scanning_push_protection", "dependabot_security_updates"];
const CREATES = new Set(["POST /orgs/{org}/repos", "POST /user/repos"]);
const JUDGED = ["mergeable", "mergeable_state", "changed_files", "commits"];
const WHOLE = "/repos/{owner}/{repo}";

/** Called after a request that succeeded; may change the store and the answer. */
export async function settle(world, call, answer) {
  if (CREATES.has(call.key) || call.key === `PATCH ${WHOLE}`) keepSettings(world, call, answer);
  if (call.key === "PATCH /orgs/{org}") keepBasePermission(world, call, answer);
  if (call.key === `DELETE ${WHOLE}`) forget(world, call.repo);
  if (call.method !== "GET" && call.repo) followBranches(world, call.repo);
  if (call.key === "POST /repos/{owner}/{repo}/pulls")
    Object.assign(answer.body, pick(world.gh.pullRequests.get(answer.body.id), JUDGED));
}

function keepSettings(world, { body = {} }, answer) {
  const row = world.gh.repos.get(answer.body.id);
  const visibility = body.visibility && { visibility: body.visibility, private: body.visibility !== "public" };
  const security = { ...row.security_and_analysis, ...body.security_and_analysis };
  const created = row.node_id.startsWith("R_") ? {} : { node_id: `R_${nodeId("Repository", row.id)}` };
  // emulate hides comments of pull requests with the issues: for it they are always on.
  const issues = body.has_issues !== undefined && { issues_enabled: body.has_issues, has_issues: true };
  const kept = world.gh.repos.update(row.id, {
    ...pick(body, SETTINGS),
    ...visibility,
    ...created,
    ...issues,
    security_and_analysis: security,
  });
  Object.assign(answer.body, pick(kept, ["private", "visibility", "node_id", "name", "full_name"]), pick(kept, SETTINGS));
}

function keepBasePermission({ gh }, { body = {} }, answer) {
  const base_permission = body.default_repository_permission ?? gh.orgs.get(answer.body.id).base_permission;
  gh.orgs.update(answer.body.id, { base_permission, default_repository_permission: "admin" });
}

function forget(world, repo) {
  for (const [name, table] of world.store.collections) {
    if (name.startsWith("lab.")) for (const row of table.findBy("repo_id", repo.id)) table.delete(row.id);
  }
}

/** Open pull requests follow their branches. */
function followBranches(world, repo) {
  for (const pull of world.gh.pullRequests.findBy("repo_id", repo.id).filter((one) => one.state === "open")) {
    const head = world.tip(world.gh.repos.get(pull.head_repo_id) ?? repo, pull.head_ref) ?? pull.head_sha;
    const base = world.tip(repo, pull.base_ref) ?? pull.base_sha;
    if (head !== pull.head_sha || base !== pull.base_sha || pull.judged === undefined) judge(world, repo, pull, head, base);
  }
}

/** Keeps what GitHub works out of both ends of a pull request. */
function judge(world, repo, pull, head, base) {
  const { entries, conflicts } = threeWay(world, repo, base, head);
  const state = conflicts.length ? { mergeable: false, mergeable_state: "dirty" } : { mergeable: true, mergeable_state: "clean" };
  const counts = { changed_files: entries.size, commits: ahead(world, repo, base, head).length };
  world.gh.pullRequests.update(pull.id, { head_sha: head, base_sha: base, judged: true, ...state, ...counts });
}

/** Adds to an answer what only we know. */
export function decorate(world, call, body) {
  if (Array.isArray(body)) return body.map((item) => decorate(world, call, item));
  const org = body && "default_repository_permission" in body && world.gh.orgs.get(body.id);
  if (org) return { ...body, default_repository_permission: org.base_permission ?? "read" };
  const row = body?.full_name && "default_branch" in body && world.gh.repos.get(body.id);
  return row ? decorateRepository(world, call, row, body) : body;
}

function decorateRepository(world, { actor }, row, body) {
  const level = levelOf(world.gh, actor, row);
  const security = Object.fromEntries(Object.entries(row.security_and_analysis ?? {}).filter(([, value]) => value?.status));
  const all = { ...Object.fromEntries(SECURITY.map((name) => [name, { status: "disabled" }])), ...security };
  return {
    ...DEFAULTS,
    ...body,
    ...pick(row, Object.keys(DEFAULTS)),
    permissions: permissions(level),
    has_issues: row.issues_enabled ?? body.has_issues,
    custom_properties: {},
    network_count: 0,
    subscribers_count: 0,
    temp_clone_token: "",
    ...(level === "admin" && { security_and_analysis: all }),
    ...(row.owner_type === "Organization" && { organization: body.owner }),
  };
}
