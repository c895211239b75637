import type { FastifyReply, FastifyRequest } from "fastify";

import { ownerOf } from "../../access/caller.ts";
import { parseRequest } from "../../dialects/openai-responses/index.ts";
import { GatewayError } from "../../errors.ts";
import type { ResponseContext, ResponseService } from "../../responses/response-service.ts";
import type { StoreProblem } from "../../store/response-store.ts";
import { baseUrlOf } from "../base-url.ts";
import { clientSignal } from "../client-signal.ts";
import { collectAnswer } from "../collect-answer.ts";
import { readWishes } from "../read-wishes.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { createRunLog } from "../run-log.ts";
import { sendEvents } from "../send-events.ts";
import { showIgnored } from "../show-ignored.ts";
import { streamRun } from "../stream-run.ts";

/** Codex compacts a conversation that got too long only when a `response.failed` event says so. */
function failsInStream({ kind }: GatewayError): boolean {
  return kind === "context-length";
}

/** Tells the client that its response can't be fetched again for long, or not at all. */
function showProblem(reply: FastifyReply, problem: StoreProblem | undefined): void {
  if (problem !== undefined) reply.header("x-store-error", problem);
}

/** The refusal of a background response by a route that gives none. */
export function backgroundElsewhere(): GatewayError {
  return new GatewayError("unsupported", "Background responses are made at POST /v1/responses.", {
    param: "background",
  });
}

/** The responses that a caller sees and makes. */
export function responsesOf(
  { responses }: Pick<ServerDependencies, "responses">,
  { facts }: FastifyRequest,
): ResponseService {
  return responses.within(ownerOf(facts.caller));
}

/** What the service needs to know of who asks. Throws kind `invalid-request` for a wish that can't be read. */
export function toResponseContext(
  { config }: Pick<ServerDependencies, "config">,
  request: FastifyRequest,
  reply: FastifyReply,
): ResponseContext {
  return {
    signal: clientSignal(reply),
    wishes: readWishes(request.headers),
    baseUrl: baseUrlOf(request, config),
    watch: request.facts,
  };
}

/**
 * Answers a Responses body: streamed, whole, or in the background, which only the API's own route gives. Rejects with
 * `GatewayError` for the plugin's error handler when it fails before anything was sent.
 */
export async function answerResponses(
  deps: ServerDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { background }: { readonly background: "given" | "refused" },
): Promise<unknown> {
  const { config } = deps;
  const responses = responsesOf(deps, request);
  const input = parseRequest(request.body);
  const streams = input.body.stream === true;
  const context = toResponseContext(deps, request, reply);
  const { signal } = context;
  const prepared = await responses.prepare(input, context);
  const { parsed } = prepared;
  showIgnored(reply, parsed.ignored, parsed.spellings);

  if (parsed.echo.background) {
    if (background === "refused") throw backgroundElsewhere();
    const run = await prepared.startInBackground(createRunLog(request, deps));
    request.facts.response = run.response.id;
    showProblem(reply, run.problem);
    if (!streams) return reply.send(run.announced);
    await streamRun(reply, { run, startingAfter: -1, config, signal });
    return reply;
  }

  if (streams) {
    const streamed = prepared.stream();
    const { events, encoder, isShared } = streamed;
    const beforeEnd = isShared ? () => streamed.stored() : undefined;
    showProblem(reply, streamed.problem);
    await sendEvents(reply, { events, encoder, config, signal, failsInStream, beforeEnd });
    await streamed.stored();
    return reply;
  }
  request.facts.stream = false;
  const created = prepared.create();
  const { usage } = await collectAnswer(request, created.events);
  if (usage.estimated) reply.header("x-usage-estimated", "true");
  const { response, problem } = await created.finish();
  showProblem(reply, problem);
  return reply.send(response);
}
