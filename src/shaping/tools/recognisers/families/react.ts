import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../../call-session.ts";
import { createStops, type Reading } from "../../text-reader.ts";
import { readLooseCallBlock } from "../call-block.ts";
import { nameSign, readFence, seesObject } from "../markup.ts";
import { readPythonCall } from "../python-calls.ts";
import type { Family } from "./family.ts";

const inputOpenings = ["Action Input:", "Action_Input:", "**Action Input:**", "**Action Input**:"] as const;
const fenceEnd = createStops(["\n```"]);
const lineEnd = createStops(["\n"]);
const closers = createStops(["\nObservation", "\nThought", "\nAction"]);

/**
 * Reads what follows `Action:`: the fenced list of JSON calls of Command R, or the name of a declared tool and, in the
 * next line, `Action Input:` (ReAct, as LangChain prompts it). Anything else is prose.
 */
const readAction: Recogniser = function* (session) {
  const { reader, directory } = session;
  yield* reader.space();
  if (yield* reader.sees(["```", "[", "{"])) return yield* readLooseCallBlock(session);
  const quote = yield* reader.accept(["`", '"', "["]);
  const name = yield* reader.while(nameSign, 128);
  if (directory.find(name) === undefined) return false;
  if (quote === undefined && (yield* reader.sees(["("]))) {
    yield* readPythonCall(session, name);
    return yield* readObservation(session);
  }
  if (quote !== undefined) yield* reader.accept([quote === "[" ? "]" : quote]);
  const space = yield* reader.space();
  const marked = space.includes("\n") ? yield* reader.accept(inputOpenings) : undefined;
  if (marked === undefined && !(yield* seesObject(session))) return false;
  yield* reader.space();
  const fenced = yield* readFence(session);
  const call = session.begin(name);
  yield* reader.space();
  if (yield* reader.sees(["{", '"'])) {
    const end = yield* readSettledArguments(session, call, closers);
    if (fenced) {
      yield* reader.space();
      yield* reader.accept(["```"]);
    }
    concludeCall(session, call, end);
    return yield* readObservation(session);
  }
  // A line of text, or what a fence holds, is the one argument that there is.
  let line = "";
  yield* reader.until(fenced ? fenceEnd : lineEnd, (piece) => (line += piece));
  yield* reader.accept(["\n```"]);
  const key = call.keyAt(0);
  if (key !== undefined && line.trim() !== "") {
    call.beginText(key);
    call.piece(line.trim());
    call.endString();
  }
  call.end();
  return yield* readObservation(session);
};

/** What the tool says comes from the client: a model that goes on with it invents it. */
function* readObservation(session: CallSession): Reading<boolean> {
  yield* session.reader.space();
  if (yield* session.reader.sees(["Observation:"])) session.overrun = true;
  return true;
}

/** Command R and ReAct. */
export const react: Family = {
  openings: ["Action:", "**Action:**", "**Action**:"],
  place: "line",
  recognise: readAction,
};
