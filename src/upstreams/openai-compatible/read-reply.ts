import { GatewayError } from "../../errors.ts";
import type { EventBatch } from "../../model/events.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { guardSink } from "../../stream/guard-sink.ts";
import { joinBytes } from "../../stream/join-bytes.ts";
import type { Sink } from "../../stream/source.ts";
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
 * Decodes the body of an answer: one batch for each read that brings events. Ends after `finish`, or rejects. A connection
 * that breaks, a silence, or chatter (pings, usage again and again) behind the end of the answer is no failure and keeps nobody
 * waiting. A slow sink pauses the server's socket.
 */
export async function readReply(
  reply: Reply,
  decoder: StreamDecoder,
  { title, startTimer, onEnding }: ReadReplyOptions,
  sink: Sink<EventBatch>,
): Promise<void> {
  let received = 0;
  let stopGrace: (() => void) | undefined;
  /** Of the connection, or of what came on it; not of the sink. */
  let broken: unknown;
  const taker = guardSink(sink);

  function give(events: EventBatch): Promise<void> | undefined {
    return events.length === 0 ? undefined : taker.sink(events);
  }

  /** Some say why the answer ended with each piece of it: only those of the answer put the deadline off. */
  function watchEnd(events: EventBatch): void {
    if (!decoder.ended || (stopGrace !== undefined && events.length === 0)) return;
    onEnding();
    stopGrace?.();
    stopGrace = startTimer(graceMs, () => reply.discard());
  }

  try {
    try {
      await reply.read((pieces) => {
        const bytes = joinBytes(pieces);
        received += bytes.length;
        if (received > maxReplyBytes) {
          throw new GatewayError("upstream-protocol", `${title}'s answer is too long to be read.`);
        }
        const events = decoder.push(bytes);
        if (decoder.finished || decoder.failure !== undefined) reply.discard();
        else watchEnd(events);
        return give(events);
      });
    } catch (error) {
      if (taker.failure !== undefined) throw error;
      broken = error;
    }
    await give(decoder.end());
    if (decoder.failure !== undefined) throw broken ?? decoder.failure.error;
  } finally {
    stopGrace?.();
    reply.discard();
  }
}
