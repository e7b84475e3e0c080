/** actions/setup-python and setup-node: this machine's own, whose version is said. */
import { execFileSync } from "node:child_process";
import { input, say } from "./runner.mjs";

for (const [program, name] of [["python3", "python-version"], ["node", "node-version"]]) {
  if (!input(name)) continue;
  const here = execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
  say(`${input(name)} is asked for; ${here} is here, and used`);
}
