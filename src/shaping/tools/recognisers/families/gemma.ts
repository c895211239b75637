import type { CallSession, Recogniser } from "../../call-session.ts";
import type { Reading } from "../../text-reader.ts";
import { readCallBlock } from "../call-block.ts";
import { readGemmaArguments } from "../gemma-arguments.ts";
import { nameSign } from "../markup.ts";
import { readPythonLines } from "../python-calls.ts";
import type { Family } from "./family.ts";

/** Reads a call: `call:NAME{key:<|"|>text<|"|>,n:3}`. The word before the name is left out or broken at times. */
const readGemmaCall: Recogniser = function* (session) {
  const { reader } = session;
  yield* reader.space();
  if (yield* reader.sees(["{", "["])) return yield* readCallBlock(session);
  yield* reader.while(/[:-]/y, 2);
  yield* reader.accept(["call:"]);
  return yield* readNamed(session);
};

function* readNamed(session: CallSession): Reading<boolean> {
  const { reader, directory } = session;
  yield* reader.space();
  const name = yield* reader.while(nameSign, 128);
  if (directory.find(name) === undefined) return false;
  if (yield* reader.sees(["("])) return yield* readPythonLines(session, name);
  yield* reader.space();
  if (!(yield* reader.sees(["{"]))) return false;
  yield* readGemmaArguments(session, name);
  return true;
}

/**
 * Gemma 4 (https://huggingface.co/google/gemma-4-31b-it, chat template) and FunctionGemma: keys without quotes, strings in
 * quotes of their own that are tokens.
 */
export const gemma: Family = {
  openings: ["<|tool_call>", "<start_function_call>"],
  recognise: readGemmaCall,
};

/** The same where a back end has taken out the tokens: `call:NAME{…}`. */
export const strippedGemma: Family = { openings: ["call:"], place: "line", recognise: readNamed };
