/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object, not a list or null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of names, such as tools. */
const isNames = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string");

/**
 * `addition` laid over `base`: objects are merged key by key, lists of strings are joined (what a user has forbidden
 * stays so), everything else is replaced.
 */
export function mergeJson(base: JsonObject, addition: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(addition)) {
    const old = merged[key];
    if (isJsonObject(old) && isJsonObject(value)) merged[key] = mergeJson(old, value);
    else if (isNames(old) && isNames(value)) merged[key] = [...new Set([...old, ...value])];
    else merged[key] = value;
  }
  return merged;
}
