/** Workflow runs: github.com makes them when something happens; here a test does. */
import { nodeId } from "./world.mjs";

const KEPT_DAYS = 90;

/**
 * Adds a run: `repository` OWNER/NAME, `workflow` (file name), and what matters of `status`, `conclusion`, `event`,
 * `head_branch`, `head_sha`, `name`, `run_number`, `created_at`; `jobs`, of each what matters of `name`, `status`,
 * `conclusion`, `started_at`, `completed_at`, `steps`; and `artifacts`, of each its `name` and its zip file `archive` in base64.
 */
export function addRun(world, { repository, workflow = "ci.yml", jobs = [], artifacts = [], ...given }) {
  const repo = world.repository(...repository.split("/"));
  const { gh } = world;
  const path = `.github/workflows/${workflow}`;
  const found =
    gh.workflows.findBy("repo_id", repo.id).find((one) => one.path === path) ??
    gh.workflows.insert({ repo_id: repo.id, name: given.name ?? workflow, path, state: "active", node_id: "" });
  const branch = given.head_branch ?? repo.default_branch;
  const number = gh.workflowRuns.findBy("workflow_id", found.id).length + 1;
  const run = gh.workflowRuns.insert({
    repo_id: repo.id,
    workflow_id: found.id,
    name: found.name,
    head_branch: branch,
    head_sha: world.tip(repo, branch) ?? "0".repeat(40),
    run_number: number,
    run_attempt: 1,
    event: "push",
    status: "completed",
    conclusion: "success",
    actor_id: gh.users.all()[0].id,
    started_at: null,
    completed_at: null,
    node_id: "",
    ...given,
  });
  gh.workflowRuns.update(run.id, {
    node_id: nodeId("WorkflowRun", run.id),
    ...(given.created_at && { created_at: given.created_at }),
  });
  for (const job of jobs) addJob(world, repo, run, job);
  for (const artifact of artifacts) addArtifact(world, repo, run, artifact);
  return { id: run.id, workflow_id: found.id };
}

function addArtifact(world, repo, run, { name, archive }) {
  const made = world.gh.artifacts.insert({
    repo_id: repo.id,
    run_id: run.id,
    name,
    size_in_bytes: Buffer.byteLength(archive, "base64"),
    expired: false,
    expires_at: new Date(Date.now() + KEPT_DAYS * 86_400_000).toISOString(),
    node_id: "",
  });
  world.gh.artifacts.update(made.id, { node_id: nodeId("Artifact", made.id) });
  world.table("archives").insert({ repo_id: repo.id, artifact_id: made.id, archive });
}

function addJob(world, repo, run, given) {
  const job = world.gh.jobs.insert({
    repo_id: repo.id,
    run_id: run.id,
    status: "completed",
    conclusion: "success",
    started_at: run.created_at,
    completed_at: run.updated_at,
    steps: [],
    runner_id: null,
    runner_name: null,
    node_id: "",
    ...given,
  });
  world.gh.jobs.update(job.id, { node_id: nodeId("Job", job.id) });
}
