/** What github.com takes as another word for the same. */

/** A run here has one attempt, so that what is of an attempt is of the run. */
const ATTEMPT = /^(\/repos\/[^/]+\/[^/]+\/actions\/runs\/\d+)\/attempts\/1(\/jobs)?$/;

/** The path that a request means: clients use some that are not in the description, or that emulate has another word for. */
export function meant(world, path) {
  const [, run, jobs = ""] = ATTEMPT.exec(path) ?? [];
  if (run) return run + jobs;
  const [, repoId, below = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repo = repoId && world.gh.repos.get(Number(repoId));
  if (repo) return `/repos/${repo.full_name}${below}`;
  const [, orgId, teamId, rest = ""] = /^\/organizations\/(\d+)(?:\/team\/(\d+))?(\/.*)?$/.exec(path) ?? [];
  const org = orgId && world.gh.orgs.get(Number(orgId));
  if (!org) return path;
  const team = teamId && world.gh.teams.get(Number(teamId));
  if (teamId && !team) return `/orgs/${org.login}/teams/${teamId}${rest}`;
  return team ? `/orgs/${org.login}/teams/${team.slug}${rest}` : `/orgs/${org.login}${rest}`;
}

const PROTECTION = "PUT /repos/{owner}/{repo}/branches/{branch}/protection";

/** The body as emulate reads it: it knows the required checks by their old word only. */
export function forEmulate(key, body) {
  const checks = key === PROTECTION && body?.required_status_checks;
  if (!checks || checks.contexts) return body;
  return { ...body, required_status_checks: { ...checks, contexts: (checks.checks ?? []).map((check) => check.context) } };
}

const PULL = "POST /repos/{owner}/{repo}/pulls/{pull_number}";
const MADE = { [`${PULL}/requested_reviewers`]: 201, [`${PULL}/reviews`]: 200 };

/** The status that github.com has for one of emulate's: a ref that may not move is a 422. */
export const statusOf = (key, status) => {
  if (status === 409 && key.includes("/git/refs")) return 422;
  return status < 300 ? (MADE[key] ?? status) : status;
};
