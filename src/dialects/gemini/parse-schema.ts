import type { JsonSchema } from "../../model/request.ts";
import { isRecord } from "../find-ignored.ts";

/** Bounds that Google's JSON writes as texts, since they are numbers of 64 bits. */
const counts: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
]);

/** Keywords with a schema, with a list of schemas, and with schemas by name. */
const withSchema: ReadonlySet<string> = new Set(["items", "additionalProperties", "not"]);
const withList: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);
const withNames: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "dependentSchemas",
  "$defs",
  "definitions",
]);

function convertType(type: unknown): unknown {
  if (Array.isArray(type)) return type.map(convertType);
  return typeof type === "string" ? type.toLowerCase() : type;
}

function convertInner(schema: unknown): unknown {
  return isRecord(schema) ? parseSchema(schema) : schema;
}

function convertNamed(schemas: unknown): unknown {
  if (!isRecord(schemas)) return schemas;
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, convertInner(schema)]));
}

/** Gemini's `defs` and `ref: "#/defs/Pet"`, which JSON Schema has with a `$`. */
function convertReference(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/^#\/defs\//, "#/$defs/") : value;
}

function convertKeyword(name: string, value: unknown): readonly [string, unknown] {
  if (name === "ref" || name === "$ref") return ["$ref", convertReference(value)];
  if (name === "defs") return ["$defs", convertNamed(value)];
  if (name === "type") return [name, convertType(value)];
  if (name === "example") return ["examples", [value]];
  if (counts.has(name) && typeof value === "string" && /^\d+$/.test(value)) return [name, Number(value)];
  if (withSchema.has(name)) return [name, convertInner(value)];
  if (withList.has(name) && Array.isArray(value)) return [name, value.map(convertInner)];
  if (withNames.has(name)) return [name, convertNamed(value)];
  return [name, value];
}

/** The properties in the order in which they shall be written, which is that in which a model is told of them. */
function order(properties: unknown, ordering: unknown): unknown {
  if (!isRecord(properties) || !Array.isArray(ordering)) return properties;
  const names = ordering.filter(
    (name): name is string => typeof name === "string" && Object.hasOwn(properties, name),
  );
  return Object.fromEntries(
    [...new Set([...names, ...Object.keys(properties)])].map((name) => [name, properties[name]]),
  );
}

/** Gemini's `enum` is a list of texts, whatever the type: numbers stand in it as `"101"`. */
function convertEnum(values: unknown, type: unknown): unknown {
  if (!Array.isArray(values) || (type !== "integer" && type !== "number")) return values;
  return values.map((value: unknown) =>
    typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))
      ? Number(value)
      : value,
  );
}

/** What also takes null. */
function allowNull(schema: JsonSchema): JsonSchema {
  const { type, anyOf, enum: values } = schema;
  if ("$ref" in schema) return { anyOf: [schema, { type: "null" }] };
  const types = Array.isArray(type) ? (type as readonly unknown[]) : type === undefined ? [] : [type];
  return {
    ...schema,
    ...(types.length === 0 || types.includes("null") ? {} : { type: [...types, "null"] }),
    ...(Array.isArray(anyOf) ? { anyOf: [...(anyOf as readonly unknown[]), { type: "null" }] } : {}),
    ...(Array.isArray(values) && !values.includes(null)
      ? { enum: [...(values as readonly unknown[]), null] }
      : {}),
  };
}

/**
 * A JSON Schema that says what a schema in Gemini's spelling does: types in capitals, `nullable`, `propertyOrdering`, `example`, `ref` and `defs`, and
 * bounds and numbers of an enum as texts. What is spelled as JSON Schema already stays. Its depth must be bounded before (`boundSchemas`).
 * Source: https://ai.google.dev/api/caching#Schema
 */
export function parseSchema(schema: JsonSchema): JsonSchema {
  const { nullable, propertyOrdering, ...keywords } = schema;
  const unspecified = keywords["type"] === "TYPE_UNSPECIFIED";
  const entries = Object.entries(keywords)
    .filter(([name, value]) => (value !== null || name === "const") && !(unspecified && name === "type"))
    .map(([name, value]) => convertKeyword(name, value));
  const converted: Record<string, unknown> = Object.fromEntries(entries);
  if ("enum" in converted) converted["enum"] = convertEnum(converted["enum"], converted["type"]);
  if ("properties" in converted) converted["properties"] = order(converted["properties"], propertyOrdering);
  return nullable === true ? allowNull(converted) : converted;
}
