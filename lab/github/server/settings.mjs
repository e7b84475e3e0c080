/** Settings that a repository or an organization has one of each kind of. */

/** What was kept of `kind`, or `standard`. `owner` is `{ repo_id }` or `{ org_id }`. */
export function read(world, kind, owner, standard) {
  return row(world, kind, owner)?.value ?? standard;
}

export function write(world, kind, owner, value) {
  const table = world.table(`settings.${kind}`, ["repo_id", "org_id"]);
  const known = row(world, kind, owner);
  if (known) table.update(known.id, { value });
  else table.insert({ ...owner, value });
}

function row(world, kind, owner) {
  const [[field, id]] = Object.entries(owner);
  return world.table(`settings.${kind}`, ["repo_id", "org_id"]).findBy(field, id)[0];
}
