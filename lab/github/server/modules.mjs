/** The npm packages, which lie in the tools' cache and not beside these files. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** The file of emulate 0.11.2 that holds its GitHub plugin; the package exports only a function that starts it whole. */
const GITHUB_PLUGIN = "dist/dist-PJSQGLE7.js";

/** @param {string} folder that holds `node_modules` */
export async function load(folder) {
  const require = createRequire(join(folder, "package.json"));
  const emulate = join(folder, "node_modules", "emulate");
  const at = (file) => import(pathToFileURL(join(emulate, file)).href);
  const sodium = require("libsodium-wrappers");
  await sodium.ready;
  return {
    Ajv: require("ajv").default,
    sodium,
    createEmulator: (await at("dist/api.js")).createEmulator,
    plugin: await at(GITHUB_PLUGIN),
    description: readDescription(join(folder, "node_modules", "@octokit", "openapi", "generated", "api.github.com.json")),
  };
}

const readDescription = (file) => JSON.parse(readFileSync(file, "utf8"));
