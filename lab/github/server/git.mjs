/** Histories and trees, read from emulate's store. */

const commitOf = (world, repo, sha) => world.gh.commits.findBy("repo_id", repo.id).find((one) => one.sha === sha);

/** All commits that `sha` stands on, itself first. */
export function history(world, repo, sha) {
  const seen = new Set();
  const queue = [sha];
  while (queue.length) {
    const next = queue.shift();
    if (seen.has(next)) continue;
    const commit = commitOf(world, repo, next);
    if (!commit) continue;
    seen.add(next);
    queue.push(...commit.parent_shas);
  }
  return seen;
}

/** The newest commit that both stand on, or undefined. */
export function mergeBase(world, repo, left, right) {
  const known = history(world, repo, left);
  return [...history(world, repo, right)].find((sha) => known.has(sha));
}

/** The commits of `head` that `base` does not have. */
export function ahead(world, repo, base, head) {
  const known = base ? history(world, repo, base) : new Set();
  return [...history(world, repo, head)].filter((sha) => !known.has(sha)).map((sha) => commitOf(world, repo, sha));
}

/** The files of a commit: path to `{ mode, sha }`. */
export function files(world, repo, sha) {
  const trees = new Map(world.gh.trees.findBy("repo_id", repo.id).map((tree) => [tree.sha, tree.tree]));
  const found = new Map();
  const walk = (tree, prefix) => {
    for (const { path, mode, type, sha: id } of trees.get(tree) ?? []) {
      if (type === "tree") walk(id, `${prefix}${path}/`);
      else found.set(prefix + path, { mode, sha: id });
    }
  };
  const commit = commitOf(world, repo, sha);
  if (commit) walk(commit.tree_sha, "");
  return found;
}

/** What changed from one set of files to another: path to the new entry, or null where it is gone. */
export function changes(before, after) {
  const changed = new Map();
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [left, right] = [before.get(path), after.get(path)];
    if (left?.sha !== right?.sha || left?.mode !== right?.mode) changed.set(path, right ?? null);
  }
  return changed;
}

/** `{ entries, conflicts }` of bringing `head` into `base`: what changes in base, and the paths that both changed differently. */
export function threeWay(world, repo, base, head) {
  const root = files(world, repo, mergeBase(world, repo, base, head));
  const ours = changes(root, files(world, repo, base));
  const theirs = changes(root, files(world, repo, head));
  const conflicts = [...theirs]
    .filter(([path, entry]) => ours.has(path) && ours.get(path)?.sha !== entry?.sha)
    .map(([path]) => path);
  return { entries: theirs, conflicts };
}
