import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../call-session.ts";
import { createStops, type Reading } from "../text-reader.ts";

const messageEnds = createStops(["<|end|>", "<|start|>", "<|channel|>", "<|call|>", "<|return|>"]);
const callEnds = ["<|call|>", "<|end|>", "<|return|>"] as const;
const headerLimit = 200;

/** Tokens that end or part messages: markup once a channel was seen. */
export const harmonyLayout = ["<|end|>", "<|return|>", "<|call|>", "<|message|>"] as const;

/**
 * Reads a message of gpt-oss after `<|start|>`: `assistant`, perhaps with a recipient, then its channel. See
 * https://cookbook.openai.com/articles/openai-harmony for the format.
 */
export const readHarmonyStart: Recogniser = function* (session) {
  const { reader } = session;
  if ((yield* reader.accept(["assistant"])) === undefined) return false;
  const header = yield* reader.while(/[^<\n]/y, headerLimit);
  if ((yield* reader.accept(["<|channel|>"])) !== undefined) return yield* readMessage(session, header);
  if ((yield* reader.accept(["<|message|>"])) === undefined) return false;
  return yield* readContent(session, "final", header);
};

/** Reads a message after `<|channel|>`. */
export const readHarmonyChannel: Recogniser = (session) => readMessage(session, "");

function* readMessage(session: CallSession, before: string): Reading<boolean> {
  const { reader } = session;
  yield* reader.space();
  const channel = yield* reader.accept(["analysis", "commentary", "final"]);
  if (channel === undefined) return false;
  let header = before + (yield* reader.while(/[^<\n]/y, headerLimit));
  if ((yield* reader.accept(["<|constrain|>"])) !== undefined)
    header += yield* reader.while(/[^<\n]/y, headerLimit);
  if ((yield* reader.accept(["<|message|>"])) === undefined) return false;
  return yield* readContent(session, channel, header);
}

function* readContent(session: CallSession, channel: string, header: string): Reading<boolean> {
  const { reader, outlet } = session;
  session.harmony = true;
  const recipient = /\bto=(\S+)/.exec(header)?.[1];
  if (recipient !== undefined) {
    const call = session.begin(recipient);
    const end = yield* readSettledArguments(session, call, messageEnds);
    yield* reader.space();
    yield* reader.accept(callEnds);
    concludeCall(session, call, end);
    return true;
  }
  if (channel !== "analysis") return true;
  reader.forget();
  yield* reader.until(messageEnds, (text) => outlet.reasoning(text));
  yield* reader.accept(["<|end|>"]);
  return true;
}
