/** What runs have left: github.com sends whoever wants it to where it lies, and asks nothing there. */
import { Refusal, notFound } from "../errors.mjs";
import { found } from "../router.mjs";

export const STORAGE = "/_storage/archives/";

export function artifactRoutes(route, world) {
  route("GET", "/repos/:owner/:repo/actions/artifacts/:artifact_id/:archive_format", ({ repo, params }) => {
    const artifact = world.gh.artifacts.get(Number(params.artifact_id));
    if (artifact?.repo_id !== repo.id || params.archive_format !== "zip") throw notFound();
    if (artifact.expired) throw new Refusal(410, "Artifact has expired");
    return found(STORAGE + artifact.id);
  });
}

/** The bytes at a path of the storage, or undefined. */
export function stored(world, path) {
  const row = world.table("archives").all().find((one) => path === STORAGE + one.artifact_id);
  return row && Buffer.from(row.archive, "base64");
}
