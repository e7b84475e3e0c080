/** The parts of classic branch protection that emulate keeps but does not serve. */
import { notFound } from "../errors.mjs";
import { none, ok } from "../router.mjs";

const ROOT = "/repos/:owner/:repo/branches/:branch{.+}/protection";
const SWITCHES = { required_signatures: "required_signatures", enforce_admins: "enforce_admins" };
const PARTS = ["required_pull_request_reviews", "required_status_checks", "restrictions"];

export function protectionRoutes(route, world) {
  const table = world.gh.branchProtections;
  const rowOf = ({ repo, params }) => {
    const row = table.findBy("repo_id", repo.id).find((one) => one.branch_name === params.branch);
    if (!row) throw notFound();
    return row;
  };
  for (const [part, field] of Object.entries(SWITCHES)) {
    const set = (call, value) => table.update(rowOf(call).id, { [field]: value })[field];
    const shape = ({ repo, params }, enabled) => ({
      url: `${world.repoUrl(repo)}/branches/${encodeURIComponent(params.branch)}/protection/${part}`,
      enabled,
    });
    route("GET", `${ROOT}/${part}`, (call) => ok(shape(call, rowOf(call)[field])));
    route("POST", `${ROOT}/${part}`, (call) => ok(shape(call, set(call, true))));
    route("DELETE", `${ROOT}/${part}`, (call) => {
      set(call, false);
      return none();
    });
  }
  for (const part of PARTS) {
    route("DELETE", `${ROOT}/${part}`, (call) => {
      table.update(rowOf(call).id, { [part]: null });
      return none();
    });
  }
}
