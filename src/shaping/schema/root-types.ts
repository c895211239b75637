import type { JsonSchema } from "../../model/request.ts";
import { followReference, isRecord } from "./resolve-schema.ts";

/** The kinds of JSON values that a schema's root may have. */
export type RootType = "object" | "array" | "scalar";

const all: readonly RootType[] = ["object", "array", "scalar"];

/** A glance sees no more; through schemas that refer to each other lead ways without number. */
const mostSchemas = 100;

function toRootType(value: unknown): RootType {
  if (Array.isArray(value)) return "array";
  return isRecord(value) ? "object" : "scalar";
}

/** What the root of a valid value can be, as far as the schema says so at a glance; in doubt everything. */
export function rootTypes(schema: JsonSchema): ReadonlySet<RootType> {
  const types = collectTypes(schema, schema, new Set());
  return types.size === 0 ? new Set(all) : types;
}

/** Each schema counts once, so one that was seen already adds nothing. */
function collectTypes(schema: JsonSchema, root: JsonSchema, seen: Set<JsonSchema>): ReadonlySet<RootType> {
  if (seen.has(schema)) return new Set();
  if (seen.size > mostSchemas) return new Set(all);
  seen.add(schema);
  const type = schema["type"];
  if (type !== undefined) {
    const names: unknown[] = Array.isArray(type) ? type : [type];
    return new Set(names.map((name) => (name === "object" || name === "array" ? name : "scalar")));
  }
  if ("const" in schema) return new Set([toRootType(schema["const"])]);
  if (Array.isArray(schema["enum"])) return new Set(schema["enum"].map(toRootType));
  const reference = schema["$ref"];
  const target = typeof reference === "string" ? followReference(reference, root) : undefined;
  if (isRecord(target)) return collectTypes(target, root, seen);
  for (const key of ["anyOf", "oneOf"]) {
    const members: unknown = schema[key];
    if (!Array.isArray(members)) continue;
    return new Set(
      members.flatMap((member: unknown) => (isRecord(member) ? [...collectTypes(member, root, seen)] : all)),
    );
  }
  if ("properties" in schema || "required" in schema) return new Set(["object"]);
  if ("items" in schema || "prefixItems" in schema) return new Set(["array"]);
  return new Set(all);
}
