/** What was asked and what was wrong with it. Holds no secrets: a request's headers never get here. */
const KEPT = 5000;
const HIDDEN = new Set(["token", "password", "private_key", "client_secret", "webhook_secret"]);

export class Journal {
  requests = [];
  #lastId = 0;

  /** @param {() => object} violations the table in which they outlive a restart */
  constructor(violations) {
    this.violations = violations;
  }

  note({ method, path, query, body, user }, outcome) {
    this.requests.push({
      number: ++this.#lastId,
      at: new Date().toISOString(),
      method,
      path,
      query,
      body: hide(body),
      user,
      ...outcome,
    });
    if (this.requests.length > KEPT) this.requests.splice(0, this.requests.length - KEPT);
  }

  violate(side, { method, path, query, body, status }, problems) {
    if (problems.length) this.violations().insert({ side, method, path, query, body: hide(body), status, problems });
  }
}

function hide(value) {
  if (Array.isArray(value)) return value.map(hide);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, HIDDEN.has(key) ? "***" : hide(part)]));
}
