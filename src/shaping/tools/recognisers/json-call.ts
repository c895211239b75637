import { concludeCall, readSettledArguments, type CallSession, type SettledEnd } from "../call-session.ts";
import type { CallWriter } from "../call-writer.ts";
import { argumentKeys, nameKeys, sideKeys } from "../call-shape.ts";
import { readBlanks } from "../json-blanks.ts";
import { readRawValue } from "../json-value.ts";
import { createStops, type Reading, type TextReader } from "../text-reader.ts";
import { readWholeCalls } from "./whole-calls.ts";

const closers = createStops(["</tool_call", "</function_call", "<|"]);

/** What became of an object that may be a call. `text`: it is none, and none of it was passed on. */
export type CallObjectEnd = "done" | "text";

/**
 * Reads one call written as a JSON object (its `{` is the next character): `{"name": …, "arguments": …}` in all its
 * spellings, wrapped in `function` or not. `bare`: nothing but the object says that this is a call, so that each key
 * and the name must fit as they come, and anything else is text at once. `finish` reads the closing markup of the call.
 */
export function* readCallObject(
  session: CallSession,
  options: { readonly bare: boolean; readonly finish: () => Reading<void> },
): Reading<CallObjectEnd> {
  const { reader } = session;
  const start = reader.mark();
  let depth = 0;
  let wraps = false;
  let name: string | undefined;
  let call: CallWriter | undefined;
  let end: SettledEnd = "complete";
  let afterComma = false;

  for (;;) {
    yield* options.bare ? reader.space() : readBlanks(reader);
    const next = yield* reader.peek(1);
    const expected = depth === 0 || wraps ? "{" : '",}';
    wraps = false;
    if (options.bare && call === undefined && !expected.includes(next)) return "text";
    if (next === "{" && call === undefined) {
      reader.take(1);
      depth += 1;
    } else if (next === "}") {
      reader.take(1);
      depth -= 1;
      if (depth === 0) break;
    } else if (next === ",") {
      reader.take(1);
      afterComma = true;
    } else if (call !== undefined) {
      // Ids and the like after the arguments: nothing of them is wanted.
      if (afterComma && (yield* seesKey(reader))) yield* readRawValue(reader, depth);
      break;
    } else if (next === "" || next === "<") {
      if (options.bare) return "text";
      if (name !== undefined && next === "<") break;
      return yield* readWholeCalls(session, { start, depth, finish: options.finish });
    } else {
      const key = yield* readKey(session, options.bare);
      if (key === "text") return "text";
      if (key !== undefined && nameKeys.has(key) && (yield* reader.sees(['"'])) && name === undefined) {
        name = yield* readName(session, options.bare);
        if (name === undefined) return "text";
      } else if (key === "function" && (yield* reader.sees(["{"]))) {
        wraps = true;
      } else if (
        key !== undefined &&
        nameKeys.has(key) &&
        name === undefined &&
        (yield* seesPlaceholder(session))
      ) {
        return "text";
      } else if (key !== undefined && argumentKeys.has(key) && name !== undefined) {
        if (options.bare && !(yield* reader.sees(["{", '"']))) return "text";
        call = session.begin(name);
        afterComma = false;
        end = yield* readSettledArguments(session, call, closers);
        if (end !== "complete") break;
      } else if (key !== undefined && sideKeys.has(key)) {
        if (options.bare && !(yield* readSideValue(session, key))) return "text";
        if (!options.bare) yield* readRawValue(reader);
      } else {
        if (options.bare) return "text";
        return yield* readWholeCalls(session, { start, depth, finish: options.finish });
      }
    }
  }
  // An object with a name and nothing else calls a tool that takes nothing; a bare one may be anything.
  if (call === undefined && (name === undefined || options.bare)) {
    if (options.bare) return "text";
    yield* options.finish();
    session.refuse("unreadable");
    return "done";
  }
  call ??= session.begin(name ?? "");
  const left = options.bare || end !== "complete" ? undefined : yield* readLeft(session);
  if (left?.isMisread === true) end = "unreadable";
  const { opened } = call;
  if (end !== "cut") yield* options.finish();
  concludeCall(session, call, end);
  // What could not be given with a call that was refused is part of it.
  if (left !== undefined && (!left.isMisread || opened)) session.outlet.text(left.text);
  return "done";
}

/** Whether a key and its colon come next. */
function* seesKey(reader: TextReader): Reading<boolean> {
  for (let length = 1; length < 64; length += 1) {
    const text = yield* reader.peek(length);
    if (/^"[\w-]+"\s*:/.test(text)) return true;
    if (text.length < length || !/^"(?:[\w-]*|[\w-]+"\s*)$/.test(text)) return false;
  }
  return false;
}

/** What ends the block of a call, and openings that begin another. */
const blockEnds = createStops([
  "</tool_call",
  "</function_call",
  "<tool_call",
  "<function",
  "<invoke",
  "<minimax:",
  "<|",
  "<\uff5c",
]);

/**
 * Reads what is left between a call and its closing tag. Remains of JSON there mean that the arguments ended too early, at a
 * quote that should have been escaped: what was read of them is wrong. Other text is only text.
 */
function* readLeft(
  session: CallSession,
): Reading<{ readonly text: string; readonly isMisread: boolean } | undefined> {
  const { reader } = session;
  do yield* readBlanks(reader);
  while ((yield* reader.accept(["```", "}", "]", ",", ";"])) !== undefined);
  if (!(yield* reader.need(1)) || (yield* reader.sees(["<", "{", "["]))) return undefined;
  const pieces: string[] = [];
  const stopped = yield* reader.until(blockEnds, (piece) => pieces.push(piece));
  const text = pieces.join("");
  return { text, isMisread: stopped && (yield* reader.sees(["</"])) && /["}]/.test(text) };
}

/** Whether a word without quotes comes next that names no tool: the form of a call is being shown. */
function* seesPlaceholder({ reader, directory }: CallSession): Reading<boolean> {
  for (let length = 1; length < 64; length += 1) {
    const text = yield* reader.peek(length);
    const word = /^[A-Za-z_][\w.-]*/.exec(text)?.[0];
    if (word === undefined) return text !== "" && "<{[$.".includes(text);
    if (word.length < text.length || text.length < length) return directory.find(word) === undefined;
  }
  return true;
}

/** Reads a key and its colon; `undefined` if it is none that a call has, `text` if that decides that it is no call. */
function* readKey(session: CallSession, bare: boolean): Reading<string | undefined> {
  const { reader } = session;
  if (!(yield* reader.sees(['"']))) {
    const word = yield* reader.while(/[\w$]/y, 32);
    const known = nameKeys.has(word) || argumentKeys.has(word) || (!bare && (yield* reader.sees(["'"])));
    return known && !bare ? undefined : "text";
  }
  reader.take(1);
  const key = yield* reader.while(/[\w-]/y, 32);
  const known = nameKeys.has(key) || argumentKeys.has(key) || sideKeys.has(key);
  if (bare && !known) return "text";
  if ((yield* reader.accept(['"'])) === undefined) return bare ? "text" : undefined;
  yield* reader.space();
  if ((yield* reader.accept(bare ? [":"] : [":", "="])) === undefined) return bare ? "text" : undefined;
  yield* reader.space();
  return key;
}

/** Reads the value of `type` or of an id in a bare object. False: no call has such a value. */
function* readSideValue({ reader }: CallSession, key: string): Reading<boolean> {
  if ((yield* reader.accept(['"'])) === undefined) return false;
  const value = yield* reader.while(/[\w-]/y, 64);
  return (yield* reader.accept(['"'])) !== undefined && (key !== "type" || value === "function");
}

/** Reads the name's string. `undefined`: it can't be a declared name, and only that would make this a call. */
function* readName(session: CallSession, bare: boolean): Reading<string | undefined> {
  const { reader, directory } = session;
  reader.take(1);
  let name = "";
  for (;;) {
    const character = yield* reader.peek(1);
    if (character === '"') break;
    if (character === "" || name.length > 256) return bare ? undefined : name;
    name += reader.take(1);
    if (bare && !directory.begins(name)) return undefined;
  }
  reader.take(1);
  return bare && !directory.names.includes(name) ? undefined : name;
}
