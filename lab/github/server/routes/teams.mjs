/** The teams that a repository lets in. */
import { atLeast, levelOf, permissions } from "../access.mjs";
import { notFound } from "../errors.mjs";
import { checkedPermission, role } from "../grants.mjs";
import { none, ok, page } from "../router.mjs";
import { minimalRepository } from "../shapes.mjs";

const PATH = "/orgs/:org/teams/:slug/repos/:owner/:repo";

export function teamRoutes(route, world) {
  route("GET", "/repos/:owner/:repo/teams", (call) => {
    const found = world.gh.teams
      .all()
      .map((team) => ({ team, link: linked(world, team, call.repo) }))
      .filter(({ link }) => link);
    return page(call, found, world.api, (items) => items.map((item) => shape(world, item)));
  });
  linkRoutes(route, world);
}

const linked = ({ gh }, team, repo) => gh.teamRepos.findBy("team_id", team.id).find((row) => row.repo_id === repo.id);
const level = ({ team, link }) => link.permission ?? team.permission;
const shape = (world, item) => ({ ...world.team(item.team), permission: level(item), permissions: permissions(level(item)) });

function both(world, { params }) {
  const org = world.gh.orgs.findOneBy("login", params.org);
  const team = org && world.gh.teams.findBy("org_id", org.id).find((row) => row.slug === params.slug);
  const repo = world.repository(params.owner, params.repo);
  if (!team || !repo) throw notFound();
  return { team, repo, link: linked(world, team, repo) };
}

function linkRoutes(route, world) {
  const { teamRepos } = world.gh;
  route("GET", PATH, (call) => {
    const found = both(world, call);
    if (!found.link) throw notFound();
    return ok({ ...whole(world, found.repo), permissions: permissions(level(found)), role_name: role(level(found)) });
  });
  route("PUT", PATH, (call) => {
    const { team, repo, link } = both(world, call);
    if (!atLeast(levelOf(world.gh, call.actor, repo), "admin")) throw notFound();
    const permission = call.body?.permission ? checkedPermission(call.body) : team.permission;
    if (link) teamRepos.update(link.id, { permission });
    else teamRepos.insert({ team_id: team.id, repo_id: repo.id, permission });
    return none();
  });
  route("DELETE", PATH, (call) => {
    const { link } = both(world, call);
    if (link) teamRepos.delete(link.id);
    return none();
  });
}

function whole(world, repo) {
  const counts = [
    "forks",
    "forks_count",
    "open_issues",
    "open_issues_count",
    "stargazers_count",
    "watchers",
    "watchers_count",
    "size",
  ];
  const page = `${world.base}/${repo.full_name}`;
  return {
    ...minimalRepository(world, repo),
    ...Object.fromEntries(counts.map((name) => [name, repo[name] ?? 0])),
    ...Object.fromEntries(
      ["has_issues", "has_projects", "has_wiki", "has_pages", "has_downloads", "disabled"].map((name) => [
        name,
        Boolean(repo[name]),
      ]),
    ),
    clone_url: `${page}.git`,
    git_url: `${page}.git`,
    ssh_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: repo.homepage ?? null,
    language: repo.language ?? null,
    license: null,
    created_at: repo.created_at,
    updated_at: repo.updated_at,
    pushed_at: repo.pushed_at ?? null,
  };
}
