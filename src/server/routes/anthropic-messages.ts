import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import { ownerOf } from "../../access/caller.ts";
import {
  createStreamEncoder,
  encodeError,
  encodeResponse,
  parseCountTokens,
  parseRequest,
  withThreadDetails,
} from "../../dialects/anthropic-messages/index.ts";
import { encodeAnthropicBudget } from "../../dialects/encode-budget.ts";
import { type ChatResponse, createCollector } from "../../model/collect.ts";
import type { EventBatch } from "../../model/events.ts";
import type { ChatRequest } from "../../model/request.ts";
import type { Source } from "../../stream/source.ts";
import { baseUrlOf } from "../base-url.ts";
import { checkCountedModel } from "../check-counted-model.ts";
import { clientSignal } from "../client-signal.ts";
import { collectAnswer } from "../collect-answer.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { fillModel } from "../fill-model.ts";
import { nameDialect } from "../name-dialect.ts";
import { createMessageThreads } from "../message-threads.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { readWishes } from "../read-wishes.ts";
import { sendEvents } from "../send-events.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";

/** Shows the whole answer to `onComplete` before its end is passed on: the client may continue from there at once. */
function watchAnswer(
  events: Source<EventBatch>,
  onComplete: (answer: ChatResponse) => void,
): Source<EventBatch> {
  const collector = createCollector();
  return (sink) =>
    events((batch) => {
      for (const event of batch) {
        collector.push(event);
        if (event.type === "finish") onComplete(collector.result());
      }
      return sink(batch);
    });
}

/** Anthropic's Messages API: `POST /v1/messages` and `POST /v1/messages/count_tokens`. */
export function anthropicMessagesRoutes(deps: RouteDependencies): FastifyPluginCallback {
  const { config, chat, newId } = deps;
  const threads = createMessageThreads(deps.store, deps.now);

  /**
   * Counts the prompt while the upstream works on it, for `message_start`: after this turn of the event loop, so
   * that the request is sent first and the count delays nothing. Until it is ready: `undefined`.
   */
  function startEstimate(request: ChatRequest, signal: AbortSignal): () => number | undefined {
    let count: number | undefined;
    async function estimate(): Promise<void> {
      try {
        count = await chat.countTokens(request, signal);
      } catch {
        // What fails here fails in `complete` as well, and is reported from there.
      }
    }
    setImmediate(() => void estimate());
    return () => count;
  }

  async function createMessage(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { body, hold } = await threads.open(request.body, request.log, ownerOf(request.facts.caller));
    const parsed = parseRequest(body);
    showIgnored(reply, parsed.ignored, parsed.spellings);
    const signal = clientSignal(reply);
    const wished = { ...parsed.request, ...readWishes(request.headers) };
    const { contextEdits } = parsed;
    const edited = contextEdits && (await chat.editContext(wished, contextEdits, signal));
    const asked = edited?.request ?? wished;
    const appliedEdits = edited?.applied;
    const messageId = newId("msg_");
    const { toolsetCalls } = parsed;
    let held: Promise<void> | undefined;
    const context = {
      signal,
      baseUrl: baseUrlOf(request, config),
      whole: !parsed.stream,
      watch: request.facts,
    };
    const answered: Source<EventBatch> = (sink) => chat.complete(asked, context, sink);
    const events =
      hold === undefined
        ? answered
        : watchAnswer(answered, (answer) => {
            held = hold(messageId, () => encodeResponse(answer, { messageId, toolsetCalls }).content);
          });

    if (parsed.stream) {
      const encoder = createStreamEncoder({
        messageId,
        requestId: request.id,
        toolsetCalls,
        inputEstimate: startEstimate(asked, signal),
        appliedEdits,
      });
      // Whoever goes on with the thread may ask another process.
      await sendEvents(reply, { events, encoder, config, signal, beforeEnd: hold && (async () => held) });
      return reply;
    }
    request.facts.stream = false;
    const answer = await collectAnswer(request, events);
    await held;
    if (answer.usage.estimated) reply.header("x-usage-estimated", "true");
    const inputEstimate =
      answer.usage.inputTokens === undefined ? await chat.countTokens(asked, signal) : undefined;
    return reply.send(encodeResponse(answer, { messageId, toolsetCalls, inputEstimate, appliedEdits }));
  }

  async function countTokens(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { body } = await threads.open(request.body, request.log, ownerOf(request.facts.caller));
    const parsed = parseCountTokens(body);
    const asked = { ...parsed.request, ...readWishes(request.headers) };
    const signal = clientSignal(reply);
    await checkCountedModel(request.facts.caller, { chat, model: asked.model, signal });
    const count = await chat.countTokens(asked, signal);
    request.facts.usage = { inputTokens: count, estimated: true };
    if (parsed.contextEdits === undefined) return reply.send({ input_tokens: count });
    const edited = await chat.editContext(asked, parsed.contextEdits, signal);
    return reply.send({
      input_tokens: edited.applied.length === 0 ? count : await chat.countTokens(edited.request, signal),
      context_management: { original_input_tokens: count },
    });
  }

  return (app, _options, done) => {
    nameDialect(app, "anthropic-messages");
    setDialectErrors(app, (error, request) => withThreadDetails(encodeError(error, request.id), error));
    showBudget(app, deps, encodeAnthropicBudget);
    fillModel(app, config);
    app.addHook("onRequest", (request, reply, next) => {
      reply.header("request-id", request.id);
      next();
    });
    app.route({ method: "POST", url: "/v1/messages", config: { asksModel: true }, handler: createMessage });
    app.route({ method: "POST", url: "/v1/messages/count_tokens", handler: countTokens });
    done();
  };
}
