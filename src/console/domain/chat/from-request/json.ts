/** A JSON object of which nothing is known. */
export type Json = Readonly<Record<string, unknown>>;

/** What is there as an object; anything else as an empty one. */
export function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** What is there as a list; anything else as an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** What is there as a text; anything else as an empty one. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
