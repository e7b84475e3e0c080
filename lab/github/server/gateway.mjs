/** The way of one request: fault, identity, description, rights, route, effects, and the description again. */
import { randomBytes, createHash } from "node:crypto";
import { forEmulate, meant, statusOf } from "./aliases.mjs";
import { demand } from "./access.mjs";
import { complete, relocate } from "./complete.mjs";
import { decorate, settle } from "./effects.mjs";
import { Refusal, errorBody, notFound } from "./errors.mjs";
import { answerOf } from "./faults.mjs";
import { guard } from "./guards.mjs";

const ROOT = /^\/api\/v3(?=\/|$)/;
const REPOSITORY = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/;
const LIMIT = 5000;

export class Gateway {
  /** @param parts `{ world, app, calls, identities, description, journal, faults, changed }` */
  constructor(parts) {
    Object.assign(this, parts);
    this.used = 0;
  }

  /** @returns {Promise<{ status: number, headers: object, body: string | Uint8Array | undefined }>} */
  async handle({ method, url, headers, text }) {
    const path = meant(this.world, url.pathname.replace(ROOT, "") || "/");
    const request = { method, path, query: queryOf(url), body: parse(text) };
    const fault = this.faults.meet(method, path);
    const outcome = fault && !fault.after ? answerOf(fault) : await this.#answer(request, headers);
    const answer = fault?.after ? answerOf(fault) : outcome;
    this.journal.note(request, { status: answer.status, fault: fault?.kind });
    if (method !== "GET" && !answer.unchanged) this.changed();
    return this.#finish(answer, headers, url.pathname.match(ROOT)?.[0] ?? "");
  }

  async #answer(request, headers) {
    try {
      return await this.#serve(request, headers);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { status: error.status, headers: {}, body: errorBody(error.status, error.message, request.docs, error.extra) };
    }
  }

  async #serve(request, headers) {
    const actor = this.identities.of(headers.authorization);
    request.user = actor.user?.login;
    const operation = this.#operation(request);
    const call = this.#call(request, actor, operation);
    guard(this.world, call);
    const answer = await this.calls.during(call, (mark) =>
      this.#route({ ...request, body: forEmulate(operation.key, request.body) }, { ...mark, accept: headers.accept }, actor),
    );
    if (answer.status < 300) await settle(this.world, call, answer);
    this.#check(request, operation, answer, call);
    return answer;
  }

  #operation(request) {
    const operation = this.description.find(request.method, request.path);
    if (!operation) {
      this.journal.violate("request", request, [`${request.method} ${request.path} is not in GitHub's description`]);
      throw notFound();
    }
    request.docs = operation.docs;
    const problems = this.description.requestErrors(operation, request.query, request.body);
    this.journal.violate("request", request, problems);
    if (problems.length) throw new Refusal(422, `Invalid request.\n\n${problems.join("\n")}`, { errors: problems });
    return operation;
  }

  #call(request, actor, operation) {
    const [, owner, name, rest = ""] = REPOSITORY.exec(request.path) ?? [];
    const call = { ...request, actor, user: actor.user, key: operation.key, rest };
    if (!owner) return call;
    call.repo = this.world.repository(decodeURIComponent(owner), decodeURIComponent(name));
    if (!call.repo) throw notFound();
    if (!actor.app) demand(this.world.gh, actor, call.repo, request.method, rest);
    return call;
  }

  async #route({ method, path, query, body }, headers, { header }) {
    const search = new URLSearchParams(query).toString();
    const asked = new Headers({
      ...headers,
      authorization: header,
      "content-type": "application/json",
      accept: headers.accept ?? "*/*",
    });
    const init = { method, headers: asked, body: body === undefined ? undefined : JSON.stringify(body) };
    const response = await this.app.fetch(new Request(this.world.base + path + (search && `?${search}`), init));
    const raw = Buffer.from(await response.arrayBuffer());
    const isJson = response.headers.get("content-type")?.includes("json");
    const kept = {};
    for (const name of ["link", "content-type", "location"])
      if (response.headers.has(name)) kept[name] = response.headers.get(name);
    const content = isJson && raw.length ? JSON.parse(raw) : raw;
    const value = raw.length ? content : undefined;
    return { status: response.status, headers: kept, body: value, ours: response.headers.has("x-lab-route") };
  }

  /** Makes the answer GitHub's, and keeps what is still wrong with it. */
  #check(request, operation, answer, call) {
    if (answer.body instanceof Uint8Array) return;
    answer.status = statusOf(operation.key, answer.status);
    if (answer.status >= 400) answer.body = this.#refused(answer, operation);
    else if (answer.body !== undefined) answer.body = this.#whole(answer, operation, call);
    const problems = this.description.answerErrors(operation, answer.status, answer.body);
    const { method, path, query } = request;
    this.journal.violate("answer", { method, path, query, status: answer.status }, problems);
  }

  #refused({ status, body }, { docs }) {
    const { message, errors } = body ?? { message: "Not Found" };
    return errorBody(status, message, docs, errors && { errors });
  }

  #whole(answer, operation, call) {
    const decorated = decorate(this.world, call, relocate(this.world.base, answer.body));
    const schema = this.description.answerSchema(operation, answer.status);
    return answer.ours || !schema ? decorated : complete(this.description, schema, decorated);
  }

  #finish({ status, headers, body }, asked, root) {
    this.used += 1;
    const out = {
      "content-type": "application/json; charset=utf-8",
      "x-github-request-id": randomBytes(8).toString("hex").toUpperCase(),
      "x-github-media-type": "github.v3; format=json",
      "x-ratelimit-limit": String(LIMIT),
      "x-ratelimit-resource": "core",
      "x-ratelimit-used": String(this.used % LIMIT),
      "x-ratelimit-remaining": String(LIMIT - (this.used % LIMIT)),
      "x-ratelimit-reset": String(Math.ceil(Date.now() / 3_600_000) * 3600),
      ...headers,
    };
    if (out.link) out.link = out.link.replaceAll(`<${this.world.base}/`, `<${this.world.base}${root}/`);
    if (body === undefined) return { status, headers: withoutType(out) };
    const text = body instanceof Uint8Array ? body : JSON.stringify(body);
    out.etag = `W/"${createHash("sha256").update(text).digest("hex")}"`;
    if (status === 200 && asked["if-none-match"] === out.etag) return { status: 304, headers: withoutType(out) };
    return { status, headers: out, body: text };
  }
}

const withoutType = ({ "content-type": _, ...headers }) => headers;
const queryOf = (url) => Object.fromEntries(url.searchParams);

function parse(text) {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
