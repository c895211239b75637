import { isDeepStrictEqual } from "node:util";

import { isJsonObject, type JsonObject } from "../merge-json.ts";

/** One change of a file's data. An index in `path` is one at the time of the edit, when those before it are done. */
export interface Edit {
  readonly path: readonly (string | number)[];
  /** `insert`: into a list, before what is at the index. */
  readonly kind: "set" | "insert" | "remove";
  /** Not for `remove`. */
  readonly value?: unknown;
}

/** Whether two values say the same, whatever objects a parser made of them. */
export function isSame(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(structuredClone(left), structuredClone(right));
}

/**
 * The fewest and smallest edits that make `from` into `to`, in the order in which they are to be done: what is the same
 * is not touched, so that the text around it can stay as it is.
 */
export function listEdits(from: JsonObject, to: JsonObject, path: Edit["path"] = []): Edit[] {
  const removed = Object.keys(from)
    .filter((key) => to[key] === undefined)
    .map((key): Edit => ({ path: [...path, key], kind: "remove" }));
  return [
    ...removed,
    ...Object.entries(to).flatMap(([key, value]) =>
      value === undefined ? [] : listChanges(from[key], value, [...path, key]),
    ),
  ];
}

function listChanges(from: unknown, to: unknown, path: Edit["path"]): Edit[] {
  if (isSame(from, to)) return [];
  if (isJsonObject(from) && isJsonObject(to)) return listEdits(from, to, path);
  if (Array.isArray(from) && Array.isArray(to)) return listListEdits(from, to, path);
  return [{ path, kind: "set", value: to }];
}

/** What two lists have in common at their beginnings and ends stays. */
function listListEdits(from: readonly unknown[], to: readonly unknown[], path: Edit["path"]): Edit[] {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && isSame(from[start], to[start])) start++;
  let end = 0;
  while (end < shorter - start && isSame(from.at(-1 - end), to.at(-1 - end))) end++;
  const edits: Edit[] = [];
  for (let index = start; index < shorter - end; index++) {
    edits.push(...listChanges(from[index], to[index], [...path, index]));
  }
  for (let index = from.length - end - 1; index >= shorter - end; index--) {
    edits.push({ path: [...path, index], kind: "remove" });
  }
  for (let index = shorter - end; index < to.length - end; index++) {
    edits.push({ path: [...path, index], kind: "insert", value: to[index] });
  }
  return edits;
}
