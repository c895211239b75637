import type { FastifyReply } from "fastify";

import type { Config } from "../config.ts";
import type { StreamEncoder } from "../dialects/dialect.ts";
import { GatewayError, toGatewayError } from "../errors.ts";
import type { EventBatch } from "../model/events.ts";
import type { Source } from "../stream/source.ts";
import { noteEvent } from "./answer-facts.ts";
import { createEventSink } from "./event-sink.ts";

/** How a stream is sent, whatever its events are. */
export interface StreamOptions {
  /** Gives what to write in silence, at its time: an empty chunk, an event, or a comment. */
  readonly heartbeat: () => string;
  readonly config: Pick<Config, "RESPONSE_HOLD_MS" | "HEARTBEAT_MS">;
  /** Of the frames. Default: server-sent events. */
  readonly contentType?: string | undefined;
  /** From `clientSignal(reply)`. */
  readonly signal: AbortSignal;
  /** Failures that clients of the dialect understand only inside a stream, so that they get no HTTP status. */
  readonly failsInStream?: (error: GatewayError) => boolean;
  /** What the end of an answer that is complete waits for. It never rejects. */
  readonly beforeEnd?: (() => Promise<void>) | undefined;
}

/** What `sendEvents` needs. */
export interface SendEventsOptions extends Omit<StreamOptions, "heartbeat" | "contentType"> {
  /** As `ChatService.complete`, called with `signal`. */
  readonly events: Source<EventBatch>;
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
  readonly batches: Source<B>;
  encode(batch: B): EncodedBatch;
  /** The dialect's error frame. */
  fail(error: GatewayError): string;
}

/**
 * Streams an answer, as server-sent events or as what `contentType` says: one write per batch, paused while the client does not read.
 *
 * The head is held until the first block (or the finish), so that an early failure keeps its HTTP status:
 * then this rejects with a `GatewayError` and the plugin's error handler answers. After
 * `RESPONSE_HOLD_MS` of silence 200 is sent all the same, and heartbeats begin. From then on a failure is
 * the dialect's error frame, never a normal end.
 */
export function sendEvents(reply: FastifyReply, options: SendEventsOptions): Promise<void> {
  const { encoder } = options;
  const { facts } = reply.request;
  return sendBatches(reply, {
    ...options,
    batches: options.events,
    contentType: encoder.contentType,
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
  const { batches, signal, beforeEnd } = options;
  const { facts } = reply.request;
  facts.stream = true;
  const sink = createEventSink(reply, { ...options, lateHeaders: (head) => facts.headersFor(head) });
  /** The answer is complete, or has failed. */
  let over = false;
  let ended: Promise<void> | undefined;

  try {
    await batches((batch) => {
      if (over) return undefined;
      const { text, meaningful, finished } = options.encode(batch);
      if (!finished) return sink.write(text, meaningful) ? undefined : sink.drained();
      over = true;
      if (beforeEnd === undefined) sink.end(text);
      else ended = beforeEnd().then(() => sink.end(text));
      return undefined;
    });
    if (!over) {
      throw new GatewayError("upstream-truncated", "The upstream ended the answer before it was complete.");
    }
  } catch (thrown) {
    if (over) {
      reply.log.debug({ err: thrown }, "the upstream failed after the answer was complete");
      return;
    }
    over = true;
    // An abort has one cause, whatever the layers below made of it.
    const error = toGatewayError(signal.aborted ? signal.reason : thrown);
    if (!sink.committed && options.failsInStream?.(error) !== true) throw error;
    facts.error = error.kind;
    facts.cause = error;
    sink.end(options.fail(error));
  } finally {
    await ended;
    sink.release();
  }
}
