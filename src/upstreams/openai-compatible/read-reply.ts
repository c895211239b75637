import { GatewayError } from "../../errors.ts";
import type { EventBatch } from "../../model/events.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { Reply } from "../http/exchange.ts";
import type { StreamDecoder } from "./decode-stream.ts";

/** The longest answer of a model takes a tenth of this; a server that never stops would fill the memory. */
const maxReplyBytes = 67_108_864;
/** How long the rest of a body is waited for once the server said why the answer ended: usage, if it comes at all. */
const graceMs = 5000;

/**
 * Decodes the body of an answer: one batch for each read that brings events. Ends after `finish`, or throws. A connection
 * that breaks, or a silence, behind the end of the answer is no failure. A slow consumer pauses the server's socket.
 */
export async function* readReply(
  reply: Reply,
  decoder: StreamDecoder,
  options: { readonly title: string; readonly startTimer: StartTimer },
): AsyncGenerator<EventBatch, void, undefined> {
  const { title, startTimer } = options;
  let bytes = 0;
  try {
    for (;;) {
      let broken: unknown;
      let events: EventBatch;
      try {
        const chunks = decoder.ended ? await readWithin(reply, graceMs, startTimer) : await reply.read();
        for (const chunk of chunks ?? []) bytes += chunk.length;
        if (bytes > maxReplyBytes) {
          throw new GatewayError("upstream-protocol", `${title}'s answer is too long to be read.`);
        }
        events = chunks === undefined ? decoder.end() : chunks.flatMap((chunk) => decoder.push(chunk));
      } catch (error) {
        broken = error;
        events = decoder.end();
      }
      if (events.length > 0) yield events;
      if (decoder.failure !== undefined) throw broken ?? decoder.failure.error;
      if (decoder.finished) return;
    }
  } finally {
    reply.discard();
  }
}

/** As `read`, but after a while the body is taken to be over. */
async function readWithin(
  reply: Reply,
  milliseconds: number,
  startTimer: StartTimer,
): Promise<readonly Uint8Array[] | undefined> {
  let stop: (() => void) | undefined;
  const late = new Promise<undefined>((resolve) => {
    stop = startTimer(milliseconds, () => resolve(undefined));
  });
  try {
    return await Promise.race([reply.read(), late]);
  } finally {
    stop?.();
  }
}
