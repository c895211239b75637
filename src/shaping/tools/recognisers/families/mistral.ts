import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../../call-session.ts";
import { createStops, type Reading } from "../../text-reader.ts";
import { readCallBlock } from "../call-block.ts";
import { nameSign, readClosing, seesObject } from "../markup.ts";
import type { Family } from "./family.ts";

const closers = createStops(["[TOOL_CALLS]", "[/TOOL_CALLS]", "</s>"]);

/**
 * Reads what follows `[TOOL_CALLS]`: a list of JSON calls (until Small 3.1), or the name and `[ARGS]`, perhaps with
 * `[CALL_ID]` between them, and the arguments (later ones); in between the token before the arguments is missing.
 */
const readMistralCalls: Recogniser = function* (session) {
  const { reader } = session;
  yield* reader.space();
  if (yield* reader.sees(["[", "{"])) return yield* readCallBlock(session);
  let result = yield* readNamed(session);
  // Where the tokens between them are missing, the next one begins with its name.
  while (result && (yield* seesName(session))) result = yield* readNamed(session);
  return result;
};

/** Whether a letter comes next, right behind a call. */
function* seesName({ reader }: CallSession): Reading<boolean> {
  return /[\p{L}_]/u.test(yield* reader.peek(1));
}

function* readNamed(session: CallSession): Reading<boolean> {
  const { reader, directory } = session;
  const name = yield* reader.while(nameSign, 128);
  yield* reader.space();
  if ((yield* reader.accept(["[CALL_ID]"])) !== undefined) {
    yield* reader.while(/[\w-]/y, 64);
    yield* reader.space();
  }
  const marked = (yield* reader.accept(["[ARGS]"])) !== undefined;
  yield* reader.space();
  if (name === "" || !(yield* seesObject(session)) || (!marked && directory.find(name) === undefined))
    return false;
  const call = session.begin(name);
  const end = yield* readSettledArguments(session, call, closers);
  yield* readClosing(session, ["[/TOOL_CALLS]"]);
  concludeCall(session, call, end);
  return true;
}

/** Mistral (https://github.com/mistralai/mistral-common, the tokenizers' tests). */
export const mistral: Family = { openings: ["[TOOL_CALLS]"], recognise: readMistralCalls };
