import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../call-session.ts";
import { createStops, type Reading } from "../text-reader.ts";
import { readGlmCall } from "./glm.ts";
import { readCallObject } from "./json-call.ts";
import {
  attribute,
  blockClosings,
  blockOpenings,
  blockOpeningsWithAttributes,
  readAttributes,
  readClosing,
  readFence,
  tags,
} from "./markup.ts";

const closers = createStops(["</tool_call", "</function_call"]);
const inner = [...blockOpenings, ...blockOpeningsWithAttributes];
const taggedCalls = [...tags("<", ["invoke", "function"], " "), "<function="] as const;

/**
 * Reads what follows `<tool_call>` and its like (Hermes, Qwen 2.5 and 3): JSON calls, fenced or in a list. Other
 * families use the same tag: XML functions inside (Qwen3-Coder) are left to their own recogniser, a bare name is GLM's.
 */
export const readCallBlock: Recogniser = function* (session) {
  const { reader } = session;
  yield* reader.space();
  // A block in a block: the inner one decides, and finds the record of the outer one.
  if ((yield* reader.sees(inner)) || (yield* reader.sees(taggedCalls))) return "nested";
  const fenced = yield* readFence(session);
  const inList = (yield* reader.accept(["["])) !== undefined;
  if (inList) yield* reader.space();
  if (!(yield* reader.sees(["{"]))) return fenced || inList ? false : yield* readGlmCall(session);
  if (!(yield* looksLikeCall(session))) return false;
  do {
    const end = yield* readCallObject(session, { bare: false, finish: () => readBlockEnd(session) });
    if (end === "text") return false;
    session.outlet.layout(reader.recorded());
    reader.record();
  } while (yield* reader.sees(["{"]));
  return true;
};

const keys = ["name", "function", "tool", "arguments", "parameters"];

/** Reads a block whose tag has attributes; a `name` among them is the call's, and the block then holds its arguments. */
export const readCallBlockWithAttributes: Recogniser = function* (session) {
  const { reader } = session;
  const attributes = yield* readAttributes(session);
  if (attributes === undefined) return false;
  const name = attribute(attributes, "name");
  if (name === undefined || session.directory.find(name) === undefined) return yield* readCallBlock(session);
  yield* reader.space();
  if (!(yield* reader.sees(["{"]))) return yield* readCallBlock(session);
  const call = session.begin(name);
  const end = yield* readSettledArguments(session, call, closers);
  yield* readClosing(session, blockClosings);
  concludeCall(session, call, end);
  return true;
};

/** Whether a brace begins JSON: a key in quotes or a known one without, rather than code or a placeholder. */
function* looksLikeCall({ reader }: CallSession): Reading<boolean> {
  for (let length = 2; ; length += 1) {
    const text = yield* reader.peek(length);
    if (/^\{\s*["'{}]/.test(text)) return true;
    const word = /^\{\s*(\w*)(\W?)/.exec(text);
    const key = word?.[1] ?? "";
    if (word?.[2] !== "" && keys.includes(key)) return true;
    if (word?.[2] !== "" || text.length < length || !keys.some((one) => one.startsWith(key))) return false;
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
