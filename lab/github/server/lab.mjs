/** What only the lab has, below /_lab: looking at requests, switching on faults, and adding what no API call adds. */
import { badCredentials } from "./errors.mjs";
import { addRun } from "./runs.mjs";
import { open } from "./sealed.mjs";
import { secretWord } from "./world.mjs";

export class Lab {
  #routes;

  constructor({ world, identities, journal, faults, changed, begin }) {
    Object.assign(this, { world, identities, journal, faults, changed, begin });
    this.#routes = {
      "GET /_lab/health": () => ({ ok: true }),
      "POST /_lab/reset": () => this.#reset(),
      "GET /_lab/requests": ({ query }) => this.#requests(query),
      "DELETE /_lab/requests": () => {
        this.journal.requests.length = 0;
      },
      "GET /_lab/violations": () => this.journal.violations().all(),
      "DELETE /_lab/violations": () => this.journal.violations().clear(),
      "GET /_lab/faults": () => this.faults.list(),
      "POST /_lab/faults": ({ body }) => this.faults.add(body),
      "DELETE /_lab/faults": ({ query }) => this.faults.clear(query.id && Number(query.id)),
      "POST /_lab/tokens": ({ body }) => ({ token: this.identities.issue(this.#user(body.login).login, secretWord("ghp_")) }),
      "POST /_lab/users": ({ body }) => this.#addUser(body),
      "POST /_lab/runs": ({ body }) => addRun(this.world, body),
      "GET /_lab/secret": ({ query }) => open(this.world, query),
    };
  }

  /** `{ status, body }` of a request below /_lab. All but the health need a token. */
  handle({ method, path, query, body, authorization }) {
    const route = this.#routes[`${method} ${path}`];
    if (!route)
      return { status: 404, body: { message: `${method} ${path} is not one of ${Object.keys(this.#routes).join(", ")}` } };
    if (path !== "/_lab/health" && !this.identities.of(authorization).user) throw badCredentials();
    const found = route({ query, body: body ?? {} });
    if (method !== "GET") this.changed();
    return { status: found === undefined ? 204 : 200, body: found };
  }

  /** As new: only the seeds, and nothing that was ever asked. */
  #reset() {
    this.begin();
    this.faults.clear();
    this.journal.requests.splice(0);
  }

  #requests({ method, path, since }) {
    const pattern = new RegExp(path ?? "");
    return this.journal.requests.filter(
      (one) => (!method || one.method === method.toUpperCase()) && pattern.test(one.path) && one.number > Number(since ?? 0),
    );
  }

  #user(login) {
    const user = this.world.gh.users.findOneBy("login", login);
    if (!user) throw new TypeError(`login ${login} is no user of this lab`);
    return user;
  }

  #addUser({ login }) {
    const { plugin, store, base } = this.world;
    plugin.seedFromConfig(store, base, { users: [{ login }] });
    return this.world.user(this.#user(login));
  }
}
