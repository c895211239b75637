import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../call-session.ts";
import { createStops, type Reading, type Stops } from "../text-reader.ts";
import { readTurnEnd } from "./turn-edges.ts";

const messageEnds = createStops(["<|end|>", "<|start|>", "<|channel|>", "<|call|>", "<|return|>"]);
const callEnds = ["<|call|>", "<|end|>", "<|return|>"] as const;
const headerLimit = 200;
const channels = ["analysis", "commentary", "final"] as const;
/** Tokens within a header; they count as blanks, since their neighbours are often glued to them. */
const headerTokens = ["<|constrain|>", "<|channel|>"] as const;

/** A token that ends a message: markup once a channel was seen. */
const readEnd: Recogniser = function* (session) {
  return session.harmony || (yield* readTurnEnd(session));
};

const readContentToken: Recogniser = function* (session) {
  yield* [];
  // At the beginning of an answer it is what is left of a header.
  return session.harmony || (session.mayStripHarmony && session.atStart);
};

/**
 * Reads a message of gpt-oss after `<|start|>`: `assistant`, perhaps with a recipient, then its channel. See
 * https://cookbook.openai.com/articles/openai-harmony for the format.
 */
const readStart: Recogniser = function* (session) {
  const { reader } = session;
  if ((yield* reader.accept(["assistant"])) === undefined) {
    // Behind its own messages the model goes on with those of others.
    if (!session.harmony || !(yield* reader.sees(["functions.", "user", "tool", "system"]))) return false;
    session.overrun = true;
    return true;
  }
  return yield* readMessage(session);
};

/** Reads a message after `<|channel|>`. */
const readChannel: Recogniser = function* (session) {
  yield* session.reader.space();
  return (yield* session.reader.sees(channels)) ? yield* readMessage(session) : false;
};

/** What the recognisers of harmony begin with. */
export const harmonyOpenings: readonly (readonly [string, Recogniser])[] = [
  ["<|start|>", readStart],
  ["<|channel|>", readChannel],
  ["<|message|>", readContentToken],
  ...callEnds.map((mark) => [mark, readEnd] as const),
];

function* readMessage(session: CallSession): Reading<boolean> {
  const header = yield* readHeader(session);
  if (header === undefined) return false;
  yield* readContent(session, header, messageEnds);
  return true;
}

/**
 * Reads a header and the token behind it, which may be missing where a call's JSON makes clear where that begins.
 * `undefined`: it is none.
 */
export function* readHeader({ reader }: CallSession): Reading<string | undefined> {
  let header = "";
  for (;;) {
    header += yield* reader.while(/[^<\n{"]/y, headerLimit);
    if ((yield* reader.accept(headerTokens)) === undefined) break;
    header += " ";
  }
  if ((yield* reader.accept(["<|message|>"])) !== undefined) return header;
  if (recipientOf(header) === undefined) return undefined;
  yield* reader.space();
  return (yield* reader.sees(["{", '"{'])) ? header : undefined;
}

function recipientOf(header: string): string | undefined {
  return /to=\s*(\S+)/.exec(header)?.[1];
}

/**
 * Reads a message whose header was read, up to one of `ends`: thinking, or a call, which may close with one of harmony's
 * tokens. Other text stays for the caller.
 */
export function* readContent(session: CallSession, header: string, ends: Stops): Reading<void> {
  const { reader, outlet } = session;
  session.harmony = true;
  const recipient = recipientOf(header);
  if (recipient !== undefined && session.offersTools) {
    const call = session.begin(toolName(session, recipient));
    const end = yield* readSettledArguments(session, call, ends);
    yield* reader.space();
    yield* reader.accept(callEnds);
    concludeCall(session, call, end);
    return;
  }
  // A call of a tool that nobody offered is part of the way to the answer.
  if (recipient !== undefined || /\banalysis/.test(header)) {
    reader.forget();
    yield* reader.until(ends, (text) => outlet.reasoning(text));
    yield* reader.accept(["<|end|>", "<|call|>"]);
    return;
  }
  if (session.wroteMessage) outlet.text("\n\n");
  session.wroteMessage = true;
}

/** The name that a recipient stands for: where tokens were lost, the words behind them are glued to it. */
function toolName({ directory }: CallSession, recipient: string): string {
  if (directory.find(recipient) !== undefined) return recipient;
  const bare = recipient.replace(/(?:analysis|commentary|final)?(?:json|code)?$/, "");
  return directory.find(bare) === undefined ? recipient : bare;
}
