/** All of our own routes. */
import { actionsRoutes } from "./actions.mjs";
import { artifactRoutes } from "./artifacts.mjs";
import { deploymentRoutes } from "./deployments.mjs";
import { environmentRoutes } from "./environments.mjs";
import { invitationRoutes } from "./invitations.mjs";
import { oidcRoutes } from "./oidc.mjs";
import { peopleRoutes } from "./people.mjs";
import { policyRoutes } from "./policies.mjs";
import { protectionRoutes } from "./protection.mjs";
import { pullRoutes } from "./pulls.mjs";
import { repositoryRoutes } from "./repositories.mjs";
import { rulesetRoutes } from "./rulesets.mjs";
import { runnerRoutes } from "./runners.mjs";
import { secretRoutes } from "./secrets.mjs";
import { securityRoutes } from "./security.mjs";
import { statusRoutes } from "./statuses.mjs";
import { teamRoutes } from "./teams.mjs";
import { variableRoutes } from "./variables.mjs";

const ALL = [
  actionsRoutes,
  artifactRoutes,
  deploymentRoutes,
  environmentRoutes,
  invitationRoutes,
  oidcRoutes,
  peopleRoutes,
  policyRoutes,
  protectionRoutes,
  pullRoutes,
  repositoryRoutes,
  rulesetRoutes,
  runnerRoutes,
  secretRoutes,
  securityRoutes,
  statusRoutes,
  teamRoutes,
  variableRoutes,
];

export function addRoutes(route, world) {
  for (const add of ALL) add(route, world);
}
