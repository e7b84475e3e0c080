/**
 * Makes emulate's answers whole: what GitHub's description demands and emulate leaves out is there, as GitHub has it when there
 * is nothing to say (null, no text, an empty list).
 */

/** @param {import("./description.mjs").Description} description */
export function complete(description, schema, value) {
  return fill(description, description.resolve(schema), value);
}

function fill(description, schema, value) {
  if (!schema || value === null || value === undefined) return value;
  const chosen = choose(description, schema, value);
  if (Array.isArray(value)) {
    return chosen.items ? value.map((item) => fill(description, description.resolve(chosen.items), item)) : value;
  }
  if (typeof value !== "object") return value;
  return fillObject(description, chosen, value);
}

function fillObject(description, schema, value) {
  const out = { ...value };
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    const wanted = description.resolve(part);
    if (out[name] === null && !mayBeNull(description, wanted)) delete out[name];
    if (name in out) out[name] = fill(description, wanted, out[name]);
    else if (schema.required?.includes(name)) out[name] = neutral(description, wanted);
  }
  return out;
}

const mayBeNull = (description, schema) =>
  schema.nullable ||
  !Object.keys(schema).length ||
  (schema.oneOf ?? schema.anyOf ?? schema.allOf ?? []).some((part) => mayBeNull(description, description.resolve(part)));

/** Of several alternatives the one of the value's kind that asks for least beyond what is there. */
function choose(description, schema, value) {
  const merged = (schema.allOf ?? []).reduce((all, part) => join(all, description.resolve(part)), schema);
  const options = (merged.oneOf ?? merged.anyOf)?.map((part) => description.resolve(part));
  if (!options) return merged;
  const kind = Array.isArray(value) ? "array" : typeof value;
  const lacking = (option) =>
    (option.required ?? []).filter((name) => !(name in value)).length + contradictions(option, value) * 100;
  const fitting = options.filter((option) => !option.type || option.type === kind);
  return kind === "object" ? (fitting.sort((left, right) => lacking(left) - lacking(right))[0] ?? {}) : (fitting[0] ?? {});
}

const contradictions = (option, value) =>
  Object.entries(option.properties ?? {}).filter(([name, part]) => part.enum && name in value && !part.enum.includes(value[name]))
    .length;

function join(left, right) {
  return {
    ...left,
    properties: { ...left.properties, ...right.properties },
    required: [...(left.required ?? []), ...(right.required ?? [])],
  };
}

function neutral(description, schema) {
  if (schema.nullable) return null;
  if (schema.enum) return schema.enum[0];
  if (schema.format === "date-time") return new Date(0).toISOString();
  const simple = { string: "", boolean: false, integer: 0, number: 0, array: [] };
  return simple[schema.type] ?? fillObject(description, choose(description, schema, {}), {});
}

/** emulate has one root for its API and its pages; GitHub Enterprise has the API below /api/v3. */
export function relocate(base, value, key = "") {
  if (Array.isArray(value)) return value.map((item) => relocate(base, item, key));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, relocate(base, item, name)]));
  }
  const isApi =
    typeof value === "string" &&
    key !== "html_url" &&
    /^\/(repos|users|orgs|teams|organizations|app)\//.test(value.slice(base.length));
  return isApi && value.startsWith(base) ? `${base}/api/v3${value.slice(base.length)}` : value;
}
