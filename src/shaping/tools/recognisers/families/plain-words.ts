import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../../call-session.ts";
import { createStops, type Reading } from "../../text-reader.ts";
import { readCallBlock, readLooseCallBlock } from "../call-block.ts";
import { nameSign, readClosing, seesObject } from "../markup.ts";
import type { Family } from "./family.ts";

const closers = createStops([">>>", "\n\u273fRESULT\u273f", "<|e"]);

/** Reads the list of JSON calls behind the word. */
const readFunctools: Recogniser = function* (session) {
  return (yield* session.reader.sees(["["])) ? yield* readCallBlock(session) : false;
};

/** Phi-4-mini (its model card): `functools[{"name": …}]`. */
export const functools: Family = { openings: ["functools"], place: "line", recognise: readFunctools };

/** Reads the name of a declared tool and, in a line of its own, JSON. */
const readNameAndJson: Recogniser = function* (session) {
  const name = yield* session.reader.while(nameSign, 128);
  if (session.directory.find(name) === undefined || !(yield* session.reader.space()).includes("\n"))
    return false;
  return yield* readJson(session, name);
};

function* readJson(session: CallSession, name: string): Reading<boolean> {
  if (!(yield* seesObject(session))) return false;
  const call = session.begin(name);
  concludeCall(session, call, yield* readSettledArguments(session, call, closers));
  return true;
}

/** Functionary v3.2 (https://github.com/MeetKai/functionary): `>>>NAME`, and JSON in the next line. */
export const functionary: Family = { openings: [">>>"], place: "line", recognise: readNameAndJson };

/** Reads the name, and the arguments behind a word of their own. */
const readQwenAgent: Recogniser = function* (session) {
  const { reader, directory } = session;
  yield* reader.space();
  const name = yield* reader.while(nameSign, 128);
  yield* reader.space();
  if (directory.find(name) === undefined || (yield* reader.accept(["\u273fARGS\u273f:"])) === undefined)
    return false;
  yield* reader.space();
  if (!(yield* readJson(session, name))) return false;
  yield* reader.space();
  if (yield* reader.sees(["\u273fRESULT\u273f"])) session.overrun = true;
  return true;
};

/** Qwen-Agent's prompt for Qwen 2 (https://github.com/QwenLM/Qwen-Agent): `✿FUNCTION✿: NAME`, `✿ARGS✿: {…}`. */
export const qwenAgent: Family = {
  openings: ["\u273fFUNCTION\u273f:"],
  place: "line",
  recognise: readQwenAgent,
};

/** Reads a fence whose language says that it is a call: what is inside must be one of a declared tool. */
const readCallFence: Recogniser = function* (session) {
  const { reader } = session;
  yield* reader.while(/[ \t\r]/y, 8);
  if ((yield* reader.accept(["\n"])) === undefined) return false;
  yield* reader.space();
  // Gemma 3 prints what it calls.
  yield* reader.accept(["print("]);
  const result = yield* readLooseCallBlock(session);
  if (result === true) {
    yield* readClosing(session, [")"]);
    yield* readClosing(session, ["```"]);
  }
  return result;
};

/** Gemma 3 (its guide to function calling) and others: a fence with a language of its own. */
export const callFence: Family = {
  openings: ["```tool_code", "```tool_call", "```tool_calls", "```function_call"],
  place: "line",
  recognise: readCallFence,
};
