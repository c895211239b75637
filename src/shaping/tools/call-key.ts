import { parseBounded } from "../parse-bounded.ts";
import { isRecord } from "../schema/resolve-schema.ts";

/** A text that is the same for the same JSON, whatever the order of its keys, its layout and its escapes. */
export function toCallKey(json: string): string {
  try {
    return JSON.stringify(parseBounded(json), withSortedKeys);
  } catch {
    // Too large to be read, or cut: only the very same text is the same.
    return json;
  }
}

function withSortedKeys(_key: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
