import type { JsonSchema } from "../../model/request.ts";
import { isRecord } from "./resolve-schema.ts";

/** Keywords that hold values, not schemas. */
const plainKeywords: ReadonlySet<string> = new Set(["enum", "const", "default", "examples"]);

/** Keywords that hold schemas by name. */
const mapKeywords: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "dependentSchemas",
  "dependencies",
  "$defs",
  "definitions",
]);

/** The keys of all objects in a value. */
export function keysOf(value: unknown, keys: Set<string> = new Set()): ReadonlySet<string> {
  if (Array.isArray(value)) for (const item of value) keysOf(item, keys);
  else if (isRecord(value)) {
    for (const [key, item] of Object.entries(value)) {
      keys.add(key);
      keysOf(item, keys);
    }
  }
  return keys;
}

/**
 * A schema without the properties that a value of these keys does not have. It judges such a value exactly as the whole
 * schema does (`properties` says something of keys that are there, and only of those), and of a large schema only what
 * the value touches has to be compiled. `$ref`s into properties need all: then the schema stays as it is.
 */
export function narrowSchema(schema: JsonSchema, keys: ReadonlySet<string>): JsonSchema {
  if (/"\$ref":"[^"]*\/properties\//.test(JSON.stringify(schema))) return schema;
  return narrowRecord(schema, keys);
}

function narrow(schema: unknown, keys: ReadonlySet<string>): unknown {
  if (Array.isArray(schema)) return schema.map((item: unknown) => narrow(item, keys));
  return isRecord(schema) ? narrowRecord(schema, keys) : schema;
}

function narrowRecord(schema: JsonSchema, keys: ReadonlySet<string>): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      if (plainKeywords.has(keyword)) return [keyword, value];
      if (!mapKeywords.has(keyword) || !isRecord(value)) return [keyword, narrow(value, keys)];
      const inner = Object.entries(value).filter(([key]) => keyword !== "properties" || keys.has(key));
      return [keyword, Object.fromEntries(inner.map(([key, part]) => [key, narrow(part, keys)]))];
    }),
  );
}
