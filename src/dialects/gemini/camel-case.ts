import { GatewayError, shorten } from "../../errors.ts";

/** Fields whose content is the client's own, or is judged as it stands. */
const opaque: ReadonlySet<string> = new Set([
  "args",
  "response",
  "labels",
  "enum",
  "const",
  "default",
  "example",
  "examples",
  "parametersJsonSchema",
  "responseJsonSchema",
  "partMetadata",
]);

/** Fields whose keys are names that somebody chose, and whose values are schemas. */
const named: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "dependentSchemas",
  "dependentRequired",
  "$defs",
  "defs",
  "definitions",
]);

/** `inline_data` -> `inlineData`. */
function toCamel(name: string): string {
  return name.includes("_")
    ? name.replace(/(?!^)_([a-z\d])/g, (_, letter: string) => letter.toUpperCase())
    : name;
}

type Entry = readonly [name: string, value: unknown];

function convertEntries(value: object, convert: (name: string, inner: unknown) => Entry): unknown {
  let changed = false;
  const entries = Object.entries(value).map(([name, inner]: Entry) => {
    const entry = convert(name, inner);
    changed ||= entry[0] !== name || entry[1] !== inner;
    return entry;
  });
  if (!changed) return value;
  const converted = Object.fromEntries(entries);
  if (Object.keys(converted).length < entries.length) throw refuseTwice(entries);
  return converted;
}

/** The failure of an object that has a field in both spellings: nobody knows which one is meant. */
function refuseTwice(entries: readonly Entry[]): GatewayError {
  const names = new Set<string>();
  const twice = entries.find(([name]) => names.size === names.add(name).size);
  const param = shorten(twice?.[0] ?? "");
  return new GatewayError("invalid-request", `'${param}' stands twice, in two spellings: leave out one.`, {
    param,
    sent: [param],
  });
}

function convertField(name: string, value: unknown): Entry {
  const camel = toCamel(name);
  if (opaque.has(camel)) return [camel, value];
  if (named.has(camel) && typeof value === "object" && value !== null)
    return [camel, convertEntries(value, (own, schema) => [own, convert(schema)])];
  return [camel, convert(value)];
}

function convert(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) return convertEntries(value, convertField);
  const items = value.map(convert);
  return items.some((item, at) => item !== value[at]) ? items : value;
}

/** Lists of tools that nobody can change any more, as they were converted. */
const known = new WeakMap<readonly unknown[], unknown>();

function convertTools(tools: unknown): unknown {
  if (!Array.isArray(tools) || !Object.isFrozen(tools)) return convert(tools);
  const converted = known.get(tools) ?? Object.freeze(convert(tools));
  known.set(tools, converted);
  return converted;
}

/**
 * A body in the spelling of the reference: Google's parser of JSON takes every field as `inlineData` and as `inline_data`, and both are
 * in its documentation. What is in that spelling already stays the same object. Names of properties, arguments and results stay as they are. Throws
 * kind `invalid-request` for a field that stands there in both.
 * Source: https://protobuf.dev/programming-guides/json/
 */
export function toCamelCase(body: unknown): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return convertEntries(body, (name, value) =>
    name === "tools" ? [name, convertTools(value)] : convertField(name, value),
  );
}
