/** Collaborators, invitations, and the teams of a repository. */
import { LEVELS, atLeast, isOrgMember, levelOf, permissions } from "../access.mjs";
import { invalidSimply, notFound } from "../errors.mjs";
import { none, ok, page } from "../router.mjs";
import { minimalRepository } from "../shapes.mjs";
import { nodeId } from "../world.mjs";

const ROOT = "/repos/:owner/:repo";
const ROLES = { pull: "read", push: "write" };
const role = (level) => ROLES[level] ?? level;

export function peopleRoutes(route, world) {
  collaboratorRoutes(route, world);
  invitationRoutes(route, world);
  teamRoutes(route, world);
  for (const keys of ["keys", "gpg_keys"]) {
    route("GET", `/users/:username/${keys}`, (call) => userOf(world, call.params.username) && page(call, [], world.api));
  }
}

function userOf(world, login) {
  const user = world.gh.users.findOneBy("login", login);
  if (!user) throw notFound();
  return user;
}

const linkOf = (world, repo, user) => world.gh.collaborators.findBy("repo_id", repo.id).find((row) => row.user_id === user.id);

function give(world, repo, user, permission) {
  const known = linkOf(world, repo, user);
  if (known) world.gh.collaborators.update(known.id, { permission });
  else world.gh.collaborators.insert({ repo_id: repo.id, user_id: user.id, permission });
}

function checkedPermission(repo, { permission = "push" } = {}) {
  if (!LEVELS.includes(permission) || permission === "none") throw invalidSimply(`permission ${permission} is not one of ${LEVELS.slice(1).join(", ")}`);
  return permission;
}

function collaboratorRoutes(route, world) {
  const { gh } = world;
  const member = (user, repo) => repo.owner_type === "Organization" && isOrgMember(gh, user, repo.owner_id);
  route("GET", `${ROOT}/collaborators`, (call) => {
    const { repo, query } = call;
    const direct = (user) => Boolean(linkOf(world, repo, user));
    const wanted = { direct, outside: (user) => direct(user) && !member(user, repo) }[query.affiliation] ?? (() => true);
    const users = gh.users.all().filter((user) => user.type === "User" && wanted(user) && (direct(user) || member(user, repo) || user.id === repo.owner_id));
    const shown = users.map((user) => ({ user, level: levelOf(gh, { user }, repo) }))
      .filter(({ level }) => atLeast(level, query.permission ?? "pull"));
    return page(call, shown, world.api, (items) =>
      items.map(({ user, level }) => ({ ...world.user(user), permissions: permissions(level), role_name: role(level) })));
  });
  route("GET", `${ROOT}/collaborators/:username`, ({ repo, params }) => {
    const user = userOf(world, params.username);
    if (!linkOf(world, repo, user) && !member(user, repo)) throw notFound();
    return none();
  });
  route("GET", `${ROOT}/collaborators/:username/permission`, ({ repo, params }) => {
    const user = userOf(world, params.username);
    const level = levelOf(gh, { user }, repo);
    const permission = { maintain: "write", triage: "read" }[level] ?? role(level);
    return ok({ permission, role_name: role(level), user: { ...world.user(user), permissions: permissions(level), role_name: role(level) } });
  });
  route("PUT", `${ROOT}/collaborators/:username`, ({ repo, params, body, user: inviter }) => {
    const user = userOf(world, params.username);
    const permission = checkedPermission(repo, body ?? {});
    if (!member(user, repo) && !linkOf(world, repo, user)) return { status: 201, body: invite(world, { repo, user, inviter, permission }) };
    give(world, repo, user, permission);
    return none();
  });
  route("DELETE", `${ROOT}/collaborators/:username`, ({ repo, params }) => {
    const link = linkOf(world, repo, userOf(world, params.username));
    if (link) gh.collaborators.delete(link.id);
    return none();
  });
}

const invitations = (world) => world.table("invitations");

function invite(world, { repo, user, inviter, permission }) {
  const known = invitations(world).findBy("repo_id", repo.id).find((row) => row.user_id === user.id);
  const row = known
    ? invitations(world).update(known.id, { permission })
    : invitations(world).insert({ repo_id: repo.id, user_id: user.id, inviter_id: inviter.id, permission });
  return shapeInvitation(world, row);
}

function invitationRoutes(route, world) {
  const root = `${ROOT}/invitations`;
  const one = ({ repo, params }) => {
    const row = invitations(world).get(Number(params.id));
    if (row?.repo_id !== repo.id) throw notFound();
    return row;
  };
  route("GET", root, (call) =>
    page(call, world.rows("invitations", call.repo), world.api, (rows) => rows.map((row) => shapeInvitation(world, row))));
  route("PATCH", `${root}/:id`, (call) => ok(shapeInvitation(world, invitations(world).update(one(call).id, { permission: call.body.permissions }))));
  route("DELETE", `${root}/:id`, (call) => {
    invitations(world).delete(one(call).id);
    return none();
  });
  route("PATCH", "/user/repository_invitations/:id", ({ params, user }) => {
    const row = invitations(world).get(Number(params.id));
    if (row?.user_id !== user.id) throw notFound();
    give(world, { id: row.repo_id }, user, row.permission);
    invitations(world).delete(row.id);
    return none();
  });
}

function shapeInvitation(world, row) {
  const repo = world.gh.repos.get(row.repo_id);
  return {
    id: row.id, node_id: nodeId("RepositoryInvitation", row.id), repository: minimalRepository(world, repo), invitee: world.userById(row.user_id),
    inviter: world.userById(row.inviter_id), permissions: role(row.permission), created_at: row.created_at, expired: false,
    url: `${world.api}/user/repository_invitations/${row.id}`, html_url: `${world.base}/${repo.full_name}/invitations`,
  };
}

function teamRoutes(route, world) {
  const { gh } = world;
  const linked = (team, repo) => gh.teamRepos.findBy("team_id", team.id).find((row) => row.repo_id === repo.id);
  const both = ({ params }) => {
    const org = gh.orgs.findOneBy("login", params.org);
    const team = org && gh.teams.findBy("org_id", org.id).find((row) => row.slug === params.slug);
    const repo = world.repository(params.owner, params.repo);
    if (!team || !repo) throw notFound();
    return { team, repo };
  };
  const path = "/orgs/:org/teams/:slug/repos/:owner/:repo";
  route("GET", `${ROOT}/teams`, (call) => {
    const found = gh.teams.all().map((team) => ({ team, link: linked(team, call.repo) })).filter(({ link }) => link);
    return page(call, found, world.api, (items) => items.map(({ team, link }) =>
      ({ ...world.team(team), permission: link.permission ?? team.permission, permissions: permissions(link.permission ?? team.permission) })));
  });
  route("GET", path, (call) => {
    const { team, repo } = both(call);
    const link = linked(team, repo);
    if (!link) throw notFound();
    const level = link.permission ?? team.permission;
    return ok({ ...teamRepository(world, repo), permissions: permissions(level), role_name: role(level) });
  });
  route("PUT", path, (call) => {
    const { team, repo } = both(call);
    if (!atLeast(levelOf(gh, call.actor, repo), "admin")) throw notFound();
    const permission = call.body?.permission ? checkedPermission(repo, call.body) : team.permission;
    const link = linked(team, repo);
    if (link) gh.teamRepos.update(link.id, { permission });
    else gh.teamRepos.insert({ team_id: team.id, repo_id: repo.id, permission });
    return none();
  });
  route("DELETE", path, (call) => {
    const { team, repo } = both(call);
    const link = linked(team, repo);
    if (link) gh.teamRepos.delete(link.id);
    return none();
  });
}

function teamRepository(world, repo) {
  const counts = ["forks", "forks_count", "open_issues", "open_issues_count", "stargazers_count", "watchers", "watchers_count", "size"];
  const page = `${world.base}/${repo.full_name}`;
  return {
    ...minimalRepository(world, repo), ...Object.fromEntries(counts.map((name) => [name, repo[name] ?? 0])),
    ...Object.fromEntries(["has_issues", "has_projects", "has_wiki", "has_pages", "has_downloads", "disabled"].map((name) => [name, Boolean(repo[name])])),
    clone_url: `${page}.git`, git_url: `${page}.git`, ssh_url: `${page}.git`, svn_url: page, mirror_url: null, homepage: repo.homepage ?? null,
    language: repo.language ?? null, license: null, created_at: repo.created_at, updated_at: repo.updated_at, pushed_at: repo.pushed_at ?? null,
  };
}
