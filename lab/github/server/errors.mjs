/** Refusals in GitHub's words. */
const DOCS = "https://docs.github.com/rest";

export class Refusal extends Error {
  constructor(status, message, extra = {}) {
    super(message);
    this.status = status;
    this.extra = extra;
  }
}

export const notFound = () => new Refusal(404, "Not Found");
export const badCredentials = () => new Refusal(401, "Bad credentials");
export const requiresAuthentication = () => new Refusal(401, "Requires authentication");
export const needsAdmin = () => new Refusal(403, "Must have admin rights to Repository.");

/** A 422 about one field. */
export function invalid(resource, field, message, code = "custom") {
  return new Refusal(422, "Validation Failed", { errors: [{ resource, field, code, message }] });
}

export function missing(resource, field) {
  return new Refusal(422, "Validation Failed", { errors: [{ resource, field, code: "missing_field" }] });
}

/** A 422 where GitHub's description has plain sentences as errors. */
export const invalidSimply = (...errors) => new Refusal(422, "Validation Failed", { errors });

/** The body of a refusal. */
export function errorBody(status, message, docs = DOCS, extra = {}) {
  return { message, ...extra, documentation_url: docs, status: String(status) };
}
