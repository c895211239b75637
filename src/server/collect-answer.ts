import type { FastifyRequest } from "fastify";

import { GatewayError } from "../errors.ts";
import { createCollector, type ChatResponse } from "../model/collect.ts";
import type { EventBatch } from "../model/events.ts";
import { noteEvent } from "./answer-facts.ts";

/**
 * Collects a whole answer for a client that does not stream, and notes model and usage for the log.
 * Rejects with what the stream throws; an end without a finish is kind `upstream-truncated`.
 */
export async function collectAnswer(
  request: FastifyRequest,
  events: AsyncIterable<EventBatch>,
): Promise<ChatResponse> {
  const collector = createCollector();
  let finished = false;
  for await (const batch of events) {
    for (const event of batch) {
      collector.push(event);
      noteEvent(request.facts, event);
      finished ||= event.type === "finish";
    }
  }
  if (!finished)
    throw new GatewayError("upstream-truncated", "The upstream ended the answer before it was complete.");
  return collector.result();
}
