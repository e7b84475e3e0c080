/** What Actions may do in a repository. */
import { Refusal, notFound } from "../errors.mjs";
import { none, ok } from "../router.mjs";
import { read, write } from "../settings.mjs";

const ROOT = "/repos/:owner/:repo/actions/permissions";
const STANDARD = { enabled: true, allowed_actions: "all", sha_pinning_required: false };
const SELECTED = { github_owned_allowed: true, verified_allowed: false, patterns_allowed: [] };
const WORKFLOW = { default_workflow_permissions: "read", can_approve_pull_request_reviews: false };
const ACCESS = { access_level: "none" };

export function actionsRoutes(route, world) {
  const at = ({ repo }) => ({ repo_id: repo.id });
  const permissions = (call) => read(world, "actions", at(call), STANDARD);
  route("GET", ROOT, (call) => ok(shape(world, call.repo, permissions(call))));
  route("PUT", ROOT, (call) => {
    write(world, "actions", at(call), { ...permissions(call), ...call.body });
    return none();
  });
  keep(route, world, { path: `${ROOT}/workflow`, kind: "workflow", standard: WORKFLOW });
  keep(route, world, {
    path: `${ROOT}/access`,
    kind: "access",
    standard: ACCESS,
    allowed: ({ repo }) => repo.visibility !== "public",
  });
  keep(route, world, {
    path: `${ROOT}/selected-actions`,
    kind: "selected",
    standard: SELECTED,
    allowed: (call) => permissions(call).allowed_actions === "selected",
    refusal: () => new Refusal(409, "Conflict"),
  });
}

function keep(route, world, { path, kind, standard, allowed = () => true, refusal = notFound }) {
  const demand = (call) => {
    if (!allowed(call)) throw refusal();
  };
  const current = ({ repo }) => read(world, kind, { repo_id: repo.id }, standard);
  route("GET", path, (call) => {
    demand(call);
    return ok(current(call));
  });
  route("PUT", path, (call) => {
    demand(call);
    write(world, kind, { repo_id: call.repo.id }, { ...current(call), ...call.body });
    return none();
  });
}

function shape(world, repo, { enabled, allowed_actions, sha_pinning_required }) {
  if (!enabled) return { enabled };
  const selected = allowed_actions === "selected" && {
    selected_actions_url: `${world.repoUrl(repo)}/actions/permissions/selected-actions`,
  };
  return { enabled, allowed_actions, sha_pinning_required, ...selected };
}
