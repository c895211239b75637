import type { FastifyReply } from "fastify";

import type { Config } from "../config.ts";
import type { StreamEncoder } from "../dialects/dialect.ts";
import { GatewayError, toGatewayError } from "../errors.ts";
import type { EventBatch } from "../model/events.ts";
import { noteEvent } from "./answer-facts.ts";
import { createEventSink } from "./event-sink.ts";

/** What `sendEvents` needs. */
export interface SendEventsOptions {
  /** From `ChatService.complete`, called with `signal`. */
  readonly events: AsyncIterable<EventBatch>;
  readonly encoder: StreamEncoder;
  /** The frame to write in silence: an SSE comment, or the dialect's ping event. */
  readonly heartbeat: string;
  readonly config: Pick<Config, "RESPONSE_HOLD_MS" | "HEARTBEAT_MS">;
  /** From `clientSignal(reply)`. */
  readonly signal: AbortSignal;
}

/**
 * Streams an answer as server-sent events: one write per batch, paused while the client does not read.
 *
 * The head is held until the first block (or the finish), so that an early failure keeps its HTTP status:
 * then this rejects with a `GatewayError` and the plugin's error handler answers. After
 * `RESPONSE_HOLD_MS` of silence 200 is sent all the same, and heartbeats begin. From then on a failure is
 * the dialect's error frame, never a normal end. A client that leaves ends the iteration.
 */
export async function sendEvents(reply: FastifyReply, options: SendEventsOptions): Promise<void> {
  const { events, encoder, signal } = options;
  const { facts } = reply.request;
  facts.stream = true;
  const sink = createEventSink(reply, options);
  let finished = false;

  try {
    for await (const batch of events) {
      // After the finish the upstream is only read to its end, so that its connection can be used again.
      if (finished) continue;
      let text = "";
      let meaningful = false;
      for (const event of batch) {
        noteEvent(facts, event);
        text += encoder.push(event);
        if (event.type !== "response-start") meaningful = true;
        if (event.type === "finish") finished = true;
      }
      if (finished) sink.end(text);
      else if (!sink.write(text, meaningful)) await sink.drained();
      if (signal.aborted && !finished) break;
    }
    if (!finished && !signal.aborted) {
      throw new GatewayError("upstream-truncated", "Akash Chat ended the answer before it was complete.");
    }
    if (!finished) throw signal.reason;
  } catch (thrown) {
    if (finished) {
      reply.log.debug({ err: thrown }, "the upstream failed after the answer was complete");
      return;
    }
    // An abort has one cause, whatever the layers below made of it.
    const error = toGatewayError(signal.aborted ? signal.reason : thrown);
    if (!sink.committed) throw error;
    facts.error = error.kind;
    facts.cause = error;
    sink.end(encoder.fail(error));
  } finally {
    sink.release();
  }
}
