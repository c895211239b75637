import { benchCall, benchValue, piecesOf, type Wish } from "./marker.ts";
import type { Reply } from "./client.ts";

/** An API, by how its replies are read. */
export type Dialect = "chat" | "messages" | "responses" | "gemini" | "ollama";

/** What a reply must be. */
export interface Expectation {
  readonly dialect: Dialect;
  readonly stream: boolean;
  readonly wish: Wish;
  /** How many answers. Default: 1. */
  readonly choices?: number;
  /** Whether calls come as text, since nobody reads them (the floor). */
  readonly raw?: boolean;
}

/** What stands before a piece of text in a stream, and what its end must look like. */
const streams: Readonly<Record<Dialect, { key: string; finish: RegExp; end: string }>> = {
  chat: { key: '"content":"', finish: /"finish_reason":"stop"/, end: "data: [DONE]\n\n" },
  messages: {
    key: '"text_delta","text":"',
    finish: /"stop_reason":"end_turn"/,
    end: '{"type":"message_stop"}\n\n',
  },
  responses: { key: '"delta":"', finish: /"type":"response\.completed"/, end: "\n\n" },
  ollama: { key: '"content":"', finish: /"done_reason":"stop"/, end: "}\n" },
  gemini: { key: '"parts":[{"text":"', finish: /"finishReason":"STOP"/, end: "\n\n" },
};

/** All strings behind `key` in `text`, joined, without a parser: a driver must not cost more than what it drives. */
export function joinStrings(text: string, key: string): string {
  let joined = "";
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at)) {
    const from = at + key.length;
    at = text.indexOf('"', from);
    while (at > 0 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
    if (at < 0) break;
    joined += text.slice(from, at);
  }
  return joined.includes("\\") ? String(JSON.parse(`"${joined}"`)) : joined;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

const texts = new Map<string, string>();

function textOf(wish: Wish): string {
  const key = `${wish.tokens} ${wish.reply}`;
  let text = texts.get(key);
  if (text === undefined) {
    text = piecesOf(wish).join("");
    texts.set(key, text);
  }
  return text;
}

/** The texts of a whole answer. */
function readWhole(dialect: Dialect, text: string): readonly string[] {
  // Each is checked by what is compared: what is missing makes `undefined`, which equals no text.
  const body = JSON.parse(text) as {
    choices?: { message?: { content?: string }; finish_reason?: string }[];
    content?: { text?: string }[];
    stop_reason?: string;
    output?: { content?: { text?: string }[] }[];
    status?: string;
    message?: { content?: string };
    done_reason?: string;
    candidates?: { content?: { parts?: { text?: string }[] }; finishReason?: string }[];
  };
  if (dialect === "ollama") return body.done_reason === "stop" ? [String(body.message?.content)] : [];
  if (dialect === "chat") {
    return (body.choices ?? []).map(({ message, finish_reason: reason }) =>
      reason === "stop" ? String(message?.content) : `finish_reason ${reason}`,
    );
  }
  if (dialect === "gemini") {
    return (body.candidates ?? []).map(({ content, finishReason: reason }) =>
      reason === "STOP" ? (content?.parts ?? []).map((part) => part.text).join("") : `finishReason ${reason}`,
    );
  }
  const [finish, content] =
    dialect === "messages"
      ? [body.stop_reason === "end_turn", body.content]
      : [body.status === "completed", body.output?.flatMap((item) => item.content ?? [])];
  return finish ? [(content ?? []).map((part) => part.text).join("")] : [];
}

/** The call of a Messages stream. */
function hasCall(text: string): boolean {
  const input = joinStrings(text, '"partial_json":"');
  return (
    text.includes(`"name":"${benchCall.name}"`) &&
    input !== "" &&
    JSON.stringify(JSON.parse(input)) === JSON.stringify(benchCall.input) &&
    text.includes('"stop_reason":"tool_use"') &&
    text.endsWith(streams.messages.end)
  );
}

function isRight({ status, text }: Reply, { dialect, stream, wish, choices = 1, raw }: Expectation): boolean {
  if (status !== 200) return false;
  if (wish.reply === "call" && raw !== true) return hasCall(text);
  if (stream) {
    const { key, finish, end } = streams[dialect];
    // The last event of some holds the whole answer once more.
    const last = text.slice(-4000 - textOf(wish).length * 2);
    return text.endsWith(end) && finish.test(last) && joinStrings(text, key) === textOf(wish);
  }
  const answers = readWhole(dialect, text);
  if (answers.length !== choices) return false;
  return wish.reply === "json" && raw !== true
    ? answers.every((answer) => JSON.stringify(JSON.parse(answer)) === JSON.stringify(benchValue))
    : answers.every((answer) => answer === textOf(wish));
}

/** Throws unless a reply has the right status, all of the answer in order, and a proper end. */
export function checkReply(reply: Reply, expected: Expectation): void {
  if (!isRight(reply, expected)) {
    const shown =
      reply.text.length > 700 ? `${reply.text.slice(0, 300)} … ${reply.text.slice(-400)}` : reply.text;
    throw new Error(`wrong reply (${reply.status}) for ${JSON.stringify(expected)}: ${shown}`);
  }
}
