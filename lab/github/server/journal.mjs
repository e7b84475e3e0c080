/** What was asked and what was wrong with it. Holds no secrets: a request's headers never get here. */
const KEPT = 20_000;
const HIDDEN = new Set(["token", "password", "private_key", "client_secret", "webhook_secret"]);

export class Journal {
  requests = [];
  #lastId = 0;

  /** @param {() => object} violations the table in which they outlive a restart */
  constructor(violations) {
    this.violations = violations;
  }

  note(request) {
    this.requests.push({ number: ++this.#lastId, at: new Date().toISOString(), ...request, body: hide(request.body) });
    if (this.requests.length > KEPT) this.requests.splice(0, this.requests.length - KEPT);
  }

  violate(side, request, problems) {
    if (problems.length) this.violations().insert({ side, ...request, body: hide(request.body), problems });
  }
}

function hide(value) {
  if (Array.isArray(value)) return value.map(hide);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, HIDDEN.has(key) ? "***" : hide(part)]));
}
