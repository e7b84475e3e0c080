/** Switches of a repository's security. */
import { notFound } from "../errors.mjs";
import { none, ok } from "../router.mjs";
import { read, write } from "../settings.mjs";

const ROOT = "/repos/:owner/:repo";

export function securityRoutes(route, world) {
  const isOn = (kind, { repo }) => read(world, kind, { repo_id: repo.id }, false);
  const toggle = (path, kind) => {
    for (const [method, value] of [["PUT", true], ["DELETE", false]]) {
      route(method, `${ROOT}/${path}`, ({ repo }) => {
        write(world, kind, { repo_id: repo.id }, value);
        return none();
      });
    }
  };
  toggle("vulnerability-alerts", "alerts");
  toggle("automated-security-fixes", "fixes");
  toggle("private-vulnerability-reporting", "reporting");
  route("GET", `${ROOT}/vulnerability-alerts`, (call) => {
    if (!isOn("alerts", call)) throw notFound();
    return none();
  });
  route("GET", `${ROOT}/automated-security-fixes`, (call) => {
    if (!isOn("fixes", call)) throw notFound();
    return ok({ enabled: true, paused: false });
  });
  route("GET", `${ROOT}/private-vulnerability-reporting`, (call) => ok({ enabled: isOn("reporting", call) }));
}
