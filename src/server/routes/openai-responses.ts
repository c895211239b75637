import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";

import { encodeCodexBudget } from "../../dialects/encode-budget.ts";
import { encodeError, encodeItemList, parseRequest } from "../../dialects/openai-responses/index.ts";
import { checkCountedModel } from "../check-counted-model.ts";
import { clientSignal } from "../client-signal.ts";
import { collectAnswer } from "../collect-answer.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { fillModel, withModel } from "../fill-model.ts";
import { listIgnoredQuery, listQuery, parseQuery, wholeNumber } from "../item-query.ts";
import { nameDialect } from "../name-dialect.ts";
import { readWishes } from "../read-wishes.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";
import { streamRun } from "../stream-run.ts";
import { answerResponses, toResponseContext, responsesOf } from "./openai-responses-create.ts";

const params = z.object({ id: z.string() });

const retrieveQuery = z.object({
  stream: z.enum(["true", "false"], "expected true or false").default("false"),
  starting_after: wholeNumber(-1, Number.MAX_SAFE_INTEGER).default(-1),
});

/** OpenAI's Responses API: create, compact, retrieve, delete, cancel, input items, and a count of input tokens. */
export function openAiResponsesRoutes(deps: ServerDependencies): FastifyPluginCallback {
  const { config } = deps;

  async function retrieve(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { id } = params.parse(request.params);
    const query = parseQuery(retrieveQuery, request);
    showIgnored(reply, listIgnoredQuery(retrieveQuery, request));
    const responses = responsesOf(deps, request);
    if (query.stream === "false") return reply.send(await responses.retrieve(id));
    const run = await responses.follow(id);
    await streamRun(reply, { run, startingAfter: query.starting_after, config, signal: clientSignal(reply) });
    return reply;
  }

  async function remove(request: FastifyRequest): Promise<unknown> {
    const { id } = params.parse(request.params);
    await responsesOf(deps, request).delete(id);
    return { id, object: "response", deleted: true };
  }

  async function cancel(request: FastifyRequest): Promise<unknown> {
    return responsesOf(deps, request).cancel(params.parse(request.params).id);
  }

  async function listInputItems(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { id } = params.parse(request.params);
    const query = parseQuery(listQuery, request);
    showIgnored(reply, listIgnoredQuery(listQuery, request));
    const { items, hasMore } = await responsesOf(deps, request).listInputItems(id, query);
    return encodeItemList(items, hasMore);
  }

  async function countInputTokens(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    // A count needs no model: then it is for any.
    const input = parseRequest(withModel(request.body));
    const signal = clientSignal(reply);
    await checkCountedModel(request.facts.caller, { chat: deps.chat, model: input.body.model, signal });
    const context = { signal, wishes: readWishes(request.headers) };
    const { ignored, inputTokens } = await responsesOf(deps, request).countInputTokens(input, context);
    showIgnored(reply, ignored);
    request.facts.usage = { inputTokens, estimated: true };
    return { object: "response.input_tokens", input_tokens: inputTokens };
  }

  /** Source: OpenAI's reference, "Compact a response"; Codex up to 0.130 reads `output` alone. */
  async function compact(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const input = parseRequest(request.body);
    const compaction = await responsesOf(deps, request).compact(
      input,
      toResponseContext(deps, request, reply),
    );
    showIgnored(reply, compaction.ignored);
    request.facts.stream = false;
    const { usage: counted } = await collectAnswer(request, compaction.events);
    if (counted.estimated) reply.header("x-usage-estimated", "true");
    const { id, created_at, output, usage } = compaction.result();
    return { id, object: "response.compaction", created_at, output, usage };
  }

  return (app, _options, done) => {
    nameDialect(app, "openai-responses");
    setDialectErrors(app, encodeError);
    showBudget(app, deps, encodeCodexBudget);
    fillModel(app, config);
    // What still runs has failed, and those who follow it are told, as long as there is somebody.
    let ended: Promise<void> | undefined;
    const endRuns = (): void => {
      ended = deps.responses.close();
    };
    app.shutdownSignal.addEventListener("abort", endRuns, { once: true });
    // Before the store is closed: it is stored so.
    app.addHook("onClose", async () => {
      await Promise.all([ended, deps.responses.close()]);
    });
    app.route({
      method: "POST",
      url: "/v1/responses",
      config: { asksModel: true },
      handler: (request, reply) => answerResponses(deps, request, reply, { background: "given" }),
    });
    app.route({ method: "POST", url: "/v1/responses/input_tokens", handler: countInputTokens });
    app.route({
      method: "POST",
      url: "/v1/responses/compact",
      config: { asksModel: true },
      handler: compact,
    });
    app.route({ method: "GET", url: "/v1/responses/:id", handler: retrieve });
    app.route({ method: "DELETE", url: "/v1/responses/:id", handler: remove });
    app.route({ method: "GET", url: "/v1/responses/:id/input_items", handler: listInputItems });
    app.route({ method: "POST", url: "/v1/responses/:id/cancel", handler: cancel });
    done();
  };
}
