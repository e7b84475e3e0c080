/** Invitations of people who are not of the organization. */
import { notFound } from "../errors.mjs";
import { give, role } from "../grants.mjs";
import { none, ok, page } from "../router.mjs";
import { minimalRepository } from "../shapes.mjs";
import { nodeId } from "../world.mjs";

const ROOT = "/repos/:owner/:repo";

const invitations = (world) => world.table("invitations");

export function invite(world, { repo, user, inviter, permission }) {
  const known = world.rows("invitations", repo).find((row) => row.user_id === user.id);
  const row = known
    ? invitations(world).update(known.id, { permission })
    : invitations(world).insert({ repo_id: repo.id, user_id: user.id, inviter_id: inviter.id, permission });
  return shapeInvitation(world, row);
}

export function invitationRoutes(route, world) {
  const root = `${ROOT}/invitations`;
  const one = ({ repo, params }) => {
    const row = invitations(world).get(Number(params.id));
    if (row?.repo_id !== repo.id) throw notFound();
    return row;
  };
  route("GET", root, (call) =>
    page(call, world.rows("invitations", call.repo), world.api, (rows) => rows.map((row) => shapeInvitation(world, row))),
  );
  route("PATCH", `${root}/:id`, (call) =>
    ok(shapeInvitation(world, invitations(world).update(one(call).id, { permission: call.body.permissions }))),
  );
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
    id: row.id,
    node_id: nodeId("RepositoryInvitation", row.id),
    repository: minimalRepository(world, repo),
    invitee: world.userById(row.user_id),
    inviter: world.userById(row.inviter_id),
    permissions: role(row.permission),
    created_at: row.created_at,
    expired: false,
    url: `${world.api}/user/repository_invitations/${row.id}`,
    html_url: `${world.base}/${repo.full_name}/invitations`,
  };
}
