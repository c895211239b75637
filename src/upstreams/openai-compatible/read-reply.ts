import { GatewayError } from "../../errors.ts";
import type { EventBatch } from "../../model/events.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { Reply } from "../http/exchange.ts";
import type { StreamDecoder } from "./decode-stream.ts";

/** The longest answer of a model takes a tenth of this; a server that never stops would fill the memory. */
const maxReplyBytes = 67_108_864;
/** How long the rest of a body is waited for once the server said why the answer ended: usage, if it comes at all. */
const graceMs = 5000;

/** What reading an answer takes. */
export interface ReadReplyOptions {
  /** The upstream's name, as it stands in messages. */
  readonly title: string;
  readonly startTimer: StartTimer;
  /** Called when the server said why the answer ended: it is given within a few seconds, whatever the server does. */
  readonly onEnding: () => void;
}

/**
 * Decodes the body of an answer: one batch for each read that brings events. Ends after `finish`, or throws. A connection
 * that breaks, a silence, or chatter (pings, usage again and again) behind the end of the answer is no failure and keeps nobody
 * waiting. A slow consumer pauses the server's socket.
 */
export async function* readReply(
  reply: Reply,
  decoder: StreamDecoder,
  options: ReadReplyOptions,
): AsyncGenerator<EventBatch, void, undefined> {
  const { title, startTimer, onEnding } = options;
  let bytes = 0;
  let grace: Deadline | undefined;
  try {
    for (;;) {
      let broken: unknown;
      let events: EventBatch;
      try {
        const chunks =
          grace === undefined ? await reply.read() : await Promise.race([reply.read(), grace.passed]);
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
      // Some say why the answer ended with each piece of it: only those of the answer put the deadline off.
      if (decoder.ended && (grace === undefined || events.length > 0)) {
        onEnding();
        grace?.stop();
        grace = startDeadline(startTimer);
      }
    }
  } finally {
    grace?.stop();
    reply.discard();
  }
}

interface Deadline {
  readonly passed: Promise<undefined>;
  readonly stop: () => void;
}

function startDeadline(startTimer: StartTimer): Deadline {
  let stop: (() => void) | undefined;
  const passed = new Promise<undefined>((resolve) => {
    stop = startTimer(graceMs, () => resolve(undefined));
  });
  return { passed, stop: () => stop?.() };
}
