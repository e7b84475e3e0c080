/** GitHub's short form of a repository, as lists of other things have it. */
const PLAIN = [
  "assignees", "branches", "collaborators", "comments", "commits", "compare", "contents", "contributors", "deployments", "downloads",
  "events", "forks", "git_commits", "git_refs", "git_tags", "hooks", "issue_comment", "issue_events", "issues", "keys", "labels",
  "languages", "merges", "milestones", "notifications", "pulls", "releases", "stargazers", "statuses", "subscribers", "subscription",
  "tags", "teams", "trees", "blobs", "archive",
];
const ARGUMENTS = {
  assignees: "{/user}", branches: "{/branch}", collaborators: "{/collaborator}", comments: "{/number}", commits: "{/sha}",
  compare: "/{base}...{head}", contents: "/{+path}", git_commits: "{/sha}", git_refs: "{/sha}", git_tags: "{/sha}", issue_comment: "{/number}",
  issue_events: "{/number}", issues: "{/number}", keys: "{/key_id}", labels: "{/name}", milestones: "{/number}",
  notifications: "{?since,all,participating}", pulls: "{/number}", releases: "{/id}", statuses: "/{sha}", trees: "{/sha}", blobs: "{/sha}",
  archive: "/{archive_format}{/ref}",
};
const PLACES = {
  archive: "", blobs: "/git/blobs", trees: "/git/trees", git_commits: "/git/commits", git_refs: "/git/refs", git_tags: "/git/tags",
  issue_comment: "/issues/comments", issue_events: "/issues/events",
};

export function minimalRepository(world, repo) {
  const url = world.repoUrl(repo);
  const owner = repo.owner_type === "Organization" ? world.gh.orgs.get(repo.owner_id) : world.gh.users.get(repo.owner_id);
  const link = (name) => [`${name}_url`, `${url}${PLACES[name] ?? `/${name}`}${ARGUMENTS[name] ?? ""}`];
  return {
    id: repo.id, node_id: repo.node_id, name: repo.name, full_name: repo.full_name, private: repo.private, owner: world.user(owner),
    html_url: `${world.base}/${repo.full_name}`, description: repo.description, fork: repo.fork, url, ...Object.fromEntries(PLAIN.map(link)),
    visibility: repo.visibility, default_branch: repo.default_branch, archived: repo.archived,
  };
}
