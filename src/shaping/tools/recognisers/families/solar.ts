import { concludeCall, readSettledArguments, type Recogniser } from "../../call-session.ts";
import { createStops } from "../../text-reader.ts";
import { nameSign } from "../markup.ts";
import type { Family } from "./family.ts";

const closers = createStops(["<|tool_call:"]);

/** Reads a call whose parts have a token each: an id, the name, JSON. */
const readSolarCall: Recogniser = function* (session) {
  const { reader } = session;
  yield* reader.while(/[\w-]/y, 64);
  if ((yield* reader.accept(["<|tool_call:name|>"])) === undefined) return false;
  const name = yield* reader.while(nameSign, 128);
  if ((yield* reader.accept(["<|tool_call:args|>"])) === undefined) return false;
  const call = session.begin(name);
  const end = yield* readSettledArguments(session, call, closers);
  yield* reader.space();
  yield* reader.accept(["<|tool_call:end|>"]);
  concludeCall(session, call, end);
  return true;
};

/** Solar Open (https://huggingface.co/upstage/Solar-Open-100B, chat template). */
export const solar: Family = { openings: ["<|tool_call:begin|>"], recognise: readSolarCall };
