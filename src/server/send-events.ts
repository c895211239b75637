import type { FastifyReply } from "fastify";

import type { Config } from "../config.ts";
import type { StreamEncoder } from "../dialects/dialect.ts";
import { GatewayError, toGatewayError } from "../errors.ts";
import type { EventBatch } from "../model/events.ts";
import { noteEvent } from "./answer-facts.ts";
import { createEventSink } from "./event-sink.ts";

/** How a stream is sent, whatever its events are. */
export interface StreamOptions {
  /** Gives what to write in silence, at its time: an empty chunk, an event, or a comment. */
  readonly heartbeat: () => string;
  readonly config: Pick<Config, "RESPONSE_HOLD_MS" | "HEARTBEAT_MS">;
  /** From `clientSignal(reply)`. */
  readonly signal: AbortSignal;
  /** Failures that clients of the dialect understand only inside a stream, so that they get no HTTP status. */
  readonly failsInStream?: (error: GatewayError) => boolean;
}

/** What `sendEvents` needs. */
export interface SendEventsOptions extends Omit<StreamOptions, "heartbeat"> {
  /** From `ChatService.complete`, called with `signal`. */
  readonly events: AsyncIterable<EventBatch>;
  readonly encoder: StreamEncoder;
}

/** A batch as text. */
export interface EncodedBatch {
  readonly text: string;
  /** False while nothing but the announcement of an answer has come: the head may still be held. */
  readonly meaningful: boolean;
  /** The answer is complete; nothing may follow. */
  readonly finished: boolean;
}

/** What `sendBatches` needs. */
export interface SendBatchesOptions<B> extends StreamOptions {
  readonly batches: AsyncIterable<B>;
  encode(batch: B): EncodedBatch;
  /** The dialect's error frame. */
  fail(error: GatewayError): string;
}

/**
 * Streams an answer as server-sent events: one write per batch, paused while the client does not read.
 *
 * The head is held until the first block (or the finish), so that an early failure keeps its HTTP status:
 * then this rejects with a `GatewayError` and the plugin's error handler answers. After
 * `RESPONSE_HOLD_MS` of silence 200 is sent all the same, and heartbeats begin. From then on a failure is
 * the dialect's error frame, never a normal end. A client that leaves ends the iteration.
 */
export function sendEvents(reply: FastifyReply, options: SendEventsOptions): Promise<void> {
  const { encoder } = options;
  const { facts } = reply.request;
  return sendBatches(reply, {
    ...options,
    batches: options.events,
    heartbeat: () => encoder.heartbeat(),
    fail: (error) => encoder.fail(error),
    encode(batch) {
      let text = "";
      let meaningful = false;
      let finished = false;
      for (const event of batch) {
        noteEvent(facts, event);
        text += encoder.push(event);
        if (event.type !== "response-start") meaningful = true;
        if (event.type === "finish") finished = true;
      }
      return { text, meaningful, finished };
    },
  });
}

/** `sendEvents` for batches of any form, for answers that are more than one event stream. */
export async function sendBatches<B>(reply: FastifyReply, options: SendBatchesOptions<B>): Promise<void> {
  const { batches, signal } = options;
  const { facts } = reply.request;
  facts.stream = true;
  const sink = createEventSink(reply, { ...options, lateHeaders: () => facts.headersNow });
  let finished = false;

  try {
    for await (const batch of batches) {
      // After the finish the upstream is only read to its end, so that its connection can be used again.
      if (finished) continue;
      const encoded = options.encode(batch);
      finished = encoded.finished;
      if (finished) sink.end(encoded.text);
      else if (!sink.write(encoded.text, encoded.meaningful)) await sink.drained();
      if (signal.aborted && !finished) break;
    }
    if (!finished) {
      throw new GatewayError("upstream-truncated", "The upstream ended the answer before it was complete.");
    }
  } catch (thrown) {
    if (finished) {
      reply.log.debug({ err: thrown }, "the upstream failed after the answer was complete");
      return;
    }
    // An abort has one cause, whatever the layers below made of it.
    const error = toGatewayError(signal.aborted ? signal.reason : thrown);
    if (!sink.committed && options.failsInStream?.(error) !== true) throw error;
    facts.error = error.kind;
    facts.cause = error;
    sink.end(options.fail(error));
  } finally {
    sink.release();
  }
}
