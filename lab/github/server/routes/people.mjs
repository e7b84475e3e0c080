/** Collaborators of a repository, and what users have that clients ask for. */
import { atLeast, isOrgMember, levelOf, permissions } from "../access.mjs";
import { notFound } from "../errors.mjs";
import { checkedPermission, give, linkOf, role } from "../grants.mjs";
import { none, ok, page } from "../router.mjs";
import { invite } from "./invitations.mjs";

const ROOT = "/repos/:owner/:repo/collaborators";

export function peopleRoutes(route, world) {
  for (const keys of ["keys", "gpg_keys"]) {
    route("GET", `/users/:username/${keys}`, (call) => userOf(world, call.params.username) && page(call, [], world.api));
  }
  readRoutes(route, world);
  changeRoutes(route, world);
}

function userOf(world, login) {
  const user = world.gh.users.findOneBy("login", login);
  if (!user) throw notFound();
  return user;
}

const isMember = ({ gh }, user, repo) => repo.owner_type === "Organization" && isOrgMember(gh, user, repo.owner_id);

const shape = (world, user, level) => ({ ...world.user(user), permissions: permissions(level), role_name: role(level) });

/** Who is asked for: `{ user, level }` of all that may see the repository through an affiliation. */
function listed(world, { repo, query }) {
  const direct = (user) => Boolean(linkOf(world, repo, user));
  const member = (user) => isMember(world, user, repo);
  const wanted = { direct, outside: (user) => direct(user) && !member(user) }[query.affiliation] ?? (() => true);
  return world.gh.users
    .all()
    .filter((user) => user.type === "User" && wanted(user) && (direct(user) || member(user) || user.id === repo.owner_id))
    .map((user) => ({ user, level: levelOf(world.gh, { user }, repo) }))
    .filter(({ level }) => atLeast(level, query.permission ?? "pull"));
}

function readRoutes(route, world) {
  route("GET", ROOT, (call) =>
    page(call, listed(world, call), world.api, (items) => items.map(({ user, level }) => shape(world, user, level))),
  );
  route("GET", `${ROOT}/:username`, ({ repo, params }) => {
    const user = userOf(world, params.username);
    if (!linkOf(world, repo, user) && !isMember(world, user, repo)) throw notFound();
    return none();
  });
  route("GET", `${ROOT}/:username/permission`, ({ repo, params }) => {
    const user = userOf(world, params.username);
    const level = levelOf(world.gh, { user }, repo);
    const permission = { maintain: "write", triage: "read" }[level] ?? role(level);
    return ok({ permission, role_name: role(level), user: shape(world, user, level) });
  });
}

function changeRoutes(route, world) {
  route("PUT", `${ROOT}/:username`, ({ repo, params, body, user: inviter }) => {
    const user = userOf(world, params.username);
    const permission = checkedPermission(body);
    if (!isMember(world, user, repo) && !linkOf(world, repo, user)) {
      return { status: 201, body: invite(world, { repo, user, inviter, permission }) };
    }
    give(world, repo, user, permission);
    return none();
  });
  route("DELETE", `${ROOT}/:username`, ({ repo, params }) => {
    const link = linkOf(world, repo, userOf(world, params.username));
    if (link) world.gh.collaborators.delete(link.id);
    return none();
  });
}
