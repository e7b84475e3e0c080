/** Which rules hold for a ref, and who may pass them by. Pure but for reading the store. */
import { LEVELS, isOrgOwner, levelOf } from "./access.mjs";

/** GitHub's numbers of the roles that a ruleset may let pass. */
const ROLES = { 1: "pull", 2: "maintain", 3: "triage", 4: "push", 5: "admin" };

/** The rules on `ref` (whole, as refs/heads/main): each with its ruleset. */
export function rulesFor(world, repo, ref) {
  return world
    .rows("rulesets", repo)
    .filter((ruleset) => ruleset.enforcement === "active" && covers(ruleset, repo, ref))
    .flatMap((ruleset) => ruleset.rules.map((rule) => ({ rule, ruleset })));
}

function covers({ target, conditions }, repo, ref) {
  if (!ref.startsWith(target === "tag" ? "refs/tags/" : "refs/heads/") || target === "push") return false;
  const { include = [], exclude = [] } = conditions?.ref_name ?? {};
  const fits = (pattern) =>
    pattern === "~ALL" || (pattern === "~DEFAULT_BRANCH" ? ref === `refs/heads/${repo.default_branch}` : glob(pattern).test(ref));
  return include.some(fits) && !exclude.some(fits);
}

/** A pattern as fnmatch with FNM_PATHNAME: `*` stops at a slash, `**` does not. */
export function glob(pattern) {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*\*\/?|\*|\?/g, (found) => ({ "*": "[^/]*", "?": "[^/]" })[found] ?? ".*");
  return new RegExp(`^${source}$`);
}

/** Whether the asker passes by a ruleset; `merging` a pull request, or changing the ref directly. */
export function passes(world, actor, repo, ruleset, merging = false) {
  return (ruleset.bypass_actors ?? []).some(
    (one) => (merging || one.bypass_mode !== "pull_request") && isActor(world, actor, repo, one),
  );
}

function isActor({ gh }, actor, repo, { actor_type: type, actor_id: id }) {
  if (type === "Integration") return actor.installation?.appId === id;
  if (actor.installation || !actor.user) return false;
  if (type === "OrganizationAdmin") return repo.owner_type === "Organization" && isOrgOwner(gh, actor.user, repo.owner_id);
  if (type === "Team") return gh.teamMembers.findBy("team_id", id).some((row) => row.user_id === actor.user.id);
  if (type === "User") return actor.user.id === id;
  const level = levelOf(gh, actor, repo);
  return type === "RepositoryRole" && LEVELS.indexOf(level) >= LEVELS.indexOf(ROLES[id] ?? "admin");
}

/** How the asker may pass, in GitHub's words. */
export function mayPass(world, actor, repo, ruleset) {
  const modes = (ruleset.bypass_actors ?? [])
    .filter((one) => isActor(world, actor, repo, one))
    .map((one) => one.bypass_mode ?? "always");
  if (modes.includes("exempt")) return "exempt";
  if (modes.includes("always")) return "always";
  return modes.length ? "pull_requests_only" : "never";
}
