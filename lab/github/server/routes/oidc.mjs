/** The subject of a workflow's OIDC token. */
import { needsOwner } from "../organizations.mjs";
import { invalidSimply } from "../errors.mjs";
import { created, ok } from "../router.mjs";
import { read, write } from "../settings.mjs";

const REPOSITORY = "/repos/:owner/:repo/actions/oidc/customization/sub";
const ORGANIZATION = "/orgs/:org/actions/oidc/customization/sub";

export function oidcRoutes(route, world) {
  route("GET", REPOSITORY, ({ repo }) => ok(read(world, "oidc", { repo_id: repo.id }, { use_default: true })));
  route("PUT", REPOSITORY, ({ repo, body }) => {
    check(body.include_claim_keys);
    const { include_claim_keys: keys, ...rest } = body;
    write(world, "oidc", { repo_id: repo.id }, { ...rest, ...(!body.use_default && { include_claim_keys: keys ?? [] }) });
    return created();
  });
  route("GET", ORGANIZATION, (call) =>
    ok(read(world, "oidc", { org_id: needsOwner(world, call).id }, { include_claim_keys: ["repo", "context"] })),
  );
  route("PUT", ORGANIZATION, (call) => {
    check(call.body.include_claim_keys);
    write(world, "oidc", { org_id: needsOwner(world, call).id }, call.body);
    return created();
  });
}

function check(keys = []) {
  const wrong = keys.find((key) => !/^\w+$/.test(key));
  if (wrong !== undefined)
    throw invalidSimply(`include_claim_keys: ${wrong} can only contain alphanumeric characters and underscores`);
}
