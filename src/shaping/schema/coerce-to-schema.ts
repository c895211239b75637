import type { JsonSchema } from "../../model/request.ts";
import { parseLeniently } from "../parse-leniently.ts";
import { describeObject, type ObjectShape } from "./object-shape.ts";
import { branchesOf, isRecord, jsonType, resolveSchema, typesOf } from "./resolve-schema.ts";

/** What `coerceToSchema` gives for an optional value that was given as `null`: leave it out. */
export const absent: unique symbol = Symbol("absent");

/**
 * Brings a value into the form that its schema wants where only one reading is possible: numbers, booleans and JSON
 * in strings, one item for a list, values of a list in another case, keys in another case, `null` for "not given" and
 * for what is missing where it must not be, no keys that are forbidden. Anything else stays as it is, for the validator
 * to judge; a value of which nothing changes is given back itself.
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

const booleanWord = /^(true|false|yes|no)$/i;

function coerceString(text: string, types: ReadonlySet<string>): unknown {
  if (types.has("boolean") && booleanWord.test(text)) return /^(true|yes)$/i.test(text);
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
    return items === undefined ? value : coerceItems(value, items, root, depth);
  }
  if (isRecord(value)) return coerceObject(value, schema, root, depth);
  if (typeof value === "string") return coerceEnum(value, shapeOf(schema, root).allowed);
  return value;
}

function coerceItems(
  value: readonly unknown[],
  items: unknown,
  root: JsonSchema,
  depth: number,
): readonly unknown[] {
  let changed = false;
  const coerced = value.map((item) => {
    const one = coerceToSchema(item, items, root, depth + 1);
    if (one === absent || one === item) return item;
    changed = true;
    return one;
  });
  return changed ? coerced : value;
}

function coerceObject(
  value: Readonly<Record<string, unknown>>,
  schema: JsonSchema,
  root: JsonSchema,
  depth: number,
): unknown {
  const { object } = shapeOf(schema, root);
  let changed = false;
  const entries = new Map<string, unknown>();
  for (const [written, item] of Object.entries(value)) {
    const key = matchKey(written, object, value);
    const coerced = object.forbids(key)
      ? absent
      : coerceToSchema(item, object.schemaFor(key) ?? object.others, root, depth + 1);
    const leaves = coerced === absent && !object.requires(key);
    changed ||= leaves || key !== written || (coerced !== absent && coerced !== item);
    if (!leaves) entries.set(key, coerced === absent ? item : coerced);
  }
  for (const key of object.nullable) {
    if (entries.has(key)) continue;
    entries.set(key, null);
    changed = true;
  }
  return changed ? Object.fromEntries(entries) : value;
}

/** What a schema says of an object's keys. Looked at once for each schema. */
export function rulesOf(schema: JsonSchema, root: JsonSchema): ObjectShape {
  return shapeOf(schema, root).object;
}

/** The schema of a list's items. */
export function itemsSchema(schema: JsonSchema, root: JsonSchema): unknown {
  return shapeOf(schema, root).items;
}

/** The texts that an enum allows, by their form in lower case; `undefined` where two have the same. */
type Allowed = ReadonlyMap<string, string | undefined>;

/** What a schema says, as coercion asks for it. */
interface Shape {
  readonly types: ReadonlySet<string>;
  readonly items: unknown;
  readonly object: ObjectShape;
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
    object: describeObject(schema, root),
    allowed: allowedOf(schema),
  };
  known.set(schema, shape);
  return shape;
}

function allowedOf(schema: JsonSchema): Allowed | undefined {
  const values: unknown = "const" in schema ? [schema["const"]] : schema["enum"];
  if (!Array.isArray(values)) return undefined;
  const allowed = new Map<string, string | undefined>();
  for (const one of values as readonly unknown[]) {
    if (typeof one !== "string") continue;
    const form = one.toLowerCase();
    allowed.set(form, allowed.has(form) ? undefined : one);
  }
  return allowed;
}

function matchKey(key: string, object: ObjectShape, value: Readonly<Record<string, unknown>>): string {
  if (object.declares(key)) return key;
  const matches = object.spellingsOf(key).filter((declared) => !Object.hasOwn(value, declared));
  return matches.length === 1 ? (matches[0] ?? key) : key;
}

/** A value that an enum has in another case; where the enum has both cases, each is what it is. */
function coerceEnum(value: string, allowed: Allowed | undefined): string {
  return allowed?.get(value.trim().toLowerCase()) ?? value;
}

function itemsOf(schema: JsonSchema, root: JsonSchema): unknown {
  // These have schemas by their place.
  if (schema["prefixItems"] !== undefined) return undefined;
  if (isRecord(schema["items"])) return schema["items"];
  const all = branchesOf(schema).flatMap((branch) => {
    const items = resolveSchema(branch, root)?.["items"];
    return isRecord(items) ? [items] : [];
  });
  return all.length > 1 ? { anyOf: all } : all[0];
}
