/** actions/checkout: real Git, from the repositories in the runner's folder instead of GitHub's server. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fail, input, lines, output, runner, say, takeRunner, workspace } from "./runner.mjs";

const repository = input("repository") || process.env.GITHUB_REPOSITORY;
const own = repository === process.env.GITHUB_REPOSITORY;
const source = join(runner, "repositories", `${repository}.git`);
const folder = resolve(workspace, input("path") || ".");
const depth = Number(input("fetch-depth") || 1);

const git = (...words) => execFileSync("git", ["-C", folder, ...words], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

await takeRunner();
if (!existsSync(source)) fail(`repository = ${repository}: there is none of that name here`);
if (!`${folder}/`.startsWith(`${workspace}/`)) fail(`path = ${input("path")}: must be inside the workspace`);
const wanted = input("ref") || (own ? process.env.GITHUB_SHA : "HEAD");
const sparse = lines(input("sparse-checkout"));

mkdirSync(folder, { recursive: true });
git("init", "--quiet");
git("remote", "add", "origin", `file://${source}`);
if (sparse.length) git("sparse-checkout", "set", "--cone", ...sparse);
try {
  git("fetch", "--quiet", "--no-tags", ...(depth ? [`--depth=${depth}`] : []), "origin", wanted);
} catch {
  fail(`ref = ${wanted}: ${repository} has no such commit, branch or tag`);
}
git("checkout", "--quiet", "--force", "FETCH_HEAD");
const commit = git("rev-parse", "HEAD").trim();
output("ref", wanted);
output("commit", commit);
say(`${repository} at ${commit}`);
