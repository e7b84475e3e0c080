/** What the stand-ins for GitHub's actions share: inputs, outputs, and the folder of the runner, $LOCKGATE_RUNNER. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const TICK = 100;

export const runner = process.env.LOCKGATE_RUNNER;
export const workspace = process.env.GITHUB_WORKSPACE;

export const input = (name) => (process.env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`] ?? "").trim();
export const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
export const say = (text) => console.log(text);
export const output = (name, value) => appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${value}\n`);
export const keep = (name, value) => appendFileSync(process.env.GITHUB_STATE, `${name}=${value}\n`);
export const kept = (name) => process.env[`STATE_${name}`] ?? "";

/** Ends the step with one line, as the actions do. */
export function fail(text) {
  console.log(`::error::${text}`);
  process.exit(1);
}

/** Waits for somebody's yes where the job deploys to an environment; then for one of the runners, and takes it. */
export async function takeRunner() {
  const me = process.env.RUNNER_TEMP;
  const slots = join(runner, "slots");
  if (readdirSync(slots).some((slot) => owner(join(slots, slot)) === me)) return;
  await pass(process.env.GITHUB_WORKFLOW, process.env.GITHUB_JOB);
  const count = Number(process.env.LOCKGATE_RUNNERS);
  for (;;) {
    if (existsSync(join(runner, "stopped"))) fail("the run was stopped");
    for (let number = 0; number < count; number += 1) {
      const slot = join(slots, String(number));
      if (!claim(slot)) continue;
      writeFileSync(join(slot, "owner"), me);
      useCaches(String(number));
      keep("slot", slot);
      say("lockgate: on a runner");
      return;
    }
    await pause(TICK);
  }
}

/** Each runner has a disk of its own: what earlier jobs downloaded there, and the tools, which its image has. */
function useCaches(number) {
  const cache = join(process.env.LOCKGATE_CACHES, number);
  mkdirSync(join(cache, "lockgate"), { recursive: true });
  const tools = join(cache, "lockgate", "tools");
  if (!existsSync(tools)) symlinkSync(process.env.LOCKGATE_TOOLS, tools);
  const names = { XDG_CACHE_HOME: cache, npm_config_cache: join(cache, "npm") };
  for (const [name, value] of Object.entries(names)) appendFileSync(process.env.GITHUB_ENV, `${name}=${value}\n`);
}

export function giveRunnerBack() {
  const slot = kept("slot");
  if (!slot) return;
  unlinkSync(join(slot, "owner"));
  rmdirSync(slot);
  say("lockgate: off the runner");
}

const owner = (slot) => (existsSync(join(slot, "owner")) ? readFileSync(join(slot, "owner"), "utf8") : "");

function claim(slot) {
  try {
    mkdirSync(slot);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** The environment's gate: asks in a file, and waits for the answer beside it, "yes" or why not. */
async function pass(workflow, job) {
  const gates = join(runner, "gates");
  const guarded = JSON.parse(readFileSync(join(gates, "guarded.json"), "utf8"));
  if (!guarded[`${workflow}/${job}`]) return;
  const name = join(gates, `${process.env.GITHUB_RUN_ID}-${job}`);
  writeFileSync(`${name}.asks`, guarded[`${workflow}/${job}`]);
  while (!existsSync(`${name}.answer`)) await pause(TICK);
  const answer = readFileSync(`${name}.answer`, "utf8").trim();
  if (answer !== "yes") fail(answer);
}
