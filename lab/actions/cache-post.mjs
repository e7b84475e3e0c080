/** The end of a job with a cache: saves under its key what the job has left, whole or not at all. */
import { cpSync, existsSync, mkdtempSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { input, kept, runner, say, workspace } from "./runner.mjs";

const paths = JSON.parse(kept("paths") || "[]").filter((path) => existsSync(resolve(workspace, path)));
if (paths.length) {
  const folder = mkdtempSync(join(runner, "saving-"));
  for (const path of paths) cpSync(resolve(workspace, path), join(folder, encodeURIComponent(path)), { recursive: true });
  renameSync(folder, join(runner, "caches", encodeURIComponent(input("key"))));
  say(`saved ${input("key")}`);
}
