import type { CallSession } from "../call-session.ts";
import type { CallWriter } from "../call-writer.ts";
import type { Reading, TextReader } from "../text-reader.ts";
import { readPythonString, readPythonValue } from "./python-value.ts";

/**
 * Reads the calls of Llama 4 after `[`: `f(a=1), g(b="x")]`. Only a declared name and its bracket make it one, so that
 * a list or a link stays text as soon as it can't be a call.
 */
export function* readPythonCalls(session: CallSession): Reading<boolean> {
  const { reader, directory } = session;
  for (;;) {
    yield* reader.space();
    let name = "";
    while ((yield* reader.need(1)) && /[\w.-]/.test(reader.text.charAt(reader.at))) {
      name += reader.take(1);
      if (!directory.begins(name)) return false;
    }
    if (!directory.names.includes(name)) return false;
    if ((yield* reader.accept(["("])) === undefined) return false;
    const call = session.begin(name);
    const end = yield* readParameters(reader, call);
    if (end === "complete") call.end();
    else if (end === "cut") call.cut();
    else call.fail();
    if (end !== "complete") return true;
    yield* reader.space();
    const next = yield* reader.accept([",", "]", ";"]);
    session.outlet.layout(reader.recorded());
    reader.record();
    if (next === undefined || next === "]") return true;
  }
}

function* readParameters(reader: TextReader, call: CallWriter): Reading<"complete" | "cut" | "broken"> {
  for (let position = 0; ; position += 1) {
    yield* reader.space();
    const next = yield* reader.peek(1);
    if (next === "") return "cut";
    if (next === ")") {
      reader.take(1);
      return "complete";
    }
    if (next === ",") {
      reader.take(1);
      yield* reader.space();
    }
    const key = (yield* readKeyword(reader)) ?? call.keyAt(position);
    if (key === undefined) return "broken";
    yield* reader.space();
    const value = yield* reader.peek(1);
    if (value === "") return "cut";
    if (value === ")") continue;
    if (value === '"' || value === "'") {
      call.beginString(key, "text");
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
