import { isDeepStrictEqual } from "node:util";

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object, not a list or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of names, such as tools. */
const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string");

/** A list of objects. */
const isObjects = (value: unknown): value is readonly JsonObject[] =>
  Array.isArray(value) && value.every(isJsonObject);

/** A list's entries with ours in the place of those that were ours before. */
function mergeList(
  old: readonly JsonObject[],
  added: readonly JsonObject[],
  owns: (entry: JsonObject) => boolean,
): readonly JsonObject[] {
  const first = old.findIndex(owns);
  const at = first === -1 ? old.length : first;
  return [...old.slice(0, at), ...added, ...old.slice(at).filter((entry) => !owns(entry))];
}

/**
 * `addition` laid over `base`: objects are merged key by key, lists of strings are joined (what a user has forbidden
 * stays so), in lists of objects those stay that are not ours by `owns`, everything else is replaced.
 */
export function mergeJson(
  base: JsonObject,
  addition: JsonObject,
  owns: (entry: JsonObject) => boolean = () => true,
): JsonObject {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(addition)) {
    const old = merged[key];
    if (isJsonObject(old) && isJsonObject(value)) merged[key] = mergeJson(old, value, owns);
    else if (isNames(old) && isNames(value)) merged[key] = [...new Set([...old, ...value])];
    else if (isObjects(old) && isObjects(value)) merged[key] = mergeList(old, value, owns);
    else merged[key] = value;
  }
  return merged;
}

/**
 * `base` without what an earlier addition has left there and `next`, the addition to come, does not name: values that
 * are still as they were added, names of lists that are still there in full, and objects that are empty then. `whole`: what there was before
 * another addition was taken back, which may have had some of the same names.
 */
export function takeBack(
  base: JsonObject,
  earlier: JsonObject,
  next: JsonObject,
  whole: JsonObject = base,
): JsonObject {
  const left: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(earlier)) {
    const old = base[key];
    const coming = next[key];
    if (isJsonObject(old) && isJsonObject(value)) {
      const all = whole[key];
      left[key] = takeBack(old, value, isJsonObject(coming) ? coming : {}, isJsonObject(all) ? all : old);
    } else if (isNames(old) && isNames(value)) {
      const kept = isNames(coming) ? coming : [];
      const all = whole[key];
      const isWhole = value.every((name) => (isNames(all) ? all : old).includes(name));
      if (isWhole) left[key] = old.filter((name) => !value.includes(name) || kept.includes(name));
    } else if (coming === undefined && isDeepStrictEqual(old, value)) {
      delete left[key];
    }
    if (isDeepStrictEqual(left[key], {}) || isDeepStrictEqual(left[key], [])) delete left[key];
  }
  return left;
}
