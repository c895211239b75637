import type { Mutable } from "../model/mutable.ts";

/** Finds one JSON object or array in a text that comes in pieces. */
export interface JsonReader {
  /** Returns what may be given of the value now, mended; "" before it begins and after its end. */
  push(text: string): string;
  /** The value so far, as given. */
  value(): string;
  readonly state: "seeking" | "inside" | "done";
  /** The brackets that are missing at the end of a value that broke off between two items. */
  closers(): string;
}

/** What follows a bracket of real JSON; anything else is prose, like `{a, b}` or `[see below]`. */
const follows = { "{": /^\{\s*["}]/, "[": /^\[\s*["{[\]\d\-tfn]/ };
const incomplete = /^[{[]\s*$/;
/** Blanks between a bracket and what tells it from prose; more are not waited for. */
const lookahead = 256;

/**
 * Creates a reader for values that begin with one of `brackets`. What stands around the value (a fence, chatter) is
 * left out. Mended on the way are raw control characters in strings, escapes that JSON does not know, and commas
 * before a closing bracket: what models get wrong and what can be put right without looking ahead.
 */
export function createJsonReader(brackets: readonly ("{" | "[")[]): JsonReader {
  let held = "";
  const stack: string[] = [];
  const given: string[] = [];
  let inString = false;
  let escaped = false;
  /** A comma and the blanks behind it, which wait for the next item. */
  let comma = "";

  /** Moves to the beginning of the value. Returns the text from there, or undefined when more has to come. */
  function seek(text: string): string | undefined {
    for (let at = 0; at < text.length; at += 1) {
      const bracket = text[at];
      if ((bracket !== "{" && bracket !== "[") || !brackets.includes(bracket)) continue;
      const rest = text.slice(at, at + lookahead);
      if (follows[bracket].test(rest)) return text.slice(at);
      if (rest.length < lookahead && incomplete.test(rest)) {
        held = text.slice(at);
        return undefined;
      }
    }
    return undefined;
  }

  function readInString(character: string): string {
    if (escaped) {
      escaped = false;
      if (character === "'") return "'";
      const known = '"\\/bfnrtu'.includes(character);
      return known ? `\\${character}` : `\\\\${readInString(character)}`;
    }
    if (character === "\\") {
      escaped = true;
      return "";
    }
    if (character === '"') inString = false;
    return character < " " ? JSON.stringify(character).slice(1, -1) : character;
  }

  function readOutside(character: string): string {
    if (character === ",") {
      const earlier = comma;
      comma = character;
      return earlier;
    }
    if (comma !== "" && /\s/.test(character)) {
      comma += character;
      return "";
    }
    const isCloser = character === "}" || character === "]";
    const before = isCloser ? comma.slice(1) : comma;
    comma = "";
    if (isCloser) {
      stack.pop();
      if (stack.length === 0) reader.state = "done";
    } else if (character === "{") stack.push("}");
    else if (character === "[") stack.push("]");
    else if (character === '"') inString = true;
    return before + character;
  }

  const reader: Mutable<JsonReader> = {
    state: "seeking",
    push(text) {
      if (reader.state === "done") return "";
      let rest: string | undefined = text;
      if (reader.state === "seeking") {
        const all: string = held + text;
        held = "";
        rest = seek(all);
        if (rest === undefined) return "";
        reader.state = "inside";
      }
      let out = "";
      for (let at = 0; at < rest.length && reader.state === "inside"; at += 1) {
        const character = rest.charAt(at);
        out += inString ? readInString(character) : readOutside(character);
      }
      given.push(out);
      return out;
    },
    value: () => given.join(""),
    closers() {
      return inString ? "" : stack.toReversed().join("");
    },
  };
  return reader;
}
