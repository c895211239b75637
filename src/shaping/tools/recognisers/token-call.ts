import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../call-session.ts";
import { createStops, type Reading } from "../text-reader.ts";
import { readCallBlock } from "./call-block.ts";
import { nameSign, readFence, tokenClosings, tokens } from "./markup.ts";

/** Tokens that begin a section of calls (DeepSeek, Kimi K2). */
export const sectionOpenings = [
  ...tokens("tool_calls_begin", "tool_calls"),
  "<|tool_calls_section_begin|>",
  "<|tool_call_section_begin|>",
] as const;
/** Tokens that begin a call. */
export const tokenCallOpenings = tokens("tool_call_begin");

const separators = [...tokens("tool_sep"), "<|tool_call_argument_begin|>"] as const;
const closers = createStops(["<|tool_call", "<\uff5ctool", "<|im_end", "<\uff5cend"]);

/** Reads what follows the token that begins a section of calls: the next token, or the call without it (R1). */
export const readTokenSection: Recogniser = function* (session) {
  yield* session.reader.space();
  return (yield* session.reader.sees(tokenCallOpenings)) ? "nested" : yield* readCall(session, true);
};

/**
 * Reads a call after `<|tool_call_begin|>`. DeepSeek V3 and R1: `function`, separator, name, fenced JSON. V3.1: name,
 * separator, JSON. Kimi K2: `functions.NAME:0`, its own separator, JSON; or JSON that has the name.
 */
export const readTokenCall: Recogniser = (session) => readCall(session, false);

/** `loose`: the token that says so is missing, and only a declared name makes it a call. */
function* readCall(session: CallSession, loose: boolean): Reading<boolean | "nested"> {
  const { reader, directory } = session;
  yield* reader.space();
  if (yield* reader.sees(["{", "["])) return yield* readCallBlock(session);
  let name = yield* reader.while(nameSign, 200);
  yield* reader.space();
  const separator = yield* reader.accept(separators);
  if (separator === undefined && !(directory.find(name) !== undefined && (yield* reader.sees(["{", "```"]))))
    return false;
  if (name.trim() === "function") {
    yield* reader.space();
    // Step 3 has a tagged call inside.
    if (yield* reader.sees(["<steptml:invoke "])) return "nested";
    name = yield* reader.while(loose ? nameSign : /[^<{`\n]/y, 200);
  }
  if (loose && directory.find(name) === undefined) return false;
  yield* readArguments(session, name);
  return true;
}

function* readArguments(session: CallSession, name: string): Reading<void> {
  const { reader } = session;
  const call = session.begin(name);
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
}

/** What is left of a call of DeepSeek's where the token that begins it is missing. */
export const separatedOpenings = tokens("tool_sep").map((separator) => `function${separator}`);

/** Reads a call behind it: only a declared name in front of JSON makes it one. */
export const readSeparatedCall: Recogniser = function* (session) {
  const { reader, directory } = session;
  yield* reader.space();
  const name = yield* reader.while(nameSign, 200);
  yield* reader.space();
  if (directory.find(name) === undefined || !(yield* reader.sees(["{", "```"]))) return false;
  yield* readArguments(session, name);
  return true;
};
