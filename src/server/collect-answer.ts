import type { FastifyRequest } from "fastify";

import { GatewayError } from "../errors.ts";
import { createCollector, type ChatResponse } from "../model/collect.ts";
import type { EventBatch } from "../model/events.ts";
import type { Source } from "../stream/source.ts";
import { noteEvent } from "./answer-facts.ts";

/**
 * Collects a whole answer for a client that does not stream, and notes model and usage for the log.
 * Rejects with what the source fails of; an end without a finish is kind `upstream-truncated`.
 */
export async function collectAnswer(
  request: FastifyRequest,
  events: Source<EventBatch>,
): Promise<ChatResponse> {
  const collector = createCollector();
  let finished = false;
  await events((batch) => {
    for (const event of batch) {
      collector.push(event);
      noteEvent(request.facts, event);
      finished ||= event.type === "finish";
    }
    return undefined;
  });
  if (!finished)
    throw new GatewayError("upstream-truncated", "The upstream ended the answer before it was complete.");
  return collector.result();
}
