/** Who asks: a person's token, an app's installation, or an app with its signed word. */
import { badCredentials, requiresAuthentication } from "./errors.mjs";
import { digest } from "./world.mjs";

/** emulate refuses a token after 5,000 requests in an hour; github.com's limit is a fault here, to be switched on. */
const PER_ALIAS = 4000;
const SCOPES = ["repo", "workflow", "admin:org", "delete_repo"];

export class Identities {
  #world;
  #tokens;
  #asked = 0;

  constructor(world, tokens) {
    this.#world = world;
    this.#tokens = tokens;
    this.table = () => world.table("tokens", ["digest"]);
  }

  issue(login, token) {
    this.table().insert({ login, digest: digest(token) });
    return token;
  }

  /** `{ user, installation, header }`; `header` is what emulate knows the same asker by. */
  of(authorization) {
    const token = /^(?:Bearer|token)\s+(\S+)$/i.exec(authorization ?? "")?.[1];
    if (!token) throw authorization ? badCredentials() : requiresAuthentication();
    if (token.startsWith("eyJ")) return { user: null, app: true, header: `Bearer ${token}` };
    const known = this.table().findOneBy("digest", digest(token));
    if (known) return this.#person(known.login);
    const installation = this.#tokens.get(token)?.installation;
    if (!installation) throw badCredentials();
    return { ...this.#person(this.#botOf(installation)), installation };
  }

  #person(login) {
    const user = this.#world.gh.users.findOneBy("login", login);
    const alias = `lab-${login}-${Math.floor(this.#asked++ / PER_ALIAS)}`;
    if (!this.#tokens.has(alias)) this.#tokens.set(alias, { login, id: user.id, scopes: SCOPES });
    return { user, header: `Bearer ${alias}` };
  }

  /** emulate lets an app do less than github.com: it meets the app as its bot, a member. */
  #botOf({ appId }) {
    return `${this.#world.gh.apps.all().find((one) => one.app_id === appId).slug}[bot]`;
  }
}
