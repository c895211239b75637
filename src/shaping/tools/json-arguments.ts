import { writeParsed, type CallWriter } from "./call-writer.ts";
import { readBlanks } from "./json-blanks.ts";
import { readJsonString, readTripleString } from "./json-string.ts";
import { readRawValue } from "./json-value.ts";
import type { MemberWriter, StringWriter } from "../json/member-writer.ts";
import { parseLeniently } from "../parse-leniently.ts";
import { isRecord } from "../schema/resolve-schema.ts";
import type { CheckBudget } from "../schema/check-budget.ts";
import { createTextReader, type Reading, type TextReader } from "./text-reader.ts";

/**
 * How reading arguments ended. `complete`: whole. `open`: all values are whole, only closing brackets are missing.
 * `cut`: the text ended inside a value. `broken`: not the beginning of an object's properties; the rest is unread.
 */
export type ArgumentsEnd = "complete" | "open" | "cut" | "broken";

/**
 * Reads the JSON object of a call's arguments and passes it on property by property. Takes what models get wrong:
 * the object as a string of JSON or alone in a list, keys without quotes or in apostrophes, missing or trailing commas, `=` for `:`,
 * comments, strings in three quotes, values of Python.
 */
export function* readJsonArguments(reader: TextReader, call: CallWriter): Reading<ArgumentsEnd> {
  yield* reader.space();
  const first = yield* reader.peek(1);
  if (first === "") return "cut";
  if (first === '"') return yield* readEncodedArguments(reader, call);
  if (first === "{") return yield* readObject(reader, call);
  if (first === "<" && reader.hasTags) return "open";
  const { raw, end } = yield* readRawValue(reader);
  if (end !== "complete") return "broken";
  if (/^(null|none|\[\s*\]|)$/i.test(raw.trim())) return "complete";
  const list = first === "[" ? parseLeniently(raw) : undefined;
  const isOne = Array.isArray(list) && list.length === 1 && isRecord(list[0]);
  return isOne && writeParsed(call, list[0]) ? "complete" : "broken";
}

/** Reads arguments that were encoded twice: a JSON string that holds the object. */
function* readEncodedArguments(reader: TextReader, call: CallWriter): Reading<ArgumentsEnd> {
  // `"{"` can't begin an encoded object (its quote would be escaped): quotes were put around a plain one.
  if ((yield* reader.peek(3)) === '"{"') {
    reader.take(1);
    const end = yield* readObject(reader, call);
    if (end === "complete") yield* reader.accept(['"']);
    return end;
  }
  reader.take(1);
  const inner = createTextReader(reader.hasTags);
  const reading = readJsonArguments(inner, call);
  let step = reading.next();
  let empty = true;
  const end = yield* readJsonString(reader, "nested", (escaped) => {
    empty &&= escaped.trim() === "";
    // The text of a JSON string in its quotes can be nothing but a string.
    inner.push(JSON.parse(`"${escaped}"`) as string);
    if (step.done !== true) step = reading.next();
  });
  inner.end();
  if (step.done !== true) step = reading.next();
  if (step.done !== true) return "cut";
  // The outer string's quote is closing markup, too.
  if (end === "cut") return step.value === "complete" ? "open" : step.value;
  return empty ? "complete" : step.value;
}

/** What takes the properties of an object as they are read. */
export interface PropertySink extends StringWriter, Pick<MemberWriter, "json"> {
  /** Reads the value that begins with `next` by itself; `undefined` if it wants the value whole. */
  enter?(key: string, next: string): Reading<ArgumentsEnd> | undefined;
  /** The blanks before the member, or the end, that comes next, and those before its value. */
  blanks?(before: string, between: string): void;
}

/** Reads an object, whose bracket comes next, and passes it on property by property. */
export function* readObject(reader: TextReader, call: PropertySink): Reading<ArgumentsEnd> {
  reader.take(1);
  // Whether the object could end here: not after a key, and a comma promises another one.
  let ends = true;
  for (;;) {
    const before = yield* readBlanks(reader);
    const next = yield* reader.peek(1);
    if (next === "") return ends ? "open" : "cut";
    if (next === "<" && reader.hasTags) return "open";
    if (next === "}") {
      reader.take(1);
      call.blanks?.(before, "");
      return "complete";
    }
    if (next === ",") {
      reader.take(1);
      ends = false;
      continue;
    }
    const key = yield* readKey(reader, next);
    if ("end" in key) return key.end;
    const end = yield* readProperty(reader, call, { ...key, isLoose: next !== '"', before });
    if (end !== "complete") return end;
    ends = true;
  }
}

interface Key {
  readonly key: string;
  /** `=` stands for the colon. */
  readonly isAssigned: boolean;
}

function* readProperty(
  reader: TextReader,
  call: PropertySink,
  { key, isAssigned, isLoose, before }: Key & { readonly isLoose: boolean; readonly before: string },
): Reading<ArgumentsEnd> {
  const between = yield* readBlanks(reader);
  const value = yield* reader.peek(1);
  if (value === "") return "cut";
  call.blanks?.(before, between);
  if (value === '"') {
    reader.take(1);
    call.beginString(key);
    const isTriple = (yield* reader.accept(['""'])) !== undefined;
    const give = (text: string): void => call.piece(text);
    const place = isAssigned ? "assigned-property" : isLoose ? "loose-property" : "property";
    const end = yield* isTriple ? readTripleString(reader, give) : readJsonString(reader, place, give);
    if (end === "cut") return "cut";
    call.endString();
    return "complete";
  }
  const inside = call.enter?.(key, value);
  if (inside !== undefined) return yield* inside;
  const { raw, end } = yield* readRawValue(reader);
  if (end === "cut") return "cut";
  if (raw.trim() === "" || !call.json(key, raw.trim())) return "broken";
  return end;
}

const longestKey = 4096;

/** Reads the text of a key up to its closing quote; escapes are undone. */
function* readKeyText(reader: TextReader, oneCharacter: RegExp): Reading<string> {
  let text = "";
  let escapes = false;
  while (text.length < longestKey) {
    text += yield* reader.while(oneCharacter, longestKey - text.length);
    if ((yield* reader.peek(1)) !== "\\" || !(yield* reader.need(2))) break;
    text += reader.take(2);
    escapes = true;
  }
  if (!escapes) return text;
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    // No escapes of JSON: a key is what it is.
    return text;
  }
}

function* readKey(reader: TextReader, next: string): Reading<Key | { readonly end: "cut" | "broken" }> {
  let key: string;
  if (next === '"' || next === "'") {
    reader.take(1);
    key = yield* readKeyText(reader, next === '"' ? /[^"\\\n]/y : /[^'\\\n]/y);
    const closing = yield* reader.peek(1);
    if (closing !== next) return { end: closing === "" ? "cut" : "broken" };
    reader.take(1);
  } else {
    key = yield* reader.while(/[\w$.-]/y, longestKey);
    if (key === "") return { end: "broken" };
  }
  yield* reader.space();
  const colon = yield* reader.peek(1);
  if (colon !== ":" && colon !== "=") return { end: colon === "" ? "cut" : "broken" };
  reader.take(1);
  return { key, isAssigned: colon === "=" };
}

/**
 * Reads arguments that turned out to be broken once more, as a whole: `text` is all of them. False if they can't be
 * read in the time that `budget` has.
 */
export function rereadArguments(text: string, call: CallWriter, budget: CheckBudget): boolean {
  if (call.opened) return false;
  call.restart();
  return /^\s*["{]/.test(text) && writeParsed(call, parseLeniently(text, budget));
}
