import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";

import { createStreamEncoder } from "../../dialects/openai-chat/index.ts";
import { parseRequest } from "../../dialects/openai-responses/index.ts";
import { GatewayError } from "../../errors.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { sendEvents } from "../send-events.ts";
import { showIgnored } from "../show-ignored.ts";
import { backgroundElsewhere, responsesOf, toResponseContext } from "./openai-responses-create.ts";

/** Chat Completions' own way to ask for usage in a stream; the Responses API has no such field. */
const chunkBody = z.looseObject({
  stream: z.literal(true),
  stream_options: z.looseObject({ include_usage: z.boolean() }),
});

/**
 * Whether a Responses body on the Chat Completions route wants the answer of that route. Cursor's agent mode sends
 * such bodies, with `stream_options.include_usage`, and shows nothing but `chat.completion.chunk` objects
 * (Cursor forum 159298, litellm#34029).
 */
export function asksForChunks(body: object): boolean {
  return chunkBody.safeParse(body).success;
}

/** Answers a Responses body by a stream of chat chunks. Nothing is stored. Rejects with `GatewayError`. */
export async function answerInChunks(
  deps: ServerDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { config, newId, now } = deps;
  const { include_usage: includeUsage } = chunkBody.parse(request.body).stream_options;
  const given = parseRequest(request.body);
  // Chunks have no place for a compaction item, without which each turn would be compacted anew.
  const body = { ...given.body, context_management: undefined };
  const context = toResponseContext(deps, request, reply);
  const prepared = await responsesOf(deps, request).prepare({ ...given, body }, context);
  const { parsed } = prepared;
  if (parsed.compacts) {
    throw new GatewayError("unsupported", "Conversations are compacted at POST /v1/responses.", {
      param: "input",
    });
  }
  if (parsed.echo.background) throw backgroundElsewhere();
  // A chat completion can't be fetched again by a response's id, so nothing is stored.
  const unstored = body.store === true ? ["store"] : [];
  if (given.body.context_management !== undefined) unstored.push("context_management");
  const ignored = parsed.ignored.filter((name) => !name.startsWith("stream_options"));
  showIgnored(reply, [...ignored, ...unstored], parsed.spellings);
  const encoder = createStreamEncoder({
    id: newId("chatcmpl-"),
    created: Math.floor(now() / 1000),
    legacyFunctions: false,
    includeUsage,
    customTools: parsed.tools.customNames,
    model: parsed.request.model,
  });
  await sendEvents(reply, { events: prepared.answer(), encoder, config, signal: context.signal });
  return reply;
}
