/** What a new stand-in begins with. */
import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeId, secretWord } from "./world.mjs";

export const BOT = "lockgate-bot";
const ORGANIZATION = "lab";
const PEOPLE = ["alice", "bob"];
const APP = { app_id: 1000, slug: "lockgate-lab", name: "Lockgate lab", installation_id: 2000 };
const APP_PERMISSIONS = Object.fromEntries(
  [
    "actions",
    "administration",
    "checks",
    "contents",
    "deployments",
    "environments",
    "issues",
    "metadata",
    "organization_administration",
    "organization_self_hosted_runners",
    "pull_requests",
    "secrets",
    "statuses",
    "variables",
    "workflows",
  ].map((name) => [name, "write"]),
);

/** Organization, people, team and app. Returns nothing; only for an empty store. */
export function seed(world, folder) {
  const { plugin, store, base, gh } = world;
  const members = [{ login: BOT, role: "admin" }, ...[...PEOPLE, `${APP.slug}[bot]`].map((login) => ({ login }))];
  const installations = [{ installation_id: APP.installation_id, account: ORGANIZATION, permissions: APP_PERMISSIONS }];
  plugin.seedFromConfig(store, base, {
    users: members.map(({ login }) => ({ login, name: login, email: `${login}@users.noreply.github.com` })),
    orgs: [{ login: ORGANIZATION, name: "Lab", members }],
    apps: [{ ...APP, private_key: appKey(folder), permissions: APP_PERMISSIONS, installations }],
  });
  gh.users.update(gh.users.findOneBy("login", `${APP.slug}[bot]`).id, { type: "Bot" });
  const org = gh.orgs.findOneBy("login", ORGANIZATION);
  // Who may write is decided before emulate is asked, and it knows less of teams: it takes any member.
  gh.orgs.update(org.id, { default_repository_permission: "admin", base_permission: "read" });
  const team = gh.teams.insert({
    org_id: org.id,
    name: "platform",
    slug: "platform",
    description: "",
    privacy: "closed",
    permission: "pull",
    parent_id: null,
    members_count: 1,
    repos_count: 0,
    node_id: "",
  });
  gh.teams.update(team.id, { node_id: nodeId("Team", team.id) });
  gh.teamMembers.insert({ team_id: team.id, user_id: gh.users.findOneBy("login", "alice").id, role: "member" });
}

/** The owner's token in `folder`; made once, readable by its owner only. */
export function ownerToken(folder) {
  return kept(join(folder, "token"), () => secretWord("ghp_"));
}

function appKey(folder) {
  const options = {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "pkcs1", format: "pem" },
  };
  return kept(join(folder, "app.pem"), () => generateKeyPairSync("rsa", options).privateKey);
}

function kept(file, make) {
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o600 });
  return readFileSync(file, "utf8");
}
