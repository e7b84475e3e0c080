/** Giving a person a level on a repository. */
import { LEVELS } from "./access.mjs";
import { invalidSimply } from "./errors.mjs";

const ROLES = { pull: "read", push: "write" };

/** GitHub's other word for a level. */
export const role = (level) => ROLES[level] ?? level;

export const linkOf = (world, repo, user) =>
  world.gh.collaborators.findBy("repo_id", repo.id).find((row) => row.user_id === user.id);

export function give(world, repo, user, permission) {
  const known = linkOf(world, repo, user);
  if (known) world.gh.collaborators.update(known.id, { permission });
  else world.gh.collaborators.insert({ repo_id: repo.id, user_id: user.id, permission });
}

/** The permission of a body, which is `push` where none is named. */
export function checkedPermission(body) {
  const permission = body?.permission ?? "push";
  if (!LEVELS.includes(permission) || permission === "none") {
    throw invalidSimply(`permission ${permission} is not one of ${LEVELS.slice(1).join(", ")}`);
  }
  return permission;
}
