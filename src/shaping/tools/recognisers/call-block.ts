import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../call-session.ts";
import { argumentKeys, nameKeys } from "../call-shape.ts";
import { seesMark } from "../marks.ts";
import { createStops, type Reading } from "../text-reader.ts";
import { readCallObject } from "./json-call.ts";
import {
  attribute,
  blockClosings,
  blockOpenings,
  blockOpeningsWithAttributes,
  readAttributes,
  readClosing,
  readFence,
  readSpace,
} from "./markup.ts";
import { readNamedCall } from "./named-call.ts";
import { partOpenings, readNamedParts } from "./named-parts.ts";
import { readPythonCalls } from "./python-calls.ts";
import { functionOpenings, readFunction, seesParameter } from "./tagged-function.ts";

const closers = createStops(["</tool_call", "</function_call"]);
const inner = [
  ...blockOpenings,
  ...blockOpeningsWithAttributes,
  ...functionOpenings,
  "<|tool_call>",
  "<invoke>",
];

/**
 * Reads what follows `<tool_call>` and its like (Hermes, Qwen 2.5 and 3): JSON calls, fenced or in a list. Other
 * families use the same tag: XML functions inside (Qwen3-Coder) are left to their own recogniser, tags with the call's
 * parts are those of prompts, calls of Python are OLMo's, a bare name is GLM's.
 */
export const readCallBlock: Recogniser = (session) => readBlock(session, false);

/**
 * Reads what follows an opening that is common elsewhere: only a call of a declared tool, name first, makes it one. A list
 * of tools, which such blocks hold in prompts, is none.
 */
export const readLooseCallBlock: Recogniser = (session) => readBlock(session, true);

/** Reads what follows an opening that only JSON makes one of a call. */
export const readJsonBlock: Recogniser = function* (session) {
  yield* readSpace(session);
  return (yield* session.reader.sees(["{"])) ? yield* readLooseCallBlock(session) : false;
};

function* readBlock(session: CallSession, loose: boolean): Reading<boolean | "nested"> {
  const { reader } = session;
  yield* readSpace(session);
  // A block in a block: the inner one decides, and finds the record of the outer one.
  if (yield* reader.sees(inner)) return "nested";
  if (yield* seesMark(reader, session.directory.tags)) return "nested";
  const fenced = yield* readFence(session);
  const inList = (yield* reader.accept(["["])) !== undefined;
  if (inList) yield* reader.space();
  if (yield* reader.sees(["{"]))
    return (yield* looksLikeCall(session)) && (yield* readObjects(session, loose));
  if (inList) return yield* readPythonCalls(session);
  if (fenced) return false;
  if (yield* reader.sees(partOpenings)) return yield* readNamedParts(session);
  return yield* readNamedCall(session);
}

function* readObjects(session: CallSession, bare: boolean): Reading<boolean> {
  const { reader, outlet } = session;
  do {
    const end = yield* readCallObject(session, { bare, finish: () => readBlockEnd(session) });
    // Behind a call that was given out, what is none is text of its own.
    if (end === "text") return false;
    outlet.layout(reader.recorded());
    reader.record();
  } while (yield* reader.sees(["{"]));
  return true;
}

const keys = [...nameKeys, ...argumentKeys];

/** Reads a block whose tag has attributes; a `name` among them is the call's, and the block then holds its arguments. */
export const readCallBlockWithAttributes: Recogniser = (session) => readBlockWithAttributes(session, false);

/** The same behind a tag that other markup has, too: it must name a declared tool. */
export const readLooseCallBlockWithAttributes: Recogniser = (session) =>
  readBlockWithAttributes(session, true);

function* readBlockWithAttributes(session: CallSession, loose: boolean): Reading<boolean | "nested"> {
  const { reader } = session;
  const attributes = yield* readAttributes(session);
  if (attributes === undefined) return false;
  const name = attribute(attributes, "name");
  if (name === undefined || session.directory.find(name) === undefined)
    return loose ? false : yield* readCallBlock(session);
  yield* reader.space();
  if (!(yield* reader.sees(["{"])))
    return (yield* seesParameter(session, name))
      ? yield* readFunction(session, name, "paired")
      : yield* readCallBlock(session);
  const call = session.begin(name);
  const end = yield* readSettledArguments(session, call, closers);
  yield* readClosing(session, blockClosings);
  concludeCall(session, call, end);
  return true;
}

/** Whether a brace begins JSON: a key in quotes or a known one without, rather than code or a placeholder. */
function* looksLikeCall({ reader }: CallSession): Reading<boolean> {
  for (let length = 2; ; length += 1) {
    const text = yield* reader.peek(length);
    if (/^\{\s*["'{}]/.test(text)) return true;
    const [, key = "", next = ""] = /^\{\s*(\w*)\s*(\S?)/.exec(text) ?? [];
    if (next !== "") return keys.includes(key) && (next === ":" || next === "=");
    if (text.length < length || !keys.some((one) => one.startsWith(key))) return false;
  }
}

/** Reads what stands between a call and the next one, or the end of the block. */
function* readBlockEnd({ reader }: CallSession): Reading<void> {
  for (;;) {
    yield* reader.space();
    if ((yield* reader.accept(blockClosings)) !== undefined) return;
    if ((yield* reader.accept(["```", "]", "}", ",", ";"])) === undefined) return;
  }
}
