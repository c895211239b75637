import { createStops, type Reading, type TextReader } from "../tools/text-reader.ts";

/** A bracket with which a JSON value seems to begin. */
export interface Seen {
  readonly bracket: "{" | "[";
  /** The end of the text before it. */
  readonly before: string;
}

/** What follows a bracket of real JSON; anything else is prose, like `{a, b}` or `[see below]`. */
const follows = { "{": /^\{\s*["}]/, "[": /^\[\s*["{[\]\d\-tfn]/ };
const incomplete = /^[{[]\s*$/;
/** Blanks between a bracket and what tells it from prose; more are not waited for. */
const lookahead = 256;
const longestBefore = 500;

/** Reads up to the next value that begins with one of `brackets`; `undefined` if none comes. */
export function* seekValue(reader: TextReader, brackets: readonly ("{" | "[")[]): Reading<Seen | undefined> {
  if (brackets.length === 0) return undefined;
  const stops = createStops(brackets);
  let before = "";
  const keep = (piece: string): void => {
    before += piece;
    // Not at each piece, which may be a character.
    if (before.length > 4 * longestBefore) before = before.slice(-longestBefore);
  };
  while (yield* reader.until(stops, keep)) {
    const bracket = reader.text.charAt(reader.at) === "{" ? "{" : "[";
    if (yield* isValue(reader, bracket)) return { bracket, before: before.slice(-longestBefore) };
    keep(reader.take(1));
  }
  return undefined;
}

function* isValue(reader: TextReader, bracket: "{" | "["): Reading<boolean> {
  for (let length = 2; length <= lookahead; length += 1) {
    const text = yield* reader.peek(length);
    if (follows[bracket].test(text)) return true;
    if (text.length < length || !incomplete.test(text)) return false;
  }
  return false;
}
