import type { JsonSchema } from "../../model/request.ts";
import { parseLeniently } from "../parse-leniently.ts";
import { loosen } from "./loosen.ts";
import { branchesOf, isRecord, jsonType, propertiesOf, resolveSchema, typesOf } from "./resolve-schema.ts";

/** What `coerceToSchema` gives for an optional value that was given as `null`: leave it out. */
export const absent: unique symbol = Symbol("absent");

/**
 * Brings a value into the form that its schema wants where only one reading is possible: numbers, booleans and JSON
 * in strings, one item for a list, values of a list in another case, keys in another case, `null` for "not given", nothing
 * for a required `null`. Keys that the schema forbids are left out.
 * Anything else stays as it is, for the validator to judge.
 */
export function coerceToSchema(value: unknown, schema: unknown, root: JsonSchema, depth = 0): unknown {
  const resolved = resolveSchema(schema, root);
  if (resolved === undefined || depth > 32) return value;
  const { types } = shapeOf(resolved, root);
  if (types.size === 0) return value;
  const type = jsonType(value);
  const fits = types.has(type) || (type === "integer" && types.has("number"));
  const coerced = fits ? value : coerceType(value, types, resolved, root, depth);
  return coerceContent(coerced, resolved, root, depth);
}

function coerceType(
  value: unknown,
  types: ReadonlySet<string>,
  schema: JsonSchema,
  root: JsonSchema,
  depth: number,
): unknown {
  if (value === null) return absent;
  if (typeof value === "string") {
    const parsed = coerceString(value.trim(), types);
    if (parsed !== undefined) return parsed;
  }
  if (types.has("array")) return [coerceToSchema(value, shapeOf(schema, root).items, root, depth + 1)];
  return types.has("string") ? JSON.stringify(value) : value;
}

function coerceString(text: string, types: ReadonlySet<string>): unknown {
  if (types.has("boolean") && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if ((types.has("number") || types.has("integer")) && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) {
    const number = Number(text);
    const exact = Number.isInteger(number)
      ? Number.isSafeInteger(number)
      : types.has("number") && Number.isFinite(number);
    if (exact) return number;
  }
  if (types.has("null") && /^(null|none)$/i.test(text)) return null;
  if (/^(null|none)$/i.test(text)) return absent;
  const opens = text.charAt(0);
  if ((types.has("array") && opens === "[") || (types.has("object") && opens === "{")) {
    const parsed = parseLeniently(text);
    if (parsed !== undefined && types.has(jsonType(parsed))) return parsed;
  }
  return undefined;
}

function coerceContent(value: unknown, schema: JsonSchema, root: JsonSchema, depth: number): unknown {
  if (Array.isArray(value)) {
    const { items } = shapeOf(schema, root);
    return items === undefined
      ? value
      : value.map((item) => {
          const coerced = coerceToSchema(item, items, root, depth + 1);
          return coerced === absent ? item : coerced;
        });
  }
  if (isRecord(value)) return coerceObject(value, schema, root, depth);
  if (typeof value === "string") return coerceEnum(value, shapeOf(schema, root).allowed);
  return value;
}

function coerceObject(
  value: Readonly<Record<string, unknown>>,
  schema: JsonSchema,
  root: JsonSchema,
  depth: number,
): unknown {
  const { names } = shapeOf(schema, root);
  const { properties, required } = names;
  const { forbidsOthers, nullable } = rulesOf(schema, root);
  if (properties.size === 0 && !forbidsOthers) return value;
  const entries: [string, unknown][] = [];
  for (const [written, item] of Object.entries(value)) {
    const key = matchKey(written, names, value);
    if (forbidsOthers && !properties.has(key)) continue;
    const coerced = coerceToSchema(item, properties.get(key), root, depth + 1);
    if (coerced !== absent) entries.push([key, coerced]);
    else if (required.has(key)) entries.push([key, item]);
  }
  const given = new Set(entries.map(([key]) => key));
  for (const key of nullable) if (!given.has(key)) entries.push([key, null]);
  return Object.fromEntries(entries);
}

/** What an object schema says of keys that are too many or too few. */
export interface ObjectRules {
  /** Keys that are not declared are forbidden. */
  readonly forbidsOthers: boolean;
  /** Keys that are required and may be `null`: strict schemas write every optional key so. */
  readonly nullable: readonly string[];
}

const knownRules = new WeakMap<JsonSchema, ObjectRules>();

/** The rules of an object schema. */
export function rulesOf(schema: JsonSchema, root: JsonSchema): ObjectRules {
  const found = knownRules.get(schema);
  if (found !== undefined) return found;
  const { properties, required } = shapeOf(schema, root).names;
  const closed = schema["additionalProperties"] === false || schema["unevaluatedProperties"] === false;
  const rules = {
    forbidsOthers: closed && !("patternProperties" in schema),
    nullable: [...properties.keys()].filter(
      (key) => required.has(key) && typesOf(properties.get(key), root).has("null"),
    ),
  };
  knownRules.set(schema, rules);
  return rules;
}

/** What an object schema says of keys. */
interface Names {
  readonly properties: ReadonlyMap<string, unknown>;
  /** Declared keys by their loose form. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  readonly required: ReadonlySet<unknown>;
}

/** The texts that an enum allows, by their form in lower case; `undefined` where two have the same. */
type Allowed = ReadonlyMap<string, string | undefined>;

/** What a schema says, as coercion asks for it. */
interface Shape {
  readonly types: ReadonlySet<string>;
  readonly items: unknown;
  readonly names: Names;
  readonly allowed: Allowed | undefined;
}

/** Kept as long as the request's schema: a list may hold thousands of values, and the schema thousands of keys. */
const known = new WeakMap<JsonSchema, Shape>();

function shapeOf(schema: JsonSchema, root: JsonSchema): Shape {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const shape = {
    types: typesOf(schema, root),
    items: itemsOf(schema, root),
    names: namesOf(schema, root),
    allowed: allowedOf(schema),
  };
  known.set(schema, shape);
  return shape;
}

function namesOf(schema: JsonSchema, root: JsonSchema): Names {
  const properties = propertiesOf(schema, root);
  const keys = new Map<string, string[]>();
  for (const key of properties.keys()) {
    const same = keys.get(loosen(key));
    if (same === undefined) keys.set(loosen(key), [key]);
    else same.push(key);
  }
  return {
    properties,
    keys,
    required: new Set<unknown>(Array.isArray(schema["required"]) ? schema["required"] : []),
  };
}

function allowedOf(schema: JsonSchema): Allowed | undefined {
  const values: unknown = schema["enum"];
  if (!Array.isArray(values)) return undefined;
  const allowed = new Map<string, string | undefined>();
  for (const one of values as readonly unknown[]) {
    if (typeof one !== "string") continue;
    const form = one.toLowerCase();
    allowed.set(form, allowed.has(form) ? undefined : one);
  }
  return allowed;
}

function matchKey(
  key: string,
  { properties, keys }: Names,
  value: Readonly<Record<string, unknown>>,
): string {
  if (properties.has(key)) return key;
  const matches = (keys.get(loosen(key)) ?? []).filter((declared) => !Object.hasOwn(value, declared));
  return matches.length === 1 ? (matches[0] ?? key) : key;
}

/** A value that an enum has in another case; where the enum has both cases, each is what it is. */
function coerceEnum(value: string, allowed: Allowed | undefined): string {
  return allowed?.get(value.trim().toLowerCase()) ?? value;
}

function itemsOf(schema: JsonSchema, root: JsonSchema): unknown {
  if (isRecord(schema["items"])) return schema["items"];
  for (const branch of branchesOf(schema)) {
    const resolved = resolveSchema(branch, root);
    if (resolved !== undefined && isRecord(resolved["items"])) return resolved["items"];
  }
  return undefined;
}
