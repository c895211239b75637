import type { CallSession, Recogniser } from "../call-session.ts";
import { createMarks, readMark, type Marks } from "../marks.ts";
import type { Reading } from "../text-reader.ts";
import { readTaggedBareCalls } from "./bare-calls.ts";
import { readCallBlock, readCallBlockWithAttributes } from "./call-block.ts";
import { harmonyOpenings } from "./harmony.ts";
import { blockClosings, blockOpenings, blockOpeningsWithAttributes, tags, tokenClosings } from "./markup.ts";
import { readFunctionEquals, readInvoke } from "./tagged-function.ts";
import { readTokenCall, readTokenSection } from "./token-call.ts";
import { edgeOpenings } from "./turn-edges.ts";

/** Markup that is not worth a word: read over after a call, text anywhere else. */
const readLayout: Recogniser = function* (session) {
  yield* [];
  if (!session.outlet.followsCall) return false;
  session.outlet.layout(session.reader.recorded());
  return true;
};

/** Openings of tool results as histories have them. */
const resultOpenings = [
  "<tool_response>",
  "<tool_response ",
  "<tool_response_",
  "<tool_result>",
  "<tool_result ",
  ...tags("<", ["function_result", "function_results"], ">"),
  "<|tool_outputs_begin|>",
  "<|tool_output_begin|>",
];

/** A result behind a call was invented: the tool has not run yet. Without a call before it, it is text. */
const readInventedResult: Recogniser = function* (session) {
  yield* [];
  if (session.given + session.passable + session.faults.length === 0) return false;
  session.overrun = true;
  return true;
};

const openings: ReadonlyMap<string, Recogniser> = new Map<string, Recogniser>([
  ...pairs(blockOpenings, readCallBlock),
  ...pairs(blockOpeningsWithAttributes, readCallBlockWithAttributes),
  ...pairs(tags("<", ["invoke", "function"], " "), readInvoke),
  ["<function=", readFunctionEquals],
  ["<|tool_calls_begin|>", readTokenSection],
  ["<|tool_calls_section_begin|>", readTokenSection],
  ["<|tool_call_section_begin|>", readTokenSection],
  ["<|tool_call_begin|>", readTokenCall],
  ["<|python_tag|>", readTaggedBareCalls],
  ["<|python_start|>", readTaggedBareCalls],
  ...pairs([...blockClosings, ...tags("</", ["function", "invoke"], ">"), ...tokenClosings], readLayout),
  ...pairs(resultOpenings, readInventedResult),
  ...edgeOpenings,
  ...harmonyOpenings,
]);

/** What is markup without tools, too. */
const plainOpenings: ReadonlyMap<string, Recogniser> = new Map([...edgeOpenings, ...harmonyOpenings]);

function pairs(marks: readonly string[], recogniser: Recogniser): (readonly [string, Recogniser])[] {
  return marks.map((mark) => [mark, recogniser] as const);
}

/** Every marker that can begin a call or belongs to one, as `TextReader.accept` compares them. */
export const callMarkers: readonly string[] = [...openings.keys()];

const markers = createMarks(callMarkers);
const plainMarkers = createMarks([...plainOpenings.keys()]);

function markersOf({ offersTools }: CallSession): Marks {
  return offersTools ? markers : plainMarkers;
}

/** Whether the marker of a recogniser stands, or may still come to stand, where the reader is, or `ahead` of it. */
export function mayBeMarker(session: CallSession, ahead: number): boolean {
  const { text, at, ended } = session.reader;
  return markersOf(session).look(text, at + ahead, ended) !== undefined;
}

/** Reads the marker that stands here and gives its recogniser; reads nothing if there is none. */
export function* findRecogniser(session: CallSession): Reading<Recogniser | undefined> {
  const marker = yield* readMark(session.reader, markersOf(session));
  return marker === undefined ? undefined : openings.get(marker);
}
