/** What GitHub refuses and emulate would do. */
import { Refusal, invalid, missing } from "./errors.mjs";
import { enforce } from "./enforcement.mjs";
import { needsOwner } from "./organizations.mjs";

const NAME = /^[A-Za-z0-9._-]{1,100}$/;

const MERGES = ["allow_merge_commit", "allow_squash_merge", "allow_rebase_merge"];

const GUARDS = {
  "POST /orgs/{org}/repos": newRepository,
  "POST /user/repos": newRepository,
  "PATCH /repos/{owner}/{repo}": changedRepository,
  "POST /repos/{owner}/{repo}/pulls": newPull,
};

/** Throws the refusal of a request, before any route sees it. */
export function guard(world, call) {
  GUARDS[call.key]?.(world, call);
  organization(world, call);
  issues(world, call);
  enforce(world, call);
}

/** Only owners change an organization; its members may make repositories, and a repository's admins let teams in. */
function organization(world, { method, path, actor }) {
  const [, org, rest] = /^\/orgs\/([^/]+)\/?(.*)$/.exec(path) ?? [];
  if (!org || method === "GET" || rest === "repos" || /^teams\/[^/]+\/repos\//.test(rest)) return;
  needsOwner(world, { params: { org: decodeURIComponent(org) }, actor });
}

/** Issues can be switched off; pull requests keep their comments. */
function issues(world, { repo, rest }) {
  if (repo?.issues_enabled !== false || !/^\/issues(\/|$)/.test(rest)) return;
  const number = Number(rest.split("/")[2]);
  const ofPull = world.gh.pullRequests.findBy("repo_id", repo.id).some((pull) => pull.number === number);
  if (!ofPull && !rest.startsWith("/issues/comments")) throw new Refusal(410, "Issues has been disabled in this repository.");
}

function newRepository(world, { path, body = {}, user }) {
  const owner = path === "/user/repos" ? user.login : decodeURIComponent(path.split("/")[2]);
  if (!body.name) throw missing("Repository", "name");
  if (!NAME.test(body.name) || [".", ".."].includes(body.name)) {
    throw invalid("Repository", "name", "name can only contain ASCII letters, digits, and the characters ., -, and _");
  }
  if (world.repository(owner, body.name)) throw invalid("Repository", "name", "name already exists on this account");
}

function changedRepository(world, { repo, body = {} }) {
  const refuse = (field, message, code) => {
    throw invalid("Repository", field, message, code);
  };
  const { name, default_branch: branch, visibility = "public", security_and_analysis: security } = body;
  if (name && !NAME.test(name)) refuse("name", "name is not valid");
  if (branch && branch !== repo.default_branch && !world.tip(repo, branch)) {
    refuse(
      "default_branch",
      `The branch ${branch} was not found. Please push that ref first or create it via the Git Data API.`,
      "invalid",
    );
  }
  if (MERGES.every((one) => !(body[one] ?? repo[one]))) {
    refuse("merge_commit_allowed", "Sorry, you need to allow at least one merge strategy.", "no_merge_method");
  }
  if (repo.visibility === "public" && visibility === "public" && security?.advanced_security) {
    refuse("security_and_analysis", "Advanced security is always available for public repos.");
  }
}

function newPull(world, { repo, body = {} }) {
  const [owner, head] = body.head?.includes(":") ? body.head.split(/:(.*)/s) : [repo.full_name.split("/")[0], body.head];
  const ours = owner.toLowerCase() === repo.full_name.split("/")[0].toLowerCase();
  if (ours && !world.tip(repo, head)) throw invalid("PullRequest", "head", "head is invalid", "invalid");
  if (!world.tip(repo, body.base)) throw invalid("PullRequest", "base", "base is invalid", "invalid");
  if (ours && world.tip(repo, head) === world.tip(repo, body.base)) {
    throw invalid("PullRequest", "base", `No commits between ${body.base} and ${head}`);
  }
  const open = world.gh.pullRequests
    .findBy("repo_id", repo.id)
    .some((one) => one.state === "open" && one.head_ref === head && one.base_ref === body.base);
  if (ours && open) throw invalid("PullRequest", "head", `A pull request already exists for ${owner}:${head}.`);
}
