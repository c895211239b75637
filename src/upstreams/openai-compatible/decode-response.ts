import { Buffer } from "node:buffer";

import type { EventBatch } from "../../model/events.ts";
import type { DecodeOptions } from "./answer-reader.ts";
import { createStreamDecoder } from "./decode-stream.ts";
import type { UpstreamFailure } from "./failure.ts";
import type { JsonObject } from "./read-json.ts";

/** A whole answer as events; with a `failure` they are what came before it. */
export interface DecodedResponse {
  readonly events: EventBatch;
  readonly failure: UpstreamFailure | undefined;
  /** What OpenRouter wants back with the next turn. */
  readonly reasoningDetails: readonly JsonObject[];
}

/**
 * Decodes the body of an answer that was not asked for as a stream. It goes the way of streams, so that both read the same,
 * and a server that streams all the same is understood.
 */
export function decodeResponse(body: string, options: DecodeOptions): DecodedResponse {
  const decoder = createStreamDecoder(options);
  const events = [...decoder.push(Buffer.from(body, "utf8")), ...decoder.end()];
  return { events, failure: decoder.failure, reasoningDetails: decoder.reasoningDetails };
}
