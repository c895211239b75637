import { gatherText } from "./gather-text.ts";
import { readJsonString } from "./json-string.ts";
import type { Reading, TextReader } from "./text-reader.ts";

/** A JSON value as it was written, and whether its end was seen. */
export interface RawValue {
  readonly raw: string;
  /** `open`: only closing brackets are missing. `cut`: more may be missing. */
  readonly end: "complete" | "open" | "cut";
}

/** Where a reading of a value is. */
interface Place {
  /** Open brackets. */
  depth: number;
  /** Whether a value may begin here: only then is an apostrophe a quote. */
  fresh: boolean;
}

/**
 * Passes over what needs no decision, in one loop since lists have thousands of signs: up to a quote, a sign that ends
 * the value, or the end of the text.
 */
function passOver(text: string, from: number, place: Place, hasTags: boolean): number {
  let at = from;
  for (; at < text.length; at += 1) {
    const sign = text.charAt(at);
    switch (sign) {
      case '"':
        return at;
      case "<":
        if (hasTags) return at;
        place.fresh = false;
        break;
      case "'":
        if (place.fresh) return at;
        break;
      case "[":
      case "{":
        place.depth += 1;
        place.fresh = true;
        break;
      case "]":
      case "}":
        if (place.depth <= 1) return at;
        place.depth -= 1;
        place.fresh = false;
        break;
      case ",":
      case ";":
        if (place.depth === 0) return at;
        place.fresh = sign === ",";
        break;
      default:
        if (sign !== " " && sign.trim() !== "") place.fresh = sign === ":";
    }
  }
  return at;
}

/**
 * Reads one value that may be JSON, JSON with faults, or Python: up to its own end, or to the comma, bracket or tag
 * that can't belong to it. Nothing is judged here; only strings and brackets are followed. `initialDepth`: brackets
 * that are already open, when the beginning of the value was read before. `each` gets the pieces as they are read.
 */
export function* readRawValue(
  reader: TextReader,
  initialDepth = 0,
  each?: (piece: string) => void,
): Reading<RawValue> {
  const pieces = gatherText();
  function add(piece: string): void {
    pieces.add(piece);
    each?.(piece);
  }
  const place: Place = { depth: initialDepth, fresh: true };
  while (yield* reader.need(1)) {
    const end = passOver(reader.text, reader.at, place, reader.hasTags);
    if (end > reader.at) add(reader.take(end - reader.at));
    const sign = reader.text.charAt(reader.at);
    if (sign === "") continue;
    if (sign === '"' || sign === "'") {
      add(reader.take(1));
      const isWhole = yield* sign === '"' ? readQuoted(reader, add) : readApostrophes(reader, add);
      if (!isWhole) return { raw: pieces.text(), end: "cut" };
      place.fresh = false;
    } else if (sign === "}" || sign === "]") {
      if (place.depth > 0) add(reader.take(1));
      return { raw: pieces.text(), end: "complete" };
    } else return { raw: pieces.text(), end: place.depth === 0 ? "complete" : "open" };
  }
  const raw = pieces.text();
  return { raw, end: place.depth === 0 ? "complete" : /[,:[{]\s*$/.test(raw.slice(-64)) ? "cut" : "open" };
}

function* readQuoted(reader: TextReader, add: (piece: string) => void): Reading<boolean> {
  if ((yield* readJsonString(reader, "nested", add)) === "cut") return false;
  add('"');
  return true;
}

/** Reads a string in apostrophes, which ends like one in quotes: by what may follow a string. */
function* readApostrophes(reader: TextReader, add: (piece: string) => void): Reading<boolean> {
  for (;;) {
    add(yield* reader.while(/[^'\\]/y, Infinity));
    if (!(yield* reader.need(1))) return false;
    if (reader.text.charAt(reader.at) === "\\") {
      if (!(yield* reader.need(2))) return false;
      add(reader.take(2));
      continue;
    }
    reader.take(1);
    const space = yield* reader.space();
    const next = yield* reader.peek(1);
    if (next === "" || (reader.hasTags ? ",:}]<" : ",:}]").includes(next)) {
      add(`'${space}`);
      return true;
    }
    add(`\\'${space}`);
  }
}
