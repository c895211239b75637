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
/** What a string can't hold as it is. */
const special = /["\\]|[^ -\uffff]/g;
/** What needs a decision between strings. */
const structural = /[",{}[\]]/g;
const space = /\s*/y;
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
  let given: string[] = [];
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

  /** Reads on in a string, from `at` on. Returns how far it came. */
  function readInString(text: string, at: number): number {
    if (escaped) {
      escaped = false;
      const character = text.charAt(at);
      if (character === "'") given.push("'");
      else if ('"\\/bfnrtu'.includes(character)) given.push(`\\${character}`);
      else {
        // No escape after all: the backslash stands for itself.
        given.push("\\\\");
        return at;
      }
      return at + 1;
    }
    special.lastIndex = at;
    const end = special.exec(text)?.index ?? text.length;
    if (end > at) given.push(text.slice(at, end));
    const character = text.charAt(end);
    if (character === "\\") escaped = true;
    else if (character === '"') {
      inString = false;
      given.push(character);
    } else if (character !== "") given.push(JSON.stringify(character).slice(1, -1));
    return end + 1;
  }

  /** Reads on between strings, from `at` on. Returns how far it came. */
  function readOutside(text: string, at: number): number {
    if (comma !== "") {
      space.lastIndex = at;
      const blanks = space.exec(text)?.[0] ?? "";
      comma += blanks;
      at += blanks.length;
    } else {
      structural.lastIndex = at;
      const end = structural.exec(text)?.index ?? text.length;
      if (end > at) given.push(text.slice(at, end));
      at = end;
    }
    const character = text.charAt(at);
    if (character === "") return at;
    const isCloser = character === "}" || character === "]";
    const before = isCloser ? comma.slice(1) : comma;
    if (before !== "") given.push(before);
    comma = character === "," ? character : "";
    if (comma !== "") return at + 1;
    given.push(character);
    if (isCloser) {
      stack.pop();
      if (stack.length === 0) reader.state = "done";
    } else if (character === "{") stack.push("}");
    else if (character === "[") stack.push("]");
    else if (character === '"') inString = true;
    return at + 1;
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
      const before = given.length;
      for (let at = 0; at < rest.length && reader.state === "inside";) {
        at = inString ? readInString(rest, at) : readOutside(rest, at);
      }
      const out = given.splice(before).join("");
      given.push(out);
      return out;
    },
    value() {
      // Asked for several times at the end of an answer, which may have come in thousands of pieces.
      if (given.length > 1) given = [given.join("")];
      return given[0] ?? "";
    },
    closers() {
      return inString ? "" : stack.toReversed().join("");
    },
  };
  return reader;
}
