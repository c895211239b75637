import type { FastifyReply, FastifyRequest } from "fastify";

import { checkModel } from "../access/caller.ts";
import type { StreamEncoder } from "../dialects/dialect.ts";
import type { OllamaClock, OllamaTimes } from "../dialects/ollama-answer.ts";
import type { OllamaAsk, OllamaLoad, ParsedOllama } from "../dialects/ollama-fields.ts";
import type { ChatResponse } from "../model/collect.ts";
import type { EventBatch } from "../model/events.ts";
import type { Source } from "../stream/source.ts";
import { baseUrlOf } from "./base-url.ts";
import { clientSignal } from "./client-signal.ts";
import { collectAnswer } from "./collect-answer.ts";
import { readWishes } from "./read-wishes.ts";
import type { RouteDependencies } from "./route-dependencies.ts";
import { sendEvents } from "./send-events.ts";
import { showIgnored } from "./show-ignored.ts";

/** How one of Ollama's routes writes its answers. */
export interface OllamaDialect {
  readonly parseRequest: (body: unknown) => ParsedOllama;
  readonly encodeLoad: (load: OllamaLoad, now: number) => Record<string, unknown>;
  readonly encodeResponse: (
    answer: ChatResponse,
    identity: { readonly model: string; readonly now: number; readonly times: OllamaTimes },
  ) => Record<string, unknown>;
  readonly createStreamEncoder: (options: {
    readonly model: string;
    readonly clock: OllamaClock;
  }) => StreamEncoder;
}

type Dependencies = Pick<RouteDependencies, "chat" | "config" | "now">;

/**
 * Looks whether a caller may use a model, of which nothing but its being there is wanted: its server loads it when it is first asked. Such a request
 * is none for an answer. Throws kinds `model-not-found` and `forbidden`.
 */
export async function findOllamaModel(
  { chat }: Pick<RouteDependencies, "chat">,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
): Promise<void> {
  const { facts } = request;
  facts.wantsNoAnswer();
  const model = await chat.resolveModel(name, clientSignal(reply));
  checkModel(facts.caller, model);
  facts.resolve(model);
}

/** Answers a request to one of the routes: whole, as lines, or at once where it only wants a model loaded or unloaded. */
export async function answerOllama(
  deps: Dependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  dialect: OllamaDialect,
): Promise<FastifyReply> {
  const parsed = dialect.parseRequest(request.body);
  if (parsed.kind === "ask") return answerAsk(deps, request, reply, { dialect, parsed });
  showIgnored(reply, parsed.ignored);
  await findOllamaModel(deps, request, reply, parsed.model);
  return reply.send(dialect.encodeLoad(parsed, deps.now()));
}

async function answerAsk(
  { chat, config, now }: Dependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { dialect, parsed }: { readonly dialect: OllamaDialect; readonly parsed: OllamaAsk },
): Promise<FastifyReply> {
  const { facts } = request;
  showIgnored(reply, parsed.ignored, parsed.spellings);
  const asked = { ...parsed.request, ...readWishes(request.headers) };
  const { model } = asked;
  const signal = clientSignal(reply);
  const context = { signal, baseUrl: baseUrlOf(request, config), whole: !parsed.stream, watch: facts };
  const events: Source<EventBatch> = (sink) => chat.complete(asked, context, sink);
  const clock: OllamaClock = { now, elapsed: () => performance.now() - facts.begun };

  if (parsed.stream) {
    const encoder = dialect.createStreamEncoder({ model, clock });
    await sendEvents(reply, { events, encoder, config, signal });
    return reply;
  }
  facts.stream = false;
  const answer = await collectAnswer(request, events);
  if (answer.usage.estimated) reply.header("x-usage-estimated", "true");
  const end = clock.elapsed();
  const times = { first: facts.firstTokenMs ?? end, end };
  return reply.send(dialect.encodeResponse(answer, { model, now: now(), times }));
}
