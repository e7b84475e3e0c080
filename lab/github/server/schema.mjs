/** GitHub's schemas (OpenAPI 3.0) as JSON Schema, compiled when first needed: there are a thousand. */
const MAPS = new Set(["properties", "patternProperties"]);
const LISTS = new Set(["allOf", "anyOf"]);
const SINGLE = new Set(["items", "not"]);
const PLAIN = new Set([
  "type",
  "enum",
  "required",
  "format",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
]);
const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

const isUri = (text) => text === "" || URL.canParse(text.replace(/\{[^}]*\}/g, ""));
const FORMATS = {
  "date-time": (text) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)),
  date: /^\d{4}-\d\d-\d\d$/,
  email: (text) => text === "" || /^[^@\s]+@[^@\s]+$/.test(text),
  uri: isUri,
  "uri-template": true,
  int32: true,
  int64: true,
  double: true,
  binary: true,
  "repo.nwo": true,
};

export class Schemas {
  #components;
  #strict;
  #lenient;
  #known = new Set();

  constructor(Ajv, components) {
    const options = {
      strict: false,
      allErrors: true,
      inlineRefs: false,
      logger: false,
      validateSchema: false,
      formats: FORMATS,
      code: { optimize: false },
    };
    this.#components = components;
    this.#strict = new Ajv(options);
    this.#lenient = new Ajv({ ...options, coerceTypes: "array" });
  }

  /** A function that returns the errors of a value, empty when there are none. */
  compile(schema, { coerce = false } = {}) {
    const ajv = coerce ? this.#lenient : this.#strict;
    const validate = ajv.compile(this.#convert(schema));
    return (value) =>
      validate(value) ? [] : validate.errors.map(({ instancePath, message, params }) => ({ instancePath, message, params }));
  }

  /** The schema itself where `node` only refers to one. */
  resolve(node) {
    return node?.$ref ? this.resolve(this.#components[node.$ref.split("/").at(-1)]) : node;
  }

  #refer(name) {
    if (!this.#known.has(name)) {
      this.#known.add(name);
      const converted = this.#convert(this.#components[name]);
      for (const ajv of [this.#strict, this.#lenient]) ajv.addSchema(converted, `schema:${name}`);
    }
    return { $ref: `schema:${name}` };
  }

  #convert(node) {
    if (node === null || typeof node !== "object") return node;
    if (node.$ref) return this.#refer(node.$ref.split("/").at(-1));
    const out = {};
    for (const [key, value] of Object.entries(node)) this.#keyword(out, key, value);
    return node.nullable ? withNull(out) : out;
  }

  /** `oneOf` counts as `anyOf`: GitHub's alternatives overlap. */
  #keyword(out, key, value) {
    if (PLAIN.has(key)) out[key] = value;
    else if (MAPS.has(key))
      out[key] = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, this.#convert(part)]));
    else if (LISTS.has(key)) out[key] = value.map((part) => this.#convert(part));
    else if (key === "oneOf") out.anyOf = value.map((part) => this.#convert(part));
    else if (SINGLE.has(key)) out[key] = this.#convert(value);
    else if (key === "additionalProperties") out[key] = typeof value === "boolean" ? value : this.#convert(value);
  }
}

function withNull(schema) {
  if (!schema.type) return { anyOf: [schema, { type: "null" }] };
  return { ...schema, type: [schema.type, "null"].flat(), ...(schema.enum && { enum: [...schema.enum, null] }) };
}
