import type { Reading, TextReader } from "../text-reader.ts";

const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["b", "\b"],
  ["f", "\f"],
  ["0", "\0"],
  ["\n", ""],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
]);

const hexDigits: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

const constants: ReadonlyMap<string, string> = new Map([
  ["True", "true"],
  ["False", "false"],
  ["None", "null"],
  ["true", "true"],
  ["false", "false"],
  ["null", "null"],
]);

/** Reads a Python string, triple quotes included, and gives its text in pieces. False: the text ended inside it. */
export function* readPythonString(reader: TextReader, emit: (text: string) => void): Reading<boolean> {
  const quote = reader.take(1);
  const triple = quote.repeat(3);
  let closing = quote;
  if (yield* reader.sees([quote.repeat(2)])) {
    reader.take(2);
    closing = triple;
  } else if (yield* reader.sees([quote])) {
    reader.take(1);
    return true;
  }
  const plain = quote === '"' ? /[^"\\]/y : /[^'\\]/y;
  for (;;) {
    emit(yield* reader.while(plain, Infinity));
    const next = yield* reader.peek(1);
    if (next === "") return false;
    if (next === "\\") {
      const escaped = yield* readEscape(reader);
      if (escaped === undefined) return false;
      emit(escaped);
    } else if ((yield* reader.accept([closing])) !== undefined) {
      return true;
    } else {
      emit(reader.take(1));
    }
  }
}

function* readEscape(reader: TextReader): Reading<string | undefined> {
  if (!(yield* reader.need(2))) return undefined;
  const escaped = reader.text.charAt(reader.at + 1);
  const simple = simpleEscapes.get(escaped);
  if (simple !== undefined) {
    reader.take(2);
    return simple;
  }
  const digits = hexDigits.get(escaped);
  if (digits === undefined) return reader.take(2);
  const sequence = (yield* reader.peek(2 + digits)).slice(2);
  const code = Number.parseInt(sequence, 16);
  if (sequence.length < digits || !/^[\da-f]+$/i.test(sequence) || code > 0x10ffff) return reader.take(2);
  reader.take(2 + digits);
  return String.fromCodePoint(code);
}

/** Reads a Python value and gives it as JSON: numbers, `True`, `None`, strings, lists, tuples and dictionaries. */
export function* readPythonValue(
  reader: TextReader,
  depth = 0,
): Reading<{ json: string } | "cut" | "broken"> {
  yield* reader.space();
  const next = yield* reader.peek(1);
  if (next === "") return "cut";
  if (next === '"' || next === "'") {
    const pieces: string[] = [];
    if (!(yield* readPythonString(reader, (text) => void pieces.push(text)))) return "cut";
    return { json: JSON.stringify(pieces.join("")) };
  }
  if (next === "[" || next === "(" || next === "{")
    return depth > 64 ? "broken" : yield* readCollection(reader, depth);
  const word = yield* reader.while(/[\w.+-]/y, 128);
  if (!(yield* reader.need(1))) return "cut";
  const constant = constants.get(word);
  if (constant !== undefined) return { json: constant };
  const number = Number(word.replaceAll("_", ""));
  return word === "" || !Number.isFinite(number) ? "broken" : { json: JSON.stringify(number) };
}

function* readCollection(reader: TextReader, depth: number): Reading<{ json: string } | "cut" | "broken"> {
  const opening = reader.take(1);
  const closing = opening === "[" ? "]" : opening === "(" ? ")" : "}";
  const items: string[] = [];
  for (;;) {
    yield* reader.space();
    const next = yield* reader.peek(1);
    if (next === "") return "cut";
    if (next === closing) {
      reader.take(1);
      return { json: opening === "{" ? `{${items.join(",")}}` : `[${items.join(",")}]` };
    }
    if (next === ",") {
      reader.take(1);
      continue;
    }
    const item = yield* readPythonValue(reader, depth + 1);
    if (typeof item === "string") return item;
    if (opening !== "{") {
      items.push(item.json);
      continue;
    }
    yield* reader.space();
    if ((yield* reader.accept([":"])) === undefined) return reader.ended ? "cut" : "broken";
    const value = yield* readPythonValue(reader, depth + 1);
    if (typeof value === "string") return value;
    items.push(`${item.json.startsWith('"') ? item.json : JSON.stringify(item.json)}:${value.json}`);
  }
}
