import type { HttpReply } from "./reply.ts";
import type { ChatBody } from "./types.ts";

/** Room that the app keeps free for the answer, in tokens. */
const ANSWER_ROOM = 1000;
/** Characters that are counted at once. */
const SLICE = 4096;
/** Text that looks like a special token is counted as text. */
const PLAIN = { disallowedSpecial: new Set<string>() };
/** With less room than this for the newest message the app refuses instead of cutting it. */
const LEAST_ROOM = 100;

/**
 * The 400 for texts that do not fit a context of `tokenLimit` tokens, or `undefined`. Older messages that do not
 * fit are dropped and a newest message that is too long is cut, both without a sign in the reply.
 */
export async function lengthRefusal(body: ChatBody, tokenLimit: number): Promise<HttpReply | undefined> {
  const room = tokenLimit - ANSWER_ROOM;
  const system = body.system || "You are a helpful assistant.";
  const files = (body.context ?? []).map(({ name, content }) => fileText(name, content)).join("\n");
  const newest = body.messages.at(-1)?.content ?? "";
  // A token has at least one byte, so most requests need no counting.
  const bytes = Buffer.byteLength(system) + Buffer.byteLength(files) + Buffer.byteLength(newest);
  if (bytes <= room) return undefined;

  const { countTokens } = await import("gpt-tokenizer/encoding/cl100k_base");
  const count = (text: string): number => countInSlices(text, (slice) => countTokens(slice, PLAIN));
  const taken = count(system) + count(files);
  if (files !== "" && taken > room) {
    return tooLong(
      "Your files have too much content for this model. Please remove some files or try a different model.",
    );
  }
  if (taken + count(newest) > room && room - taken < LEAST_ROOM) {
    return tooLong(
      "[Message too long for this model. Please try with a shorter message or a different model.]",
    );
  }
  return undefined;
}

/** Counts slice by slice, as the tokenizer takes quadratic time for runs without a break. */
function countInSlices(text: string, count: (slice: string) => number): number {
  let sum = 0;
  for (let at = 0; at < text.length; at += SLICE) sum += count(text.slice(at, at + SLICE));
  return sum;
}

/** How the app shows a file to the model. */
export function fileText(name: unknown, content: unknown): string {
  return `This is the content of the file ${String(name)}: ${String(content)}`;
}

function tooLong(text: string): HttpReply {
  return {
    kind: "http",
    status: 400,
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: text,
  };
}
