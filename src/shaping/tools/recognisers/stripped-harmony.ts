import type { CallSession, Recogniser } from "../call-session.ts";
import { createStops, type Reading } from "../text-reader.ts";
import { readContent, readHeader } from "./harmony.ts";

/** The words of a header where an answer goes on, glued to what stands before them. */
export const strippedHeaders = [
  "assistantanalysis",
  "assistantcommentary",
  "assistantfinal",
  "assistant<|channel|>",
];
/** The same behind a message, where a recipient alone makes a header, too. */
const turns = [...strippedHeaders, "assistant to=", "assistantto="];
const ends = createStops([...turns, "<|end|>", "<|start|>", "<|call|>", "<|return|>"]);
/** What may be left of the tokens between messages. */
const tokens = ["<|start|>", "<|channel|>", "<|end|>", "<|call|>", "<|message|>"];

/**
 * Reads messages of gpt-oss of which a server has stripped the tokens, so that the words of their headers are left:
 * `analysis…assistantcommentary to=functions.x json{…}`, `analysis…assistantfinal…`. To be asked where the answer of such
 * a model begins. False: what the reader recorded is text. Behind `final` the text of the answer is left to the caller.
 */
export function* readStrippedHarmony(session: CallSession): Reading<boolean> {
  yield* session.reader.space();
  return yield* readMessages(session, true);
}

/**
 * Reads on from such a header: the beginning of the answer was text, since its own header was lost, too, or only the tokens
 * of this one were.
 */
export const readStrippedHeader: Recogniser = function* (session) {
  const { reader } = session;
  reader.replace(reader.recorded());
  session.wroteMessage ||= !session.atStart;
  return yield* readMessages(session, false);
};

function* readMessages(session: CallSession, begins: boolean): Reading<boolean> {
  const { reader } = session;
  for (let isFirst = begins; ; isFirst = false) {
    const message = yield* readMessage(session, isFirst);
    if (message !== "more") return message === "final";
    reader.record();
    yield* reader.space();
    while ((yield* reader.accept(tokens)) !== undefined) yield* reader.space();
    if (!(yield* reader.sees(turns))) return true;
  }
}

function* readMessage(session: CallSession, isFirst: boolean): Reading<"more" | "final" | "text"> {
  const { reader, outlet } = session;
  const isMarked = (yield* reader.accept(["assistant"])) !== undefined || !isFirst;
  if (isMarked) {
    yield* reader.space();
    yield* reader.accept(["<|channel|>"]);
  }
  if (yield* reader.sees(["to="])) return yield* readCall(session, "");
  const channel = yield* reader.accept(["analysis", "commentary", "final"]);
  if (channel === undefined) return "text";
  if (channel === "commentary" && (yield* reader.sees([" to=", "to="])))
    return yield* readCall(session, channel);
  const next = yield* reader.peek(1);
  if (channel === "final") {
    // A word like "finally" may begin an answer.
    if (!isMarked && !/[^a-z\s]/.test(next)) return "text";
    yield* reader.accept(["<|message|>"]);
    yield* readContent(session, channel, ends);
    return "final";
  }
  if (!isMarked && /^[\s,.-]?$/.test(next)) return yield* readSentence(session, channel);
  yield* reader.accept([":", "<|message|>"]);
  yield* readContent(session, channel, ends);
  if (channel === "commentary") yield* reader.until(ends, (text) => outlet.text(text));
  return "more";
}

function* readCall(session: CallSession, channel: string): Reading<"more" | "text"> {
  const header = yield* readHeader(session);
  if (header === undefined) return "text";
  yield* readContent(session, channel + header, ends);
  return "more";
}

/** Reads a message whose channel may be the first word of a sentence instead: only the next header tells. */
function* readSentence({ reader, outlet }: CallSession, channel: string): Reading<"more" | "text"> {
  const pieces: string[] = [];
  if (!(yield* reader.until(ends, (text) => pieces.push(text)))) return "text";
  if (channel === "analysis") outlet.reasoning(pieces.join(""));
  else outlet.text(pieces.join(""));
  return "more";
}
