/** The repositories of an organization. */
import { atLeast, levelOf, permissions } from "../access.mjs";
import { notFound } from "../errors.mjs";
import { page } from "../router.mjs";
import { minimalRepository } from "../shapes.mjs";

export function repositoryRoutes(route, world) {
  route("GET", "/orgs/:org/repos", (call) => {
    const org = world.gh.orgs.findOneBy("login", call.params.org);
    if (!org) throw notFound();
    const seen = world.gh.repos
      .all()
      .filter((repo) => repo.owner_type === "Organization" && repo.owner_id === org.id)
      .map((repo) => ({ repo, level: levelOf(world.gh, call.actor, repo) }))
      .filter(({ level }) => atLeast(level, "pull"))
      .sort((left, right) => right.repo.id - left.repo.id);
    return page(call, seen, world.api, (items) =>
      items.map(({ repo, level }) => ({ ...minimalRepository(world, repo), permissions: permissions(level) })),
    );
  });
}
