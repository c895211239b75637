import { concludeCall, readSettledArguments, type CallSession } from "../call-session.ts";
import { createStops, type Reading } from "../text-reader.ts";
import { readGemmaArguments } from "./gemma-arguments.ts";
import { readGlmCall } from "./glm.ts";
import { blockClosings, nameSign, readClosing, readSpace } from "./markup.ts";
import { readPythonLines } from "./python-calls.ts";
import { readFunction, seesParameter } from "./tagged-function.ts";

const closers = createStops(["</tool_call", "</TOOL_CALL", "</function_call"]);

/**
 * Reads a call in a block that begins with the bare name: calls of Python, a line each (OLMo, LFM2), JSON behind the
 * name, or GLM's pairs. A word that is neither is prose.
 */
export function* readNamedCall(session: CallSession): Reading<boolean> {
  const { reader, directory } = session;
  const name = yield* reader.while(nameSign, 128);
  if (name === "") return false;
  if (yield* reader.sees(["("]))
    return directory.find(name) !== undefined && (yield* readPythonLines(session, name));
  yield* readSpace(session);
  // Qwen3-Coder's parameters behind a bare name.
  if (directory.find(name) !== undefined && (yield* seesParameter(session, name)))
    return yield* readFunction(session, name, "stripped");
  if (!(yield* reader.sees(["{"]))) return yield* readGlmCall(session, name);
  // Gemma in the tags of others.
  const called = name.startsWith("call:") ? name.slice("call:".length) : undefined;
  if (called !== undefined && directory.find(called) !== undefined) {
    yield* readGemmaArguments(session, called);
    return true;
  }
  if (directory.find(name) === undefined) return false;
  const call = session.begin(name);
  const end = yield* readSettledArguments(session, call, closers);
  yield* readClosing(session, blockClosings);
  concludeCall(session, call, end);
  return true;
}
