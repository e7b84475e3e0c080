/** Failures that a test switches on around its calls. */
import { errorBody } from "./errors.mjs";

const KINDS = {
  forbidden: () => [403, "Resource not accessible by personal access token", {}],
  rate_limit: ({ status, reset_seconds }) => [
    status ?? 403,
    "API rate limit exceeded for user.",
    {
      "x-ratelimit-remaining": "0",
      "x-ratelimit-used": "5000",
      "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + (reset_seconds ?? 1)),
    },
  ],
  secondary_rate_limit: ({ status, retry_after }) => [
    status ?? 403,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    { "retry-after": String(retry_after ?? 1) },
  ],
  bad_gateway: ({ status }) => [status ?? 502, "Server Error", {}],
};
const DOCS = {
  secondary_rate_limit: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
  rate_limit: "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
};

export class Faults {
  #active = [];
  #lastId = 0;

  /**
   * `kind`, and which requests: the next `times` (default all), a `share` of them (0..1), `method`, `path` (regular expression
   * on the path below the API's root). `after: true` lets the request have its effect and fails its answer only.
   */
  add(fault) {
    if (!(fault.kind in KINDS)) throw new TypeError(`kind ${fault.kind} is none of ${Object.keys(KINDS).join(", ")}`);
    const added = { ...fault, id: ++this.#lastId, hits: 0, pattern: new RegExp(fault.path ?? "") };
    this.#active.push(added);
    return this.#shown(added);
  }

  list() {
    return this.#active.map((fault) => this.#shown(fault));
  }

  /** Takes one fault away, or all. */
  clear(id) {
    this.#active = this.#active.filter((fault) => id !== undefined && fault.id !== id);
  }

  /** The fault that this request meets, or undefined; counted as met. */
  meet(method, path) {
    const met = this.#active.find((fault) => this.#hits(fault, method, path));
    if (met) met.hits += 1;
    return met;
  }

  #hits({ method: wanted, pattern, times, hits, share }, method, path) {
    if (wanted && wanted.toUpperCase() !== method) return false;
    return pattern.test(path) && hits < (times ?? Infinity) && Math.random() < (share ?? 1);
  }

  #shown({ pattern: _, ...fault }) {
    return fault;
  }
}

/** The answer of a fault: `{ status, headers, body }`. */
export function answerOf(fault) {
  const [status, message, headers] = KINDS[fault.kind](fault);
  return { status, headers, body: errorBody(status, message, DOCS[fault.kind]) };
}
