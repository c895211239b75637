import { concludeCall, readSettledArguments, type Recogniser } from "../call-session.ts";
import { createStops } from "../text-reader.ts";
import { readFence, tokenClosings } from "./markup.ts";

const separators = ["<|tool_sep|>", "<|tool_call_argument_begin|>"] as const;
const beginnings = ["<|tool_call_begin|>"] as const;
const closers = createStops(["<|tool_call", "<\uff5ctool", "<|im_end", "<\uff5cend"]);

/** Reads what follows the token that begins a section of calls (DeepSeek, Kimi K2): it is one only before a call. */
export const readTokenSection: Recogniser = function* ({ reader }) {
  yield* reader.space();
  return (yield* reader.sees(beginnings)) ? "nested" : false;
};

/**
 * Reads a call after `<|tool_call_begin|>`. DeepSeek V3 and R1: `function`, separator, name, fenced JSON. V3.1: name,
 * separator, JSON. Kimi K2: `functions.NAME:0`, its own separator, JSON.
 */
export const readTokenCall: Recogniser = function* (session) {
  const { reader } = session;
  yield* reader.space();
  let name = yield* reader.while(/[\w.:/-]/y, 200);
  yield* reader.space();
  const separator = yield* reader.accept(separators);
  if (separator === undefined) return false;
  if (name.trim() === "function") {
    yield* reader.space();
    name = yield* reader.while(/[^<{`\n]/y, 200);
  }
  const call = session.begin(name.trim().replace(/:\d+$/, ""));
  yield* reader.space();
  const fenced = yield* readFence(session);
  const end = yield* readSettledArguments(session, call, closers);
  yield* reader.space();
  if (fenced) {
    yield* reader.accept(["```"]);
    yield* reader.space();
  }
  yield* reader.accept(tokenClosings);
  concludeCall(session, call, end);
  return true;
};
