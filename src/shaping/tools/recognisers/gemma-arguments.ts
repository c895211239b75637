import { concludeCall, type CallSession } from "../call-session.ts";
import type { CallWriter } from "../call-writer.ts";
import { readJsonString } from "../json-string.ts";
import { createStops, type Reading, type Stops, type TextReader } from "../text-reader.ts";

/** Quotes of Gemma 4 and of FunctionGemma; a string ends with the one that it began with. */
const quotes: ReadonlyMap<string, Stops> = new Map(
  ['<|"|>', "<escape>"].map((quote) => [quote, createStops([quote])]),
);
const quoteMarks = [...quotes.keys()];
const closings = ["<tool_call|>", "<end_function_call>", "</tool_call>", "<|tool_call|>"] as const;

/** How reading arguments or a value ended. `open`: only closing brackets are missing. */
type End = "complete" | "open" | "cut" | "broken";

/** Reads a call behind its declared name, from the bracket on: `{key:<|"|>text<|"|>,n:3}`. */
export function* readGemmaArguments(session: CallSession, name: string): Reading<void> {
  const { reader } = session;
  reader.take(1);
  const call = session.begin(name);
  const end = yield* readObject(reader, call);
  if (end === "cut") call.cut();
  else if (end === "broken") call.fail();
  else {
    yield* reader.space();
    yield* reader.accept(closings);
    concludeCall(session, call, end);
  }
}

function* readObject(reader: TextReader, call: CallWriter): Reading<End> {
  for (;;) {
    yield* reader.space();
    const next = yield* reader.peek(1);
    if (next === "") return "open";
    if (next === "}") {
      reader.take(1);
      return "complete";
    }
    if (next === ",") {
      reader.take(1);
      continue;
    }
    const key = yield* readKey(reader);
    if (key === undefined)
      return (yield* reader.need(1)) ? ((yield* reader.sees(closings)) ? "open" : "broken") : "cut";
    yield* reader.space();
    const end = yield* readProperty(reader, call, key);
    if (end !== "complete") return end;
  }
}

/** Reads a key, in quotes or without, and its colon. */
function* readKey(reader: TextReader): Reading<string | undefined> {
  const quote = yield* reader.accept([...quoteMarks, '"', "'"]);
  const key = yield* reader.while(quote === undefined ? /[^\s:,{}[\]<"']/y : /[^<>"'\n]/y, 256);
  if (quote !== undefined) yield* reader.accept([quote]);
  yield* reader.space();
  return key !== "" && (yield* reader.accept([":"])) !== undefined ? key : undefined;
}

function* readProperty(reader: TextReader, call: CallWriter, key: string): Reading<End> {
  const quote = yield* reader.accept([...quoteMarks, '"']);
  if (quote !== undefined) {
    if (quote === '"') call.beginString(key);
    else call.beginText(key);
    const whole = yield* readQuoted(reader, quote, (text) => call.piece(text));
    if (!whole) return "cut";
    call.endString();
    return "complete";
  }
  if (yield* reader.sees(["{", "["])) {
    const value = yield* readCollection(reader, 0);
    if (typeof value === "string") return value;
    return call.json(key, value.json) ? "complete" : "broken";
  }
  // Without quotes the schema says what a word is.
  const word = yield* readBareWord(reader);
  call.beginText(key);
  call.piece(word.replace(/^'([\s\S]*)'$/, "$1"));
  call.endString();
  return (yield* reader.need(1)) ? "complete" : "cut";
}

/** Reads a string behind its quote. The text of one in plain quotes is given as JSON has it. */
function* readQuoted(reader: TextReader, quote: string, emit: (text: string) => void): Reading<boolean> {
  const stops = quotes.get(quote);
  if (stops === undefined) return (yield* readJsonString(reader, "loose-property", emit)) === "closed";
  if (!(yield* reader.until(stops, emit))) return false;
  yield* reader.accept([quote]);
  return true;
}

/** Reads text without quotes, up to the comma before the next key, or the bracket that ends what is around it. */
function* readBareWord(reader: TextReader): Reading<string> {
  let word = "";
  for (;;) {
    word += yield* reader.while(/[^,}\]<]/y, Infinity);
    const next = yield* reader.peek(1);
    if (next !== "," && next !== "<") return word.trim();
    if (next === "," ? yield* seesKeyBehindComma(reader) : yield* reader.sees(closings)) return word.trim();
    word += reader.take(1);
  }
}

// Keys are short; what is looked at without being read must be, too.
const longestKey = 96;

function* seesKeyBehindComma(reader: TextReader): Reading<boolean> {
  for (let length = 2; length <= longestKey; length += 1) {
    const text = yield* reader.peek(length);
    if (/^,\s*(?:<\|"\|>|["'])?[\w$-]+(?:<\|"\|>|["'])?\s*:/.test(text)) return true;
    if (text.length < length || !/^,\s*[<|"'>\w$-]*\s*$/.test(text)) return false;
  }
  return false;
}

type Value = { readonly json: string } | "cut" | "broken";

/** Reads a list or an object inside the arguments, as JSON. */
function* readCollection(reader: TextReader, depth: number): Reading<Value> {
  if (depth > 64) return "broken";
  const isList = reader.take(1) === "[";
  const items: string[] = [];
  for (;;) {
    yield* reader.space();
    const next = yield* reader.peek(1);
    if (next === "") return "cut";
    if (next === "}" || next === "]") {
      reader.take(1);
      return { json: isList ? `[${items.join(",")}]` : `{${items.join(",")}}` };
    }
    if (next === ",") {
      reader.take(1);
      continue;
    }
    const key = isList ? "" : yield* readKey(reader);
    if (key === undefined) return (yield* reader.need(1)) ? "broken" : "cut";
    yield* reader.space();
    const value = yield* readItem(reader, depth);
    if (typeof value === "string") return value;
    items.push(isList ? value.json : `${JSON.stringify(key)}:${value.json}`);
  }
}

function* readItem(reader: TextReader, depth: number): Reading<Value> {
  if (yield* reader.sees(["{", "["])) return yield* readCollection(reader, depth + 1);
  const quote = yield* reader.accept([...quoteMarks, '"']);
  if (quote !== undefined) {
    const pieces: string[] = [];
    if (!(yield* readQuoted(reader, quote, (text) => void pieces.push(text)))) return "cut";
    const text = pieces.join("");
    return { json: quote === '"' ? `"${text}"` : JSON.stringify(text) };
  }
  const word = yield* reader.while(/[^,}\]<]/y, Infinity);
  const plain = word.trim();
  if (plain === "" && (yield* reader.need(1))) return "broken";
  const isJson = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)$/.test(plain);
  return { json: isJson ? plain : JSON.stringify(plain) };
}
