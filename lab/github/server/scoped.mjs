/** Secrets and variables: rows by name, of a repository or of one of its environments. */
import { notFound } from "./errors.mjs";
import { find } from "./routes/environments.mjs";

export class Scoped {
  #world;
  #table;

  constructor(world, table) {
    this.#world = world;
    this.#table = table;
  }

  /** The environment's name, or "" where the path is the repository's own. */
  environment({ repo, params }) {
    return params.environment ? find(this.#world, repo, params.environment).name : "";
  }

  all(call) {
    const environment = this.environment(call);
    return this.#world.rows(this.#table, call.repo).filter((row) => row.environment === environment);
  }

  named(call, name) {
    return this.all(call).find((row) => row.name === name.toUpperCase());
  }

  /** The row that the path names; refuses with 404. */
  known(call) {
    const row = this.named(call, call.params.name);
    if (!row) throw notFound();
    return row;
  }

  add(call, values) {
    this.#world.table(this.#table).insert({ repo_id: call.repo.id, environment: this.environment(call), ...values });
  }

  change(row, values) {
    this.#world.table(this.#table).update(row.id, values);
  }

  remove(row) {
    this.#world.table(this.#table).delete(row.id);
  }
}
