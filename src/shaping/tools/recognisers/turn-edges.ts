import { openingHeaders, strangeHeaders, turnEnds, userHeader } from "../../turn-tokens.ts";
import type { Recogniser } from "../call-session.ts";
import { createMarks, readMark } from "../marks.ts";

/** Around a whole answer, or a part of it: what opens it, and what then closes it. */
const wrappers: readonly { readonly open: string; readonly close: string; readonly follows?: "thinking" }[] =
  [
    // GLM's vision models; Kimi K3; Command; OpenThinker.
    { open: "<|begin_of_box|>", close: "<|end_of_box|>" },
    { open: "<|open|>response<|sep|>", close: "<|close|>response<|sep|>" },
    { open: "<|START_RESPONSE|>", close: "<|END_RESPONSE|>" },
    { open: "<|begin_of_solution|>", close: "<|end_of_solution|>" },
    // ERNIE. Without thinking before it, it is XML that someone asked for.
    { open: "<response>", close: "</response>", follows: "thinking" },
  ];

/** `</think>` at the end of an answer was written once too often. */
const endings = [
  ...turnEnds,
  ...wrappers.flatMap(({ close, follows }) => (follows === undefined ? [close] : [])),
  "</think>",
];

const strange: ReadonlySet<string> = new Set([...strangeHeaders, userHeader]);
const edges = createMarks([...endings, ...openingHeaders, ...strange]);

/**
 * Reads what follows a token that ends the turn, or a closing tag like it: at the end of the answer all of them are left
 * out, behind a call they are layout. A model that goes on with a turn of somebody else is stopped there. Otherwise
 * they are text.
 */
export const readTurnEnd: Recogniser = function* (session) {
  const { reader, outlet } = session;
  for (;;) {
    yield* reader.space();
    const mark = yield* readMark(reader, edges);
    if (mark === undefined) break;
    if (strange.has(mark) && !session.quotesTurns) {
      session.overrun = true;
      return true;
    }
  }
  if (!(yield* reader.need(1))) return true;
  // Before a call it is left out with it: the call decides.
  if (!outlet.followsCall) return (yield* reader.sees(["<"])) ? "nested" : false;
  outlet.layout(reader.recorded());
  return true;
};

/** A header of the assistant's turn leaked where an answer begins, or behind a call; elsewhere the text speaks of it. */
const readOpeningHeader: Recogniser = function* (session) {
  if (session.atStart || session.outlet.followsCall) {
    yield* session.reader.space();
    return true;
  }
  session.quotesTurns = true;
  return false;
};

/**
 * Behind a call another's turn is invented. What opens one elsewhere belongs to text that speaks of turns: what ends them
 * does, too, then.
 */
const readStrangeHeader: Recogniser = function* (session) {
  yield* [];
  session.overrun = session.outlet.followsCall;
  session.quotesTurns = true;
  return session.overrun;
};

/** GLM ends its turn with what opens the user's. */
const readUserHeader: Recogniser = function* (session) {
  return (yield* readStrangeHeader(session)) || (yield* readTurnEnd(session));
};

function readWrapper(close: string, follows: "thinking" | undefined): Recogniser {
  return function* (session) {
    const { reader } = session;
    if (follows === "thinking" && !(session.atStart && session.thought)) return false;
    const space = yield* reader.space();
    if (follows === undefined && space === " ") return false;
    if (follows === "thinking" && (yield* reader.sees(["<"]))) return false;
    session.wrapper = close;
    return true;
  };
}

/** What closes a wrapper that was opened is left out wherever it stands. */
function readWrapperEnd(close: string, follows: "thinking" | undefined): Recogniser {
  return function* (session) {
    if (session.wrapper !== close) return follows === undefined && (yield* readTurnEnd(session));
    session.wrapper = undefined;
    return true;
  };
}

/** Mistral's end of a text is also HTML that ends what `<s>` began. */
const readStrikeEnd: Recogniser = function* (session) {
  return !session.strikes && (yield* readTurnEnd(session));
};

const readStrike: Recogniser = function* (session) {
  yield* [];
  session.strikes = true;
  return false;
};

/** What the recognisers of an answer's edges begin with: they count with and without tools. */
export const edgeOpenings: readonly (readonly [string, Recogniser])[] = [
  ...openingHeaders.map((mark) => [mark, readOpeningHeader] as const),
  ...strangeHeaders.map((mark) => [mark, readStrangeHeader] as const),
  [userHeader, readUserHeader],
  ...endings.map((mark) => [mark, readTurnEnd] as const),
  ["<s>", readStrike],
  ["</s>", readStrikeEnd],
  ...wrappers.flatMap(({ open, close, follows }) => [
    [open, readWrapper(close, follows)] as const,
    [close, readWrapperEnd(close, follows)] as const,
  ]),
];
