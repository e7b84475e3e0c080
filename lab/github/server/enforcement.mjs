/** Rulesets at work: what a change of a ref must fulfil before it is made. */
import { Refusal } from "./errors.mjs";
import { ahead, history } from "./git.mjs";
import { passes, rulesFor } from "./rules.mjs";

const GOOD = new Set(["success", "neutral", "skipped"]);
const REFS = "/repos/{owner}/{repo}/git/refs";

const CHANGES = {
  [`POST ${REFS}`]: ({ body }) => ({ kind: "create", ref: body.ref, sha: body.sha, status: 422 }),
  [`PATCH ${REFS}/{ref}`]: ({ body, rest, repo }, world) => {
    const ref = refOf(rest);
    return { kind: "update", ref, sha: body.sha, before: world.tip(repo, ref.slice("refs/heads/".length)), status: 422 };
  },
  [`DELETE ${REFS}/{ref}`]: ({ rest }) => ({ kind: "delete", ref: refOf(rest), status: 422 }),
  "PUT /repos/{owner}/{repo}/contents/{path}": written,
  "DELETE /repos/{owner}/{repo}/contents/{path}": written,
};

const refOf = (rest) =>
  `refs/${rest
    .split("/")
    .slice(3)
    .map(decodeURIComponent)
    .join("/")
    .replace(/^refs\//, "")}`;

/** A commit that GitHub makes itself: it has no checks yet, and is signed by GitHub. */
function written({ body, repo }, world) {
  const branch = body.branch ?? repo.default_branch;
  return { kind: world.tip(repo, branch) ? "update" : "create", ref: `refs/heads/${branch}`, signed: true, status: 409 };
}

/** Refuses a direct change of a ref that its rules forbid to the asker. */
export function enforce(world, call) {
  const change = CHANGES[call.key]?.(call, world);
  if (change) refuse(problemsOf(world, call, change), change.status);
}

/** Refuses a merge that the base's rules forbid: `pull` is emulate's row, `method` how it is merged. */
export function enforceMerge(world, call, pull, method) {
  const change = {
    kind: "merge",
    ref: `refs/heads/${pull.base_ref}`,
    sha: pull.head_sha,
    before: pull.base_sha,
    pull,
    method,
    signed: true,
  };
  refuse(problemsOf(world, call, change), 405);
}

function refuse(problems, status) {
  if (problems.length)
    throw new Refusal(status, `Repository rule violations found\n\n${[...new Set(problems)].join("\n\n")}\n\n`);
}

function problemsOf(world, { repo, actor }, change) {
  return rulesFor(world, repo, change.ref)
    .filter(({ ruleset }) => !passes(world, actor, repo, ruleset, change.kind === "merge"))
    .flatMap(({ rule }) => RULES[rule.type]?.(rule.parameters ?? {}, change, world, repo) ?? []);
}

const RULES = {
  creation: (_, { kind }) => (kind === "create" ? ["Cannot create ref due to creations being restricted."] : []),
  update: (_, { kind }) => (kind === "update" || kind === "merge" ? ["Cannot update this protected ref."] : []),
  deletion: (_, { kind }) => (kind === "delete" ? ["Cannot delete this protected ref."] : []),
  non_fast_forward: (_, { kind, before, sha }, world, repo) =>
    kind === "update" && before && sha && !history(world, repo, sha).has(before)
      ? ["Cannot force-push to this protected ref."]
      : [],
  required_linear_history: linear,
  required_signatures: (_, { kind, signed }) => (kind === "delete" || signed ? [] : ["Commits must have verified signatures."]),
  pull_request: pullRequest,
  required_status_checks: statusChecks,
};

function linear(_, { kind, before, sha, method }, world, repo) {
  const merges =
    method === "merge" ||
    (kind === "update" && sha && ahead(world, repo, before, sha).some((commit) => commit.parent_shas.length > 1));
  return merges ? ["This branch must not contain merge commits."] : [];
}

function pullRequest(
  { required_approving_review_count: needed = 0, allowed_merge_methods: methods },
  { kind, pull, method },
  world,
  repo,
) {
  if (kind === "update") return ["Changes must be made through a pull request."];
  if (kind !== "merge") return [];
  const approvals = new Set(
    world.gh.reviews
      .findBy("repo_id", repo.id)
      .filter((review) => review.pull_number === pull.number && review.state === "APPROVED" && review.user_id !== pull.user_id)
      .map((review) => review.user_id),
  );
  return [
    ...(approvals.size < needed
      ? [`At least ${needed} approving review${needed > 1 ? "s are" : " is"} required by reviewers with write access.`]
      : []),
    ...(methods && !methods.includes(method) ? [`Merge method ${method} is not allowed; use ${methods.join(" or ")}.`] : []),
  ];
}

function statusChecks(parameters, { kind, sha, before, pull }, world, repo) {
  if (kind === "delete" || (kind === "create" && parameters.do_not_enforce_on_create)) return [];
  const wanted = parameters.required_status_checks.map((check) => check.context);
  const lacking = wanted.filter((context) => !passed(world, repo, sha, context));
  const behind = pull && parameters.strict_required_status_checks_policy && !history(world, repo, sha).has(before);
  return [...tellLacking(lacking, wanted.length), ...(behind ? ["The head branch is not up to date with the base branch."] : [])];
}

function tellLacking(lacking, all) {
  if (lacking.length === 1) return [`Required status check "${lacking[0]}" is expected.`];
  return lacking.length ? [`${lacking.length} of ${all} required status checks are expected.`] : [];
}

/** Whether the newest check run, or else the newest status, of that name on the commit is good. */
export function passed(world, repo, sha, context) {
  if (!sha) return false;
  const newest = (rows) => rows.sort((left, right) => right.id - left.id)[0];
  const run = newest(world.gh.checkRuns.findBy("repo_id", repo.id).filter((one) => one.head_sha === sha && one.name === context));
  if (run) return run.status === "completed" && GOOD.has(run.conclusion);
  return newest(world.rows("statuses", repo).filter((one) => one.sha === sha && one.context === context))?.state === "success";
}
