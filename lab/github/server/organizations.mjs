/** Finding an organization for somebody who may manage it. */
import { isOrgMember, isOrgOwner } from "./access.mjs";
import { Refusal, notFound } from "./errors.mjs";

/** The organization of the path; 404 for strangers, 403 for members who do not own it. */
export function needsOwner(world, { params, actor }) {
  const org = world.gh.orgs.findOneBy("login", params.org);
  if (!org) throw notFound();
  if (actor.installation?.accountId === org.id) return org;
  if (!actor.user || !isOrgMember(world.gh, actor.user, org.id)) throw notFound();
  if (!isOrgOwner(world.gh, actor.user, org.id))
    throw new Refusal(403, "You must be an org owner or have the required permission.");
  return org;
}
