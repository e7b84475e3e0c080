/** Who may do what on a repository: GitHub's five levels, and which one a request needs. */
import { needsAdmin, notFound } from "./errors.mjs";

export const LEVELS = ["none", "pull", "triage", "push", "maintain", "admin"];
const ALIASES = { read: "pull", write: "push" };
const rank = (level) => LEVELS.indexOf(ALIASES[level] ?? level);
const MEMBERS = "members";

/** Writes that need less than admin; the first that fits counts. */
const NEEDS = [
  [/^\/(issues|pulls)(\/\d+)?(\/comments)?$|^\/issues\/comments\/\d+$|^\/forks$/, "pull"],
  [/^\/(pulls|issues|labels|milestones|comments)(\/|$)/, "triage"],
  [/^\/(contents|git|merges|statuses|check-runs|check-suites|deployments|releases|dispatches)(\/|$)/, "push"],
  [/^\/actions\/(runs|workflows|jobs|artifacts|caches)(\/|$)/, "push"],
  [/^\/branches\/[^/]+\/rename$/, "push"],
];
/** Reads that need more than a look at the repository. */
const READS = [
  [/^\/(collaborators|keys|hooks|teams|invitations)$|^\/collaborators\/[^/]+$/, "push"],
  [/^\/(actions|environments\/[^/]+)\/(secrets|variables)/, "push"],
  [
    /^\/actions\/(permissions|runners)|^\/branches\/[^/]+\/protection|^\/(vulnerability-alerts|automated-security-fixes)$/,
    "admin",
  ],
];

export function isOrgOwner(gh, user, orgId) {
  return gh.teamMembers.findBy("user_id", user.id).some((membership) => {
    const team = gh.teams.get(membership.team_id);
    return team?.org_id === orgId && team.slug === MEMBERS && membership.role === "maintainer";
  });
}

export function isOrgMember(gh, user, orgId) {
  return gh.teamMembers.findBy("user_id", user.id).some((membership) => gh.teams.get(membership.team_id)?.org_id === orgId);
}

/** The level that an asker has on `repo`: one of LEVELS. */
export function levelOf(gh, { user, installation }, repo) {
  if (installation?.accountId === repo.owner_id && installation.accountType === repo.owner_type) return "admin";
  if (repo.owner_type === "User" && repo.owner_id === user.id) return "admin";
  const given = repo.visibility === "public" ? ["pull"] : [];
  if (repo.owner_type === "Organization") given.push(...throughOrganization(gh, user, repo));
  const collaborator = gh.collaborators.findBy("repo_id", repo.id).find((row) => row.user_id === user.id);
  if (collaborator) given.push(collaborator.permission);
  return LEVELS[Math.max(0, ...given.map(rank))];
}

function throughOrganization(gh, user, repo) {
  if (isOrgOwner(gh, user, repo.owner_id)) return ["admin"];
  const teams = gh.teamMembers
    .findBy("user_id", user.id)
    .map((row) => gh.teams.get(row.team_id))
    .filter((team) => team?.org_id === repo.owner_id);
  const links = teams
    .flatMap((team) => gh.teamRepos.findBy("team_id", team.id).map((link) => ({ team, link })))
    .filter(({ link }) => link.repo_id === repo.id);
  const base = teams.length ? [gh.orgs.get(repo.owner_id).base_permission ?? "read"] : [];
  return [...base, ...links.map(({ team, link }) => link.permission ?? team.permission)];
}

export const atLeast = (level, needed) => rank(level) >= rank(needed);

/** Refuses what the level does not allow. What may not be seen is not there. `rest` is the path after the repository. */
export function demand(gh, actor, repo, method, rest) {
  const level = levelOf(gh, actor, repo);
  if (!atLeast(level, "pull")) throw notFound();
  const reading = method === "GET" || method === "HEAD";
  const needed = (reading ? READS : NEEDS).find(([pattern]) => pattern.test(rest))?.[1] ?? (reading ? "pull" : "admin");
  if (!atLeast(level, needed)) throw needsAdmin();
}

export const permissions = (level) =>
  Object.fromEntries(
    LEVELS.slice(1)
      .reverse()
      .map((name) => [name, atLeast(level, name)]),
  );
