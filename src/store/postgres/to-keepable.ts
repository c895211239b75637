/**
 * A text as PostgreSQL can have it: without NUL, which it takes nowhere, and without half a pair. What has those is none of ours and may come
 * from anybody: as an id that is looked for it finds nothing then, in place of failing the statement and all that are gathered in it.
 */
export function toKeepable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** The same for the values of a statement, and for lists of texts among them. */
export function toKeepableValue(value: unknown): unknown {
  if (typeof value === "string") return toKeepable(value);
  return Array.isArray(value) ? value.map(toKeepableValue) : value;
}
