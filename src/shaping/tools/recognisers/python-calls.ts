import { concludeCall, readSettledArguments, type CallSession } from "../call-session.ts";
import type { CallWriter } from "../call-writer.ts";
import { createStops, type Reading, type TextReader } from "../text-reader.ts";
import type { DeclaredTool } from "../tool-directory.ts";
import { nameSign } from "./markup.ts";
import { readPythonString, readPythonValue } from "./python-value.ts";

/** What models put before names. */
const namespaces = ["functions.", "default_api."] as const;

/**
 * Reads the calls of Llama 4 after `[`: `f(a=1), g(b="x")]`. Only a declared name and its bracket make it one, so that
 * a list or a link stays text as soon as it can't be a call.
 */
export function* readPythonCalls(session: CallSession): Reading<boolean> {
  const { reader, directory } = session;
  for (;;) {
    yield* reader.space();
    yield* reader.accept(namespaces);
    let name = "";
    while ((yield* reader.need(1)) && /[\w.-]/.test(reader.text.charAt(reader.at))) {
      name += reader.take(1);
      if (!directory.begins(name)) return false;
    }
    if (!directory.names.includes(name) || !(yield* reader.sees(["("]))) return false;
    if ((yield* readPythonCall(session, name)) !== "complete") return true;
    yield* reader.space();
    const next = yield* reader.accept([",", "]", ";"]);
    session.outlet.layout(reader.recorded());
    reader.record();
    if (next === undefined || next === "]") return true;
  }
}

/** Reads calls of declared tools, one a line or parted by commas, from the bracket of the first on: its name is read. */
export function* readPythonLines(session: CallSession, first: string): Reading<boolean> {
  const { reader, directory } = session;
  for (let name = first; ;) {
    if ((yield* readPythonCall(session, name)) !== "complete") return true;
    yield* reader.space();
    yield* reader.accept([",", ";"]);
    yield* reader.space();
    session.outlet.layout(reader.recorded());
    reader.record();
    name = yield* reader.while(nameSign, 128);
    if (name === "") return true;
    if (directory.find(name) === undefined || !(yield* reader.sees(["("]))) return false;
  }
}

type ParametersEnd = "complete" | "cut" | "broken";

const closers = createStops([")"]);

/** Reads a call from its bracket on and ends it. */
export function* readPythonCall(session: CallSession, name: string): Reading<ParametersEnd> {
  const { reader } = session;
  reader.take(1);
  yield* reader.space();
  const tool = session.directory.find(name);
  const isObject = tool !== undefined && (yield* seesArguments(reader, tool));
  const call = session.begin(name);
  if (isObject) {
    const end = yield* readSettledArguments(session, call, closers, ")");
    yield* reader.space();
    yield* reader.accept([")"]);
    concludeCall(session, call, end);
    return end === "complete" || end === "cut" ? end : "broken";
  }
  const end = yield* readKeywords(reader, call, [")"]);
  if (end === "complete") {
    reader.take(1);
    call.end();
  } else if (end === "cut") call.cut();
  else call.fail();
  return end;
}

// Keys are short; what is looked at without being read must be, too.
const longestKey = 96;

/** Whether an object comes next that has the tool's own keys: it is all arguments rather than the first of them. */
function* seesArguments(reader: TextReader, tool: DeclaredTool): Reading<boolean> {
  for (let length = 1; length < longestKey; length += 1) {
    const text = yield* reader.peek(length);
    const key = /^\{\s*["']([^"']+)["']\s*:/.exec(text)?.[1];
    if (key !== undefined) return tool.takes(key);
    if (text.length < length || !/^\{\s*(?:["'][^"'\n]*(?:["']\s*)?)?$/.test(text)) return false;
  }
  return false;
}

/** Reads arguments up to one of `ends`, which stays unread. */
export function* readKeywords(
  reader: TextReader,
  call: CallWriter,
  ends: readonly string[],
): Reading<ParametersEnd> {
  for (let position = 0; ; position += 1) {
    yield* reader.space();
    const next = yield* reader.peek(1);
    if (next === "") return "cut";
    if (ends.includes(next)) return "complete";
    if (next === ",") {
      reader.take(1);
      yield* reader.space();
    }
    const key = (yield* readKeyword(reader)) ?? call.keyAt(position);
    if (key === undefined) return "broken";
    yield* reader.space();
    const value = yield* reader.peek(1);
    if (value === "") return "cut";
    if (ends.includes(value)) continue;
    if (value === '"' || value === "'") {
      call.beginText(key);
      if (!(yield* readPythonString(reader, (text) => call.piece(text)))) return "cut";
      call.endString();
    } else {
      const json = yield* readPythonValue(reader);
      if (json === "cut" || json === "broken") return json;
      if (!call.json(key, json.json)) return "broken";
    }
  }
}

/** Reads `key=`; a value without a key is left alone. */
function* readKeyword(reader: TextReader): Reading<string | undefined> {
  for (let length = 1; length <= 128; length += 1) {
    const text = yield* reader.peek(length);
    const match = /^([A-Za-z_]\w*)\s*=/.exec(text);
    if (match !== null) {
      reader.take(match[0].length);
      return match[1];
    }
    if (text.length < length || !/^[A-Za-z_]\w*\s*$/.test(text)) return undefined;
  }
  return undefined;
}
