import { readObject, type ArgumentsEnd, type PropertySink } from "../tools/json-arguments.ts";
import { readJsonString } from "../tools/json-string.ts";
import { readRawValue } from "../tools/json-value.ts";
import type { Reading, TextReader } from "../tools/text-reader.ts";
import type { MemberWriter } from "./member-writer.ts";

/** Reads an object or a list, whose bracket comes next, and gives it to its writer member by member. */
export function* readMembers(reader: TextReader, writer: MemberWriter): Reading<ArgumentsEnd> {
  const sink: PropertySink = {
    ...writer,
    enter(key, next) {
      if (next !== "{" && next !== "[") return undefined;
      const inner = writer.enter(key, next);
      return inner === undefined ? undefined : readMembers(reader, inner);
    },
  };
  const end = yield* writer.members.brackets === "{}" ? readObject(reader, sink) : readList(reader, sink);
  if (end === "complete" || end === "open") writer.end();
  return end;
}

function* readList(reader: TextReader, sink: PropertySink): Reading<ArgumentsEnd> {
  reader.take(1);
  // Whether the list could end here: a comma promises another item.
  let ends = true;
  for (;;) {
    const before = yield* reader.space();
    const next = yield* reader.peek(1);
    if (next === "") return ends ? "open" : "cut";
    if (next === "<") return "open";
    if (next === "]" || next === ",") {
      reader.take(1);
      if (next === "]") sink.blanks?.(before, "");
      if (next === "]") return "complete";
      ends = false;
      continue;
    }
    sink.blanks?.(before, "");
    const end = yield* readItem(reader, sink, next);
    if (end !== "complete") return end;
    ends = true;
  }
}

function* readItem(reader: TextReader, sink: PropertySink, next: string): Reading<ArgumentsEnd> {
  if (next === '"') {
    reader.take(1);
    sink.beginString("");
    if ((yield* readJsonString(reader, "nested", (text) => sink.piece(text))) === "cut") return "cut";
    sink.endString();
    return "complete";
  }
  const inside = sink.enter?.("", next);
  if (inside !== undefined) return yield* inside;
  const { raw, end } = yield* readRawValue(reader);
  if (end === "cut") return "cut";
  return raw.trim() !== "" && sink.json("", raw.trim()) ? end : "broken";
}
