/** Rulesets of a repository, and which rules hold for a branch. */
import { invalid, notFound } from "../errors.mjs";
import { created, none, ok, page } from "../router.mjs";
import { mayPass, rulesFor } from "../rules.mjs";
import { nodeId, pick } from "../world.mjs";

const ROOT = "/repos/:owner/:repo/rulesets";
const SETTINGS = ["name", "target", "enforcement", "bypass_actors", "conditions", "rules"];
const STANDARD = { target: "branch", bypass_actors: [], rules: [] };
const PATTERN = /^(~ALL|~DEFAULT_BRANCH|refs\/(heads|tags)\/.+)$/;

export function rulesetRoutes(route, world) {
  const table = () => world.table("rulesets");
  const all = ({ repo }) => world.rows("rulesets", repo);
  const one = (call) => {
    const found = all(call).find((row) => row.id === Number(call.params.id));
    if (!found) throw notFound();
    return found;
  };
  const answer = (call, row) => shape(world, call, row);
  route("GET", ROOT, (call) => page(call, all(call), world.api, (rows) => rows.map((row) => short(world, call.repo, row))));
  route("POST", ROOT, (call) => {
    const wanted = { ...STANDARD, ...pick(call.body, SETTINGS) };
    check(world, all(call), wanted);
    return created(answer(call, table().insert({ repo_id: call.repo.id, ...wanted })));
  });
  route("GET", `${ROOT}/:id`, (call) => ok(answer(call, one(call))));
  route("PUT", `${ROOT}/:id`, (call) => {
    const wanted = pick(call.body ?? {}, SETTINGS);
    check(
      world,
      all(call).filter((row) => row.id !== one(call).id),
      { ...one(call), ...wanted },
    );
    return ok(answer(call, table().update(one(call).id, wanted)));
  });
  route("DELETE", `${ROOT}/:id`, (call) => {
    table().delete(one(call).id);
    return none();
  });
  route("GET", "/repos/:owner/:repo/rules/branches/:branch{.+}", (call) =>
    page(call, rulesFor(world, call.repo, `refs/heads/${call.params.branch}`), world.api, (found) =>
      found.map((item) => detailed(call.repo, item)),
    ),
  );
}

function check(world, others, { name, target, conditions, rules, bypass_actors: actors }) {
  const refuse = (field, message) => {
    throw invalid("RepositoryRuleset", field, message);
  };
  if (others.some((row) => row.name === name && row.target === target)) refuse("name", "Name must be unique");
  const { include = [], exclude = [] } = conditions?.ref_name ?? {};
  const wrong = [...include, ...exclude].filter((pattern) => !PATTERN.test(pattern));
  if (wrong.length) refuse("conditions", `Invalid target patterns: '${wrong.join("', '")}'`);
  const types = rules.map((rule) => rule.type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice) refuse("rules", `Rule ${twice} is given more than once`);
  for (const { actor_type: type, actor_id: id } of actors ?? []) {
    if (type === "Team" && !world.gh.teams.get(id))
      refuse("bypass_actors", `Actor ${type} ${id} must be part of the ruleset source or owner organization`);
    if (type === "User" && !world.gh.users.get(id)) refuse("bypass_actors", `Actor ${type} ${id} was not found`);
    if (type === "RepositoryRole" && !(id >= 1 && id <= 5)) refuse("bypass_actors", `Repository role ${id} was not found`);
  }
}

function short(world, repo, { id, name, target, enforcement, created_at, updated_at }) {
  return {
    id,
    name,
    target,
    source_type: "Repository",
    source: repo.full_name,
    enforcement,
    node_id: nodeId("RepositoryRuleset", id),
    _links: {
      self: { href: `${world.repoUrl(repo)}/rulesets/${id}` },
      html: { href: `${world.base}/${repo.full_name}/rules/${id}` },
    },
    created_at,
    updated_at,
  };
}

function shape(world, { repo, actor }, row) {
  const actors = row.bypass_actors.map(({ actor_id = null, actor_type, bypass_mode = "always" }) => ({
    actor_id,
    actor_type,
    bypass_mode,
  }));
  const conditions = row.conditions ?? { ref_name: { include: [], exclude: [] } };
  return {
    ...short(world, repo, row),
    bypass_actors: actors,
    current_user_can_bypass: mayPass(world, actor, repo, row),
    ...(row.target !== "push" && { conditions }),
    rules: row.rules,
  };
}

const detailed = (repo, { rule, ruleset }) => ({
  ...rule,
  ruleset_source_type: "Repository",
  ruleset_source: repo.full_name,
  ruleset_id: ruleset.id,
});
