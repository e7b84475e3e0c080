/** Workflow runs: github.com makes them when something happens; here a test does. */
import { nodeId } from "./world.mjs";

/**
 * Adds a run: `repository` OWNER/NAME, `workflow` (file name), and what matters of `status`, `conclusion`, `event`,
 * `head_branch`, `head_sha`, `name`, `run_number`, `created_at`.
 */
export function addRun(world, { repository, workflow = "ci.yml", ...given }) {
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
  return { id: run.id, workflow_id: found.id };
}
