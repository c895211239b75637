import type { JsonSchema } from "../../model/request.ts";
import { itemsSchema, rulesOf } from "../schema/coerce-to-schema.ts";
import { objectBranches } from "../schema/choose-branch.ts";
import { branchesOf, jsonType, resolveSchema, typesOf } from "../schema/resolve-schema.ts";

/** What a schema says of an object's properties, or of a list's items, all of which have the key "". */
export interface Members {
  readonly brackets: "{}" | "[]";
  /** The declared key that is meant by one in another spelling. */
  keyFor(key: string): string;
  /** Whether keys are declared, and this is none of them. */
  isStranger(key: string): boolean;
  requires(key: string): boolean;
  forbids(key: string): boolean;
  readonly required: readonly string[];
  /** The required keys that may be `null`. */
  readonly nullable: readonly string[];
  /** The schema of a member; `undefined` if nothing is said of it. */
  schemaFor(key: string): unknown;
  /** Whether a string may pass as it is, before it is complete. */
  passesStrings(key: string): boolean;
  /** Whether the value of a member is of a kind that its schema admits; in doubt it is. */
  admits(key: string, value: unknown): boolean;
}

/** Kept as long as the request's schema: a list may hold thousands of objects. */
const known = { "{": new WeakMap<JsonSchema, Members>(), "[": new WeakMap<JsonSchema, Members>() };

/** Stands for a schema that says nothing. */
const anything: JsonSchema = {};

/**
 * What may stand in a value that begins with this bracket; `undefined` if its schema wants something else, or says more
 * of it than of its members one by one.
 */
export function membersOf(schema: unknown, root: JsonSchema, bracket: "{" | "["): Members | undefined {
  const resolved = schema === undefined ? anything : resolveSchema(schema, root);
  if (resolved === undefined || "enum" in resolved || "const" in resolved) return undefined;
  const types = typesOf(resolved, root);
  if (types.size > 0 && !types.has(bracket === "{" ? "object" : "array")) return undefined;
  if (bracket === "[" && "prefixItems" in resolved) return undefined;
  // Which of several branches is meant shows only the whole; at the root there is nothing to wait with.
  if (bracket === "{" && schema !== root && objectBranches(resolved, root).length > 1) return undefined;
  const found = known[bracket].get(resolved);
  if (found !== undefined) return found;
  const members = bracket === "{" ? objectMembers(resolved, root) : listMembers(resolved, root);
  known[bracket].set(resolved, members);
  return members;
}

/** What a schema says of the properties of an object. */
export function objectMembers(schema: JsonSchema, root: JsonSchema): Members {
  const shape = rulesOf(schema, root);
  const { keys, others, nullable } = shape;
  const schemaFor = (key: string): unknown => shape.schemaFor(key) ?? others;
  const requires = (key: string): boolean => shape.requires(key);
  return {
    brackets: "{}",
    keyFor: (key) => shape.keyFor(key),
    isStranger: (key) => keys.length > 0 && !shape.declares(key),
    requires,
    forbids: (key) => shape.forbids(key),
    required: keys.filter(requires),
    nullable,
    schemaFor,
    ...judgesOf(schemaFor, root),
  };
}

function listMembers(schema: JsonSchema, root: JsonSchema): Members {
  const items = itemsSchema(schema, root);
  const schemaFor = (): unknown => items;
  return {
    brackets: "[]",
    keyFor: (key) => key,
    isStranger: () => false,
    // What is null in a list stays.
    requires: () => true,
    forbids: () => false,
    required: [],
    nullable: [],
    schemaFor,
    ...judgesOf(schemaFor, root),
  };
}

function judgesOf(
  schemaFor: (key: string) => unknown,
  root: JsonSchema,
): Pick<Members, "passesStrings" | "admits"> {
  const passing = new Map<unknown, boolean>();
  return {
    passesStrings(key) {
      const schema = schemaFor(key);
      const known = passing.get(schema) ?? passesStrings(schema, root);
      passing.set(schema, known);
      return known;
    },
    admits(key, value) {
      const schema = schemaFor(key);
      const types = typesOf(schema, root);
      const type = jsonType(value);
      if (types.size > 0 && !types.has(type) && !(type === "integer" && types.has("number"))) return false;
      const allowed = resolveSchema(schema, root)?.["enum"];
      return !Array.isArray(allowed) || typeof value === "object" || allowed.includes(value);
    },
  };
}

function passesStrings(schema: unknown, root: JsonSchema): boolean {
  const types = typesOf(schema, root);
  return (types.size === 0 || types.has("string")) && !hasFixedValues(schema, root);
}

/** Values that are one of a list are short and can be corrected: they wait until they are complete. */
function hasFixedValues(schema: unknown, root: JsonSchema, seen: Set<JsonSchema> = new Set()): boolean {
  const resolved = resolveSchema(schema, root);
  if (resolved === undefined || seen.size > 100 || seen.has(resolved)) return false;
  seen.add(resolved);
  if ("enum" in resolved || "const" in resolved) return true;
  return branchesOf(resolved).some((branch) => hasFixedValues(branch, root, seen));
}
