import type { JsonSchema } from "../../model/request.ts";
import { loosen } from "./loosen.ts";
import { branchesOf, isRecord, resolveSchema, typesOf } from "./resolve-schema.ts";

/** The branches of a schema that admit objects; none where it says itself what objects have, or wants several branches at once. */
export function objectBranches(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  if (schema["properties"] !== undefined || schema["allOf"] !== undefined) return [];
  return branchesOf(schema).flatMap((branch) => {
    const resolved = resolveSchema(branch, root);
    return resolved !== undefined && typesOf(resolved, root).has("object") ? [resolved] : [];
  });
}

/**
 * The branch that an object means, where branches are told apart by properties that have one value only, as discriminated
 * unions are; the schema itself where that can't be told. Case and separators don't count.
 */
export function chooseBranch(
  schema: JsonSchema,
  root: JsonSchema,
  value: Readonly<Record<string, unknown>>,
): JsonSchema {
  const branches = objectBranches(schema, root);
  if (branches.length < 2) return schema;
  const said = new Map(Object.entries(value).map(([key, one]) => [loosen(key), one]));
  const meant = branches.filter((branch) => {
    const tags = tagsOf(branch, root);
    return (
      tags.length > 0 &&
      tags.every(([key, text]) => {
        const one = said.get(loosen(key));
        return typeof one === "string" && one.trim().toLowerCase() === text.toLowerCase();
      })
    );
  });
  return (meant.length === 1 ? meant[0] : undefined) ?? schema;
}

type Tags = readonly (readonly [key: string, text: string])[];

/** Kept as long as the request's schema: a list may hold thousands of objects. */
const known = new WeakMap<JsonSchema, Tags>();

/** The properties of a branch that have one value only, a text. */
function tagsOf(branch: JsonSchema, root: JsonSchema): Tags {
  const found = known.get(branch);
  if (found !== undefined) return found;
  const properties = branch["properties"];
  const tags = Object.entries(isRecord(properties) ? properties : {}).flatMap(([key, property]) => {
    const resolved = resolveSchema(property, root);
    const list: unknown = resolved?.["enum"];
    const only: unknown = Array.isArray(list) && list.length === 1 ? list[0] : resolved?.["const"];
    return typeof only === "string" ? [[key, only] as const] : [];
  });
  known.set(branch, tags);
  return tags;
}
