import type { CallSession, Recogniser } from "../call-session.ts";
import { createMarks } from "../marks.ts";
import type { Reading, TextReader } from "../text-reader.ts";
import { readTaggedBareCalls } from "./bare-calls.ts";
import { readCallBlock, readCallBlockWithAttributes } from "./call-block.ts";
import { harmonyLayout, readHarmonyChannel, readHarmonyStart } from "./harmony.ts";
import { blockClosings, blockOpenings, blockOpeningsWithAttributes, tags, tokenClosings } from "./markup.ts";
import { readFunctionEquals, readInvoke } from "./tagged-function.ts";
import { readTokenCall, readTokenSection } from "./token-call.ts";

/** Markup that is not worth a word: read over after a call, text anywhere else. */
const readLayout: Recogniser = function* (session) {
  yield* [];
  if (!session.outlet.followsCall) return false;
  session.outlet.layout(session.reader.recorded());
  return true;
};

/** Harmony's own tokens: markup once the answer has shown to be written in it. */
const readHarmonyLayout: Recogniser = function* (session) {
  yield* [];
  return session.harmony;
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
  ["<|start|>", readHarmonyStart],
  ["<|channel|>", readHarmonyChannel],
  ...pairs([...blockClosings, ...tags("</", ["function", "invoke"], ">"), ...tokenClosings], readLayout),
  ...pairs(harmonyLayout, readHarmonyLayout),
  ...pairs(resultOpenings, readInventedResult),
]);

function pairs(marks: readonly string[], recogniser: Recogniser): (readonly [string, Recogniser])[] {
  return marks.map((mark) => [mark, recogniser] as const);
}

/** Every marker that can begin a call or belongs to one, as `TextReader.accept` compares them. */
export const callMarkers: readonly string[] = [...openings.keys()];

const markers = createMarks(callMarkers);

/** Whether the marker of a recogniser stands, or may still come to stand, where the reader is, or `ahead` of it. */
export function mayBeMarker({ text, at, ended }: TextReader, ahead: number): boolean {
  return markers.look(text, at + ahead, ended) !== undefined;
}

/** Reads the marker that stands here and gives its recogniser; reads nothing if there is none. */
export function* findRecogniser({ reader }: CallSession): Reading<Recogniser | undefined> {
  for (;;) {
    const marker = markers.look(reader.text, reader.at, reader.ended);
    if (marker === undefined) return undefined;
    if (marker !== null) {
      reader.take(marker.length);
      return openings.get(marker);
    }
    yield;
  }
}
