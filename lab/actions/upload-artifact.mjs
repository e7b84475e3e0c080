/** actions/upload-artifact: into the runner's folder, below the run's number. Hidden files stay away, and modes are lost. */
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fail, input, runner, say, workspace } from "./runner.mjs";

const name = input("name") || "artifact";
const source = resolve(workspace, input("path"));
const target = join(runner, "artifacts", process.env.GITHUB_RUN_ID, name);
const hidden = (path) => basename(path).startsWith(".");

/** All plain files below a folder, or the file itself. */
function files(path) {
  if (hidden(path) || !existsSync(path)) return [];
  return statSync(path).isDirectory() ? readdirSync(path).flatMap((entry) => files(join(path, entry))) : [path];
}

const found = files(source);
if (found.length) put();
else if (input("if-no-files-found") === "error") fail(`No files were found with the provided path: ${input("path")}`);
else say(`no files below ${input("path")}`);

function put() {
  if (existsSync(target) && input("overwrite") !== "true") fail(`an artifact with the name ${name} is there already`);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const root = statSync(source).isDirectory() ? source : resolve(source, "..");
  for (const file of found) {
    const to = join(target, file.slice(root.length));
    cpSync(file, to);
    chmodSync(to, 0o644);
  }
  say(`${name}: ${found.length} files, for ${input("retention-days")} days`);
}
