/** GitHub's OpenAPI description: which operation a request is, and what it and its answers must look like. */
import { Schemas } from "./schema.mjs";
import { amend } from "./deviations.mjs";

export class Description {
  #document;
  #schemas;
  #bySize = new Map();
  #compiled = new Map();

  constructor(Ajv, document) {
    amend(document);
    this.#document = document;
    this.#schemas = new Schemas(Ajv, document.components.schemas);
    for (const [template, item] of Object.entries(document.paths)) this.#index(template, item);
  }

  #index(template, item) {
    const parts = template.split("/").slice(1);
    const many = parts.findIndex((part) => part.startsWith("{") && this.#isMulti(item, part.slice(1, -1)));
    const literals = parts.filter((part) => !part.startsWith("{")).length;
    const key = many < 0 ? parts.length : "many";
    this.#bySize.set(key, [...(this.#bySize.get(key) ?? []), { template, parts, many, literals, item }]);
  }

  #isMulti(item, name) {
    return Object.values(item).some((operation) =>
      (operation.parameters ?? []).map((one) => this.#parameter(one)).some((one) => one.name === name && one["x-multi-segment"]),
    );
  }

  #parameter(one) {
    return one.$ref ? this.#document.components.parameters[one.$ref.split("/").at(-1)] : one;
  }

  /** The operation of a request, or undefined: `{ key, operation, docs }`. */
  find(method, path) {
    const segments = path.split("/").slice(1);
    const candidates = [...(this.#bySize.get(segments.length) ?? []), ...(this.#bySize.get("many") ?? [])]
      .filter((entry) => matches(entry, segments) && entry.item[method.toLowerCase()])
      .sort((left, right) => right.literals - left.literals || left.many - right.many);
    if (!candidates.length) return undefined;
    const { template, item } = candidates[0];
    const operation = item[method.toLowerCase()];
    return { key: `${method} ${template}`, operation, docs: operation.externalDocs?.url ?? "https://docs.github.com/rest" };
  }

  /** What is wrong with a request: sentences. */
  requestErrors({ key, operation }, query, body) {
    const { parameters, check } = this.#once(`query ${key}`, () => this.#queryChecker(operation));
    const unknown = Object.keys(query)
      .filter((name) => !parameters.has(name))
      .map((name) => `query: ${name} is not a parameter of ${key}`);
    const wrong = check({ ...query }).map((error) => `query${sentence(error)}`);
    return [...unknown, ...wrong, ...this.#bodyErrors(key, operation, body)];
  }

  #queryChecker(operation) {
    const parameters = (operation.parameters ?? []).map((one) => this.#parameter(one)).filter((one) => one.in === "query");
    const properties = Object.fromEntries(parameters.map((one) => [one.name, one.schema]));
    const required = parameters.filter((one) => one.required).map((one) => one.name);
    const check = this.#schemas.compile({ type: "object", properties, required }, { coerce: true });
    return { parameters: new Set(Object.keys(properties)), check };
  }

  #bodyErrors(key, operation, body) {
    const wanted = operation.requestBody;
    if (body === undefined) return wanted?.required ? [`body: ${key} needs one`] : [];
    const schema = jsonSchema(wanted?.content);
    if (!schema) return isEmpty(body) ? [] : [`body: ${key} takes none`];
    const check = this.#once(`body ${key}`, () => this.#schemas.compile(schema));
    return check(body).map((error) => `body${sentence(error)}`);
  }

  /** What is wrong with an answer: sentences. `body` is undefined where there is none. */
  answerErrors({ key, operation }, status, body) {
    const response = this.#response(operation, status);
    if (!response) return status < 400 ? [`status ${status} is not an answer of ${key}`] : [];
    const schema = jsonSchema(response.content);
    if (!schema) return body === undefined || status >= 400 ? [] : [`body: ${key} answers ${status} without one`];
    if (body === undefined) return [`body: ${key} answers ${status} with one`];
    const check = this.#once(`${status} ${key}`, () => this.#schemas.compile(schema));
    return check(body).map((error) => `body${sentence(error)}`);
  }

  /** The schema of an answer, for completing it. */
  answerSchema({ operation }, status) {
    return jsonSchema(this.#response(operation, status)?.content);
  }

  resolve(schema) {
    return this.#schemas.resolve(schema);
  }

  #response(operation, status) {
    const one = operation.responses[String(status)];
    return one?.$ref ? this.#document.components.responses[one.$ref.split("/").at(-1)] : one;
  }

  #once(key, make) {
    if (!this.#compiled.has(key)) this.#compiled.set(key, make());
    return this.#compiled.get(key);
  }
}

function matches({ parts, many }, segments) {
  if (many < 0) return parts.every((part, index) => (part.startsWith("{") ? segments[index] !== "" : part === segments[index]));
  const after = parts.length - many - 1;
  if (segments.length < parts.length) return false;
  const fits = (part, segment) => part.startsWith("{") || part === segment;
  return (
    parts.slice(0, many).every((part, index) => fits(part, segments[index])) &&
    parts.slice(many + 1).every((part, index) => fits(part, segments[segments.length - after + index]))
  );
}

const jsonSchema = (content) => Object.entries(content ?? {}).find(([type]) => type.includes("json"))?.[1].schema;
const isEmpty = (body) => body !== null && typeof body === "object" && Object.keys(body).length === 0;

function sentence({ instancePath, message, params }) {
  const detail = params.additionalProperty ?? params.allowedValues?.join(", ");
  return `${instancePath}: ${message}` + (detail ? ` (${detail})` : "");
}
