import { concludeCall, readSettledArguments, type Recogniser } from "../../call-session.ts";
import { createStops } from "../../text-reader.ts";
import { readCallBlock } from "../call-block.ts";
import { nameSign, readClosing, seesObject } from "../markup.ts";
import type { Family } from "./family.ts";

const closers = createStops(["[TOOL_CALLS]", "[/TOOL_CALLS]", "</s>"]);

/**
 * Reads what follows `[TOOL_CALLS]`: a list of JSON calls (until Small 3.1), or the name and `[ARGS]`, perhaps with
 * `[CALL_ID]` between them, and the arguments (later ones); in between the token before the arguments is missing.
 */
const readMistralCalls: Recogniser = function* (session) {
  const { reader, directory } = session;
  yield* reader.space();
  if (yield* reader.sees(["[", "{"])) return yield* readCallBlock(session);
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
};

/** Mistral (https://github.com/mistralai/mistral-common, the tokenizers' tests). */
export const mistral: Family = { openings: ["[TOOL_CALLS]"], recognise: readMistralCalls };
