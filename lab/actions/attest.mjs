/** actions/attest: what it would sign is there. Sigstore, which signs without a key, is not. */
import { readdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fail, input, say, workspace } from "./runner.mjs";

const digest = input("subject-digest");
const path = input("subject-path");
if (digest && !/^sha256:[0-9a-f]{64}$/.test(digest)) fail(`subject-digest = ${digest}: must be sha256:HEX`);
if (path && !readdirSync(dirname(resolve(workspace, path))).length) fail(`subject-path = ${path}: there is no such file`);
say(`not signed here: ${input("subject-name") || path}`);
