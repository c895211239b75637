import type { JsonSchema } from "../../../model/request.ts";
import { followReference, isRecord, resolveSchema } from "../../schema/resolve-schema.ts";
import { firstSentence } from "./first-sentence.ts";
import { toOneLine } from "./squeeze.ts";

/**
 * `full`: every word. `short`: names, types, enums and what is optional, and of each description the first sentence;
 * values that are listed speak for themselves, and limits are for whoever misses them.
 */
export type Detail = "full" | "short";

/**
 * Writes a JSON Schema the way TypeScript would, which models read well and which takes about half the tokens:
 * types, enums, optional fields, nesting and limits are all kept, descriptions follow as comments. `detail` may take of
 * the limits and descriptions.
 */
export function describeSchema(
  schema: JsonSchema,
  unfolding: Unfolding = createUnfolding(),
  detail: Detail = "full",
): string {
  return describe(schema, { root: schema, trail: [], unfolding, detail }, 0);
}

/**
 * What may still be written of definitions in the place of `$ref`s: those that refer to each other unfold to billions of
 * parts, and a long description is written for each reference. What stands in the schema itself is bounded as it is.
 */
export interface Unfolding {
  /** Schemas, and values of their enums. */
  parts: number;
  /** UTF-16 units of keys, values and descriptions. */
  text: number;
}

/** As much as the tools of one request may unfold to together; no model reads more. */
export function createUnfolding(): Unfolding {
  return { parts: 20_000, text: 1_000_000 };
}

interface Scope {
  readonly root: JsonSchema;
  /** `$ref`s that are being written: a recursive schema names itself instead of going on for ever. */
  readonly trail: readonly string[];
  readonly unfolding: Unfolding;
  readonly detail: Detail;
}

/** Pays for what is written of a definition. */
function charge({ trail, unfolding }: Scope, parts: number, text: number): void {
  if (trail.length === 0) return;
  unfolding.parts -= parts;
  unfolding.text -= text;
}

function isSpent({ parts, text }: Unfolding): boolean {
  return parts <= 0 || text <= 0;
}

// Limits in the words of the schema: they are short, and models know them.
const limits = [
  "format",
  "pattern",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "default",
  "examples",
] as const;

/** Without these a model can't know what a text has to look like. */
const shortLimits = ["format", "pattern"] as const;

// No model reads on at such a depth, and the stack has an end.
const deepestNesting = 32;

function describe(schema: unknown, scope: Scope, depth: number): string {
  if (scope.trail.length > 0 && isSpent(scope.unfolding)) return "any";
  charge(scope, 1, 0);
  if (schema === false) return "never";
  if (!isRecord(schema) || depth > deepestNesting) return "any";
  const reference = schema["$ref"];
  if (typeof reference === "string") return describeReference(reference, schema, scope, depth);
  const values: unknown = "const" in schema ? [schema["const"]] : schema["enum"];
  if (Array.isArray(values)) {
    const text = describeValues(values, scope.detail);
    charge(scope, values.length, text.length);
    return text;
  }
  for (const [key, glue] of [
    ["anyOf", "|"],
    ["oneOf", "|"],
    ["allOf", "&"],
  ] as const) {
    const branches = schema[key];
    if (!Array.isArray(branches)) continue;
    const own = "properties" in schema ? [describeType("object", schema, scope, depth)] : [];
    const parts = [...own, ...branches.map((branch) => describePart(branch, scope, depth))];
    return [...new Set(parts)].join(glue);
  }
  const given: unknown = schema["type"] ?? impliedType(schema);
  const types: readonly unknown[] = Array.isArray(given) ? given : [given];
  return types
    .map((type) => (typeof type === "string" ? describeType(type, schema, scope, depth) : "any"))
    .join("|");
}

/** Characters of an enum that are told in short: more, such as the names of a thousand icons, are for whoever misses them. */
const shortEnum = 600;

function describeValues(values: readonly unknown[], detail: Detail): string {
  if (values.length === 0) return "never";
  const texts = values.map((value) => JSON.stringify(value));
  let length = 0;
  const fits = texts.findIndex((text) => (length += text.length + 1) > shortEnum);
  if (detail === "full" || fits < 1) return texts.join("|");
  return `${texts.slice(0, fits).join("|")} /* or one of ${texts.length - fits} more */`;
}

function impliedType(schema: JsonSchema): string {
  if ("properties" in schema || "additionalProperties" in schema) return "object";
  return "items" in schema || "prefixItems" in schema ? "array" : "any";
}

/** A type inside another one: with its limits beside it, and in brackets where `|` would be misread. */
function describePart(schema: unknown, scope: Scope, depth: number): string {
  const type = describe(schema, scope, depth);
  const note = noteOf(schema, scope);
  const joined = /[|&]/.test(withoutNested(type)) ? `(${type})` : type;
  return note === "" ? joined : `${joined} /* ${note} */`;
}

/** What of a type stands outside brackets, strings and comments. */
function withoutNested(type: string): string {
  let rest = type.replaceAll(/"(?:[^"\\]|\\.)*"|\/\*.*?\*\/|\/\/.*$/gm, "");
  for (let before = ""; before !== rest;) {
    before = rest;
    rest = rest.replaceAll(/\{[^{}[\]()]*\}|\[[^{}[\]()]*\]|\([^{}[\]()]*\)/g, "");
  }
  return rest;
}

/** Limits and description of a schema, or of what it refers to. */
function noteOf(schema: unknown, scope: Scope): string {
  if (scope.trail.length > 0 && isSpent(scope.unfolding)) return "";
  const own = isRecord(schema) ? comment(schema, scope) : "";
  if (own !== "" || !isRecord(schema) || typeof schema["$ref"] !== "string" || isSpent(scope.unfolding))
    return own;
  const target = resolveSchema(schema, scope.root);
  return target === undefined ? "" : comment(target, { ...scope, trail: [schema["$ref"]] });
}

function describeReference(reference: string, schema: JsonSchema, scope: Scope, depth: number): string {
  const name = reference.split("/").at(-1) ?? reference;
  if (scope.trail.includes(reference)) return reference === "#" ? "(same object)" : name;
  if (isSpent(scope.unfolding)) return name;
  const target = followReference(reference, scope.root);
  if (!isRecord(target) || target === schema) return name;
  return describe(target, { ...scope, trail: [...scope.trail, reference] }, depth);
}

function describeType(type: string, schema: JsonSchema, scope: Scope, depth: number): string {
  if (type === "object") return describeObject(schema, scope, depth);
  if (type !== "array") return type;
  const tuple = schema["prefixItems"] ?? schema["items"];
  if (Array.isArray(tuple)) return `[${tuple.map((item) => describePart(item, scope, depth)).join(", ")}]`;
  const item = describePart(schema["items"], scope, depth);
  return item.endsWith("*/") ? `Array<${item}>` : `${item}[]`;
}

function describeObject(schema: JsonSchema, scope: Scope, depth: number): string {
  const properties = isRecord(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const indent = " ".repeat(depth + 1);
  const lines = properties.map(([key, property]) => {
    charge(scope, 0, key.length);
    const note = noteOf(property, scope);
    const name = /^[A-Za-z_$][\w$-]*$/.test(key) ? key : JSON.stringify(key);
    const type = describe(property, scope, depth + 1);
    return `${indent}${name}${required.includes(key) ? "" : "?"}: ${type}${note === "" ? "" : ` // ${note}`}`;
  });
  const rest = schema["additionalProperties"];
  if (isRecord(rest)) lines.push(`${indent}[key]: ${describePart(rest, scope, depth + 1)}`);
  else if (rest === true || (properties.length === 0 && rest !== false)) lines.push(`${indent}[key]: any`);
  if (lines.length === 0) return "{}";
  if (properties.length === 0) return `{${lines.join("").trim()}}`;
  return `{\n${lines.join("\n")}\n${" ".repeat(depth)}}`;
}

/** Limits and description of a schema in one line; empty if it has none. */
function comment(schema: JsonSchema, scope: Scope): string {
  const notes: string[] = [];
  const isShort = scope.detail === "short";
  if (isShort && ("enum" in schema || "const" in schema)) return "";
  for (const limit of isShort ? shortLimits : limits) {
    const value = schema[limit];
    // The largest safe integers say nothing: generators write them for "any integer".
    if (value === undefined) continue;
    if (typeof value === "number" && Math.abs(value) >= Number.MAX_SAFE_INTEGER) continue;
    notes.push(`${limit}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  }
  const description = schema["description"];
  if (typeof description === "string") {
    notes.push(isShort ? firstSentence(description) : toOneLine(description));
    charge(scope, 0, description.length);
  }
  const text = notes.join(" ");
  charge(scope, 0, text.length);
  return text;
}
