import { readJsonString } from "./json-string.ts";
import type { Reading, TextReader } from "./text-reader.ts";

/** A JSON value as it was written, and whether its end was seen. */
export interface RawValue {
  readonly raw: string;
  /** `open`: only closing brackets are missing. `cut`: more may be missing. */
  readonly end: "complete" | "open" | "cut";
}

const structural = /["'[\]{},<;]/g;

/**
 * Reads one value that may be JSON, JSON with faults, or Python: up to its own end, or to the comma, bracket or tag
 * that can't belong to it. Nothing is judged here; only strings and brackets are followed. `initialDepth`: brackets
 * that are already open, when the beginning of the value was read before.
 */
export function* readRawValue(reader: TextReader, initialDepth = 0): Reading<RawValue> {
  const pieces: string[] = [];
  const add = (piece: string): void => void pieces.push(piece);
  let depth = initialDepth;
  // Whether a value may begin here: only then is an apostrophe a quote.
  let fresh = true;
  for (;;) {
    const space = yield* reader.space();
    add(space);
    if (!(yield* reader.need(1))) break;
    structural.lastIndex = reader.at;
    const found = structural.exec(reader.text)?.index ?? reader.text.length;
    if (found > reader.at) {
      const plain = reader.take(found - reader.at);
      add(plain);
      fresh = plain.trimEnd().endsWith(":");
      continue;
    }
    const character = reader.text.charAt(reader.at);
    if (character === '"' || (character === "'" && fresh)) {
      add(reader.take(1));
      const end = yield* character === '"' ? readQuoted(reader, add) : readApostrophes(reader, add);
      if (!end) return { raw: pieces.join(""), end: "cut" };
      fresh = false;
    } else if (character === "{" || character === "[") {
      depth += 1;
      fresh = true;
      add(reader.take(1));
    } else if (character === "}" || character === "]") {
      if (depth === 0) return { raw: pieces.join(""), end: "complete" };
      depth -= 1;
      fresh = false;
      add(reader.take(1));
      if (depth === 0) return { raw: pieces.join(""), end: "complete" };
    } else if (character === "<" || ((character === "," || character === ";") && depth === 0)) {
      return { raw: pieces.join(""), end: depth === 0 ? "complete" : "open" };
    } else {
      fresh = character === ",";
      add(reader.take(1));
    }
  }
  const raw = pieces.join("");
  return { raw, end: depth === 0 ? "complete" : /[,:[{]\s*$/.test(raw.slice(-64)) ? "cut" : "open" };
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
    if (next === "" || ",:}]<".includes(next)) {
      add(`'${space}`);
      return true;
    }
    add(`\\'${space}`);
  }
}
