import type { JsonSchema } from "../../model/request.ts";

/** True for a plain JSON object. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Deep enough for real schemas, and an end for those that refer to themselves.
const maximumDepth = 16;

/** The schema that a local `$ref` leads to, or the schema itself; `undefined` for anything that is no schema. */
export function resolveSchema(schema: unknown, root: JsonSchema): JsonSchema | undefined {
  let current = schema;
  for (let depth = 0; depth < maximumDepth; depth += 1) {
    if (!isRecord(current)) return undefined;
    const reference = current["$ref"];
    if (typeof reference !== "string") return current;
    current = followReference(reference, root);
  }
  return undefined;
}

/** What a local reference (`#`, `#/$defs/x`) points to; `undefined` for any other. */
export function followReference(reference: string, root: JsonSchema): unknown {
  if (!reference.startsWith("#")) return undefined;
  let target: unknown = root;
  for (const step of reference.slice(1).split("/")) {
    if (step === "") continue;
    const key = toKey(step);
    target = Array.isArray(target)
      ? target[Number(key)]
      : isRecord(target) && Object.hasOwn(target, key)
        ? target[key]
        : undefined;
  }
  return target;
}

/** What a step of a JSON pointer in a URI fragment names (RFC 6901, section 6). */
function toKey(step: string): string {
  if (!/[%~]/.test(step)) return step;
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // No escape after all: the sign stands for itself.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The branches of `anyOf`, `oneOf` and `allOf` together. */
export function branchesOf(schema: JsonSchema): readonly unknown[] {
  return ["anyOf", "oneOf", "allOf"].flatMap((key) => {
    const branches = schema[key];
    return Array.isArray(branches) ? branches : [];
  });
}

/**
 * The properties of an object schema, those of its branches included. A name that branches describe differently has all
 * their schemas, as `anyOf`.
 */
export function propertiesOf(schema: JsonSchema, root: JsonSchema): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown[]>();
  // Each schema once: through branches that refer to each other lead ways without number.
  const seen = new Set<JsonSchema>();
  function add(part: unknown, depth: number): void {
    const resolved = resolveSchema(part, root);
    if (resolved === undefined || depth > maximumDepth || seen.has(resolved)) return;
    seen.add(resolved);
    const own = resolved["properties"];
    if (isRecord(own)) {
      for (const [key, value] of Object.entries(own)) {
        const known = found.get(key);
        if (known === undefined) found.set(key, [value]);
        else known.push(value);
      }
    }
    for (const branch of branchesOf(resolved)) add(branch, depth + 1);
  }
  add(schema, 0);
  return new Map([...found].map(([key, schemas]) => [key, unite(schemas)]));
}

/** One schema for what any of several admits. */
function unite(schemas: readonly unknown[]): unknown {
  if (schemas.length === 1) return schemas[0];
  const different = [...new Map(schemas.map((one) => [JSON.stringify(one), one])).values()];
  return different.length === 1 ? different[0] : { anyOf: different };
}

/** The JSON types that a schema admits; empty if it says nothing about types. */
export function typesOf(
  schema: unknown,
  root: JsonSchema,
  seen: Set<JsonSchema> = new Set(),
): ReadonlySet<string> {
  const resolved = resolveSchema(schema, root);
  if (resolved === undefined || seen.size > maximumDepth ** 2 || seen.has(resolved)) return new Set();
  seen.add(resolved);
  const type = resolved["type"];
  if (typeof type === "string") return new Set([type]);
  if (Array.isArray(type)) return new Set(type.filter((one) => typeof one === "string"));
  if ("const" in resolved) return new Set([jsonType(resolved["const"])]);
  if (Array.isArray(resolved["enum"])) return new Set(resolved["enum"].map(jsonType));
  const types = new Set<string>();
  for (const branch of branchesOf(resolved)) for (const one of typesOf(branch, root, seen)) types.add(one);
  if (types.size > 0) return types;
  if ("properties" in resolved) return new Set(["object"]);
  return "items" in resolved ? new Set(["array"]) : types;
}

/** The JSON Schema type of a value; numbers without a fraction are `integer`. */
export function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}
