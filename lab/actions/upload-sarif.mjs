/** github/codeql-action/upload-sarif: refuses what GitHub refuses, and keeps the rest for nobody. */
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fail, input, output, say, workspace } from "./runner.mjs";

const path = resolve(workspace, input("sarif_file"));
const files = statSync(path).isDirectory()
  ? readdirSync(path).filter((name) => name.endsWith(".sarif")).map((name) => join(path, name))
  : [path];
const seen = new Set();
let results = 0;
for (const file of files) {
  for (const run of read(file)) {
    const category = run.automationDetails?.id?.replace(/[^/]*$/, "") || input("category");
    const key = `${run.tool.driver.name} ${category}`;
    if (seen.has(key)) fail(`${file}: the tool and category ${key} are there twice; GitHub refuses that`);
    seen.add(key);
    results += run.results?.length ?? 0;
  }
}
output("sarif-id", "lab");
say(`${files.length} files of ${seen.size} scanners with ${results} results would go to code scanning`);

function read(file) {
  const document = JSON.parse(readFileSync(file, "utf8"));
  if (document.version !== "2.1.0" || !Array.isArray(document.runs)) fail(`${file}: is no SARIF 2.1.0`);
  return document.runs;
}
