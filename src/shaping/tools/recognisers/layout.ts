import { turnEndsAfterCall } from "../../turn-tokens.ts";
import type { Recogniser } from "../call-session.ts";
import { fold, type Reading, type TextReader } from "../text-reader.ts";
import { blockClosings, blockNames, tags, tokenClosings } from "./markup.ts";

/** What closes the parts of a call. */
const tagClosings = [
  ...blockClosings,
  ...tags("</", ["function", "invoke", "parameter", "arg_key", "arg_value"], ">"),
];
/** Closings that nothing but calls has. */
const ownClosings: ReadonlySet<string> = new Set(tags("</", blockNames, ">").map(fold));
const turnEndSet: ReadonlySet<string> = new Set(turnEndsAfterCall.map(fold));

/** Markup that is not worth a word behind a call. */
export const layoutMarks: readonly string[] = [
  ...tagClosings,
  ...tokenClosings,
  "</tool_response>",
  "<|tool_sep|>",
];

/**
 * Reads over closing markup behind a call. Elsewhere it is text, unless nothing but such markup follows to the end of the
 * answer, on lines of its own: there a model closes a call that it never began.
 */
export const readLayout: Recogniser = function* (session) {
  const { reader, outlet } = session;
  if (outlet.followsCall) {
    outlet.layout(reader.recorded());
    return true;
  }
  if (session.openedAsText || session.atStart || !session.lineStart) return false;
  if (turnEndSet.has(fold(reader.recorded()))) return false;
  return yield* seesOnlyClosings(reader, reader.recorded());
};

/**
 * Reads closing markup and white space; whether it goes to the end of the answer, and is of calls: a lone `</function>`
 * may close other XML.
 */
function* seesOnlyClosings(reader: TextReader, first: string): Reading<boolean> {
  const found = [first];
  for (;;) {
    yield* reader.space();
    const next = yield* reader.accept(layoutMarks);
    if (next === undefined) break;
    found.push(next);
  }
  if (yield* reader.need(1)) return false;
  return found.length > 1 || ownClosings.has(fold(first));
}

/** A result behind a call was invented: the tool has not run yet. Without a call before it, it is text. */
export const readInventedResult: Recogniser = function* (session) {
  yield* [];
  if (session.given + session.passable + session.faults.length === 0) return false;
  session.overrun = true;
  return true;
};
