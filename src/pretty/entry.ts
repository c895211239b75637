/** A line of the log, read back from its JSON. */
export type Entry = Readonly<Record<string, unknown>>;

/** A field that is a text, on one line: it may hold what somebody sent, and control characters would steer the terminal. */
export function textOf(entry: Entry, name: string): string | undefined {
  const value = entry[name];
  return typeof value === "string" ? toOneLine(value) : undefined;
}

/** A field that is a number. */
export function numberOf(entry: Entry, name: string): number | undefined {
  const value = entry[name];
  return typeof value === "number" ? value : undefined;
}

/** A field that is an object. */
export function partOf(entry: Entry, name: string): Entry | undefined {
  const value = entry[name];
  // JSON has no other objects.
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Entry) : undefined;
}

/** Text without line breaks and control characters, those included that turn the direction of writing. */
export function toOneLine(text: string): string {
  return text.replace(/\s+/gu, " ").replace(/[\p{Cc}\p{Bidi_Control}]/gu, "\uFFFD");
}
