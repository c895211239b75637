import type { FastifyReply } from "fastify";
import type { Config } from "../config.ts";
import { encodeImageEvent, encodeImageStreamError } from "../dialects/openai-images/encode-response.ts";
import { toGatewayError } from "../errors.ts";
import type { ImageEncoding, PictureEvent } from "../model/picture.ts";
import { encodeSseComment } from "../stream/sse.ts";
import { noteMissing } from "./answer-facts.ts";
import { createEventSink } from "./event-sink.ts";

/** What `sendImageEvents` needs. */
export interface SendImageEventsOptions {
  readonly events: AsyncIterable<PictureEvent>;
  readonly encoding: ImageEncoding | undefined;
  readonly config: Pick<Config, "RESPONSE_HOLD_MS" | "HEARTBEAT_MS">;
  /** From `clientSignal(reply)`. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Streams pictures as server-sent events. Throws a `GatewayError` when it fails before the head was sent,
 * which is held until the upstream has accepted a job; later failures are an error event, as are pictures that are
 * missing at the end.
 */
export async function sendImageEvents(reply: FastifyReply, options: SendImageEventsOptions): Promise<void> {
  const { events, encoding, signal, now } = options;
  const { facts } = reply.request;
  facts.stream = true;
  const sink = createEventSink(reply, {
    config: options.config,
    heartbeat: () => encodeSseComment(""),
    lateHeaders: reply.request.facts.lateHeaders,
  });
  try {
    for await (const event of events) {
      if (event.type === "picture") facts.pictures += 1;
      if (event.type === "missing") noteMissing(facts, event.pictures);
      const text = encodeImageEvent(event, Math.floor(now() / 1000), encoding);
      if (!sink.write(text, true)) await sink.drained();
      if (signal.aborted) break;
    }
    if (signal.aborted) throw signal.reason;
    sink.end("");
  } catch (thrown) {
    const error = toGatewayError(signal.aborted ? signal.reason : thrown);
    if (!sink.committed) throw error;
    facts.error = error.kind;
    facts.cause = error;
    sink.end(encodeImageStreamError(error));
  } finally {
    sink.release();
  }
}
