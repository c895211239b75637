import type { FastifyReply } from "fastify";
import type { Config } from "../config.ts";
import type { StreamEncoder } from "../dialects/dialect.ts";
import { toGatewayError } from "../errors.ts";
import type { PictureEvent } from "../model/picture.ts";
import { noteMissing } from "./answer-facts.ts";
import { createEventSink } from "./event-sink.ts";

/** What `sendImageEvents` needs. */
export interface SendImageEventsOptions {
  readonly events: AsyncIterable<PictureEvent>;
  readonly encoder: StreamEncoder<PictureEvent>;
  readonly config: Pick<Config, "RESPONSE_HOLD_MS" | "HEARTBEAT_MS">;
  /** From `clientSignal(reply)`. */
  readonly signal: AbortSignal;
}

/**
 * Streams pictures as server-sent events. Throws a `GatewayError` when it fails before the head was sent,
 * which is held until the upstream has accepted a job; later failures are an error event, as are pictures that are
 * missing at the end.
 */
export async function sendImageEvents(reply: FastifyReply, options: SendImageEventsOptions): Promise<void> {
  const { events, encoder, signal } = options;
  const { facts } = reply.request;
  facts.stream = true;
  const sink = createEventSink(reply, {
    config: options.config,
    heartbeat: () => encoder.heartbeat(),
    lateHeaders: (head) => reply.request.facts.headersFor(head),
  });
  try {
    for await (const event of events) {
      if (event.type === "picture") facts.pictures += 1;
      if (event.type === "missing") noteMissing(facts, event.pictures);
      if (!sink.write(encoder.push(event), true)) await sink.drained();
      if (signal.aborted) break;
    }
    if (signal.aborted) throw signal.reason;
    sink.end("");
  } catch (thrown) {
    const error = toGatewayError(signal.aborted ? signal.reason : thrown);
    if (!sink.committed) throw error;
    facts.error = error.kind;
    facts.cause = error;
    sink.end(encoder.fail(error));
  } finally {
    sink.release();
  }
}
