import type { JsonSchema } from "../../model/request.ts";
import { branchesOf, resolveSchema, typesOf } from "../schema/resolve-schema.ts";

/** Whether a string for this schema may pass as it is, before it is complete. */
export function passesStrings(schema: unknown, root: JsonSchema, whenUntyped: boolean): boolean {
  const types = typesOf(schema, root);
  const passes = types.size === 0 ? whenUntyped : types.has("string");
  return passes && !hasFixedValues(schema, root);
}

/** Values that are one of a list are short and can be corrected: they wait until they are complete. */
function hasFixedValues(schema: unknown, root: JsonSchema, seen: Set<JsonSchema> = new Set()): boolean {
  const resolved = resolveSchema(schema, root);
  if (resolved === undefined || seen.size > 100 || seen.has(resolved)) return false;
  seen.add(resolved);
  if ("enum" in resolved || "const" in resolved) return true;
  return branchesOf(resolved).some((branch) => hasFixedValues(branch, root, seen));
}
