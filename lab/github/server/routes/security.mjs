/** Switches of a repository's security. */
import { invalidSimply, notFound } from "../errors.mjs";
import { none, ok } from "../router.mjs";
import { read, write } from "../settings.mjs";

const ROOT = "/repos/:owner/:repo";

export function securityRoutes(route, world) {
  const isOn = (kind, { repo }) => read(world, kind, { repo_id: repo.id }, false);
  const toggle = (path, kind, check = () => {}) => {
    for (const [method, value] of [
      ["PUT", true],
      ["DELETE", false],
    ]) {
      route(method, `${ROOT}/${path}`, (call) => {
        check(call, value);
        write(world, kind, { repo_id: call.repo.id }, value);
        return none();
      });
    }
  };
  const needsAlerts = (call, value) => {
    if (value && !isOn("alerts", call))
      throw invalidSimply("Vulnerability alerts must be enabled to configure automated security fixes.");
  };
  toggle("vulnerability-alerts", "alerts");
  toggle("automated-security-fixes", "fixes", needsAlerts);
  toggle("private-vulnerability-reporting", "reporting");
  route("GET", `${ROOT}/vulnerability-alerts`, (call) => {
    if (!isOn("alerts", call)) throw notFound();
    return none();
  });
  route("GET", `${ROOT}/automated-security-fixes`, (call) => {
    if (!isOn("alerts", call)) throw notFound();
    return ok({ enabled: isOn("fixes", call), paused: false });
  });
  route("GET", `${ROOT}/private-vulnerability-reporting`, (call) => ok({ enabled: isOn("reporting", call) }));
}
