/** actions/download-artifact: one by name, or all that a pattern fits, each into a folder of its own; of this run or another. */
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fail, input, output, runner, say, workspace } from "./runner.mjs";

const run = join(runner, "artifacts", input("run-id") || process.env.GITHUB_RUN_ID);
const target = resolve(workspace, input("path") || ".");
const there = existsSync(run) ? readdirSync(run) : [];
const pattern = new RegExp(`^${(input("pattern") || "*").replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);
const single = input("name");

if (input("run-id") && !input("github-token")) fail("run-id needs github-token");
if (single && !there.includes(single)) fail(`Unable to download artifact(s): Artifact not found for name: ${single}`);
const names = single ? [single] : there.filter((name) => pattern.test(name));
for (const name of names) {
  const to = single ? target : join(target, name);
  mkdirSync(to, { recursive: true });
  cpSync(join(run, name), to, { recursive: true });
}
output("download-path", target);
say(names.length ? names.join(", ") : `no artifact of this run fits ${input("pattern")}`);
