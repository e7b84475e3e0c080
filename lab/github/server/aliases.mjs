/** Paths that github.com answers though they are not in its description; clients use them, and they mean others that are. */

/** @returns the path that a request means */
export function meant(world, path) {
  const [, orgId, teamId, rest = ""] = /^\/organizations\/(\d+)(?:\/team\/(\d+))?(\/.*)?$/.exec(path) ?? [];
  const org = orgId && world.gh.orgs.get(Number(orgId));
  if (!org) return path;
  const team = teamId && world.gh.teams.get(Number(teamId));
  if (teamId && !team) return `/orgs/${org.login}/teams/${teamId}${rest}`;
  return team ? `/orgs/${org.login}/teams/${team.slug}${rest}` : `/orgs/${org.login}${rest}`;
}
