/** actions/cache: restores what an earlier run saved; what lies in the home folder stays on this machine anyway. */
import { cpSync, existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { input, keep, lines, output, runner, say, workspace } from "./runner.mjs";

const saved = join(runner, "caches");
const age = (name) => statSync(join(saved, name)).mtimeMs;
const name = (key) => encodeURIComponent(key);

const paths = lines(input("path")).filter((path) => !path.startsWith("~"));
const exact = existsSync(join(saved, name(input("key"))));
const found = exact ? name(input("key")) : newest(lines(input("restore-keys")));
output("cache-hit", String(exact));
keep("paths", exact ? "" : JSON.stringify(paths));
if (!paths.length) say("kept on this machine, in the home folder");
else if (!found) say("nothing saved yet");
else {
  for (const path of paths) {
    const from = join(saved, found, name(path));
    if (existsSync(from)) cpSync(from, resolve(workspace, path), { recursive: true });
  }
  say(`restored ${decodeURIComponent(found)}`);
}

/** The newest that begins with the first key for which there is one. */
function newest(keys) {
  for (const key of keys) {
    const fitting = readdirSync(saved).filter((one) => one.startsWith(name(key)));
    if (fitting.length) return fitting.sort((left, right) => age(right) - age(left))[0];
  }
  return undefined;
}
