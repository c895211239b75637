import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";

import { encodeCodexBudget } from "../../dialects/encode-budget.ts";
import { encodeError, parseRequest, resolveRequest } from "../../dialects/openai-responses/index.ts";
import { findIgnored, isRecord } from "../../dialects/find-ignored.ts";
import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../model/request.ts";
import { clientSignal } from "../client-signal.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { fillModel, withModel } from "../fill-model.ts";
import { nameDialect } from "../name-dialect.ts";
import { answerResponses } from "./openai-responses-create.ts";
import { compact } from "../../responses/compact.ts";
import { createBackgroundRuns } from "../../responses/background-runs.ts";
import { fitContext } from "../../responses/fit-context.ts";
import { loadContext } from "../../responses/load-context.ts";
import { findStored, isThreadKey, responseNotFound } from "../../responses/stored-response.ts";
import { streamRun } from "../stream-run.ts";
import { readWishes } from "../read-wishes.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { showBudget } from "../show-budget.ts";
import { showIgnored } from "../show-ignored.ts";

const params = z.object({ id: z.string() });

const retrieveQuery = z.object({
  stream: z.enum(["true", "false"]).default("false"),
  starting_after: z.coerce.number().int().min(-1).default(-1),
});

const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(["asc", "desc"]).default("desc"),
  after: z.string().optional(),
  before: z.string().optional(),
});

/** Reads a query string. Throws kind `invalid-request` that names the wrong parameter. */
function parseQuery<T>(schema: z.ZodType<T>, request: FastifyRequest): T {
  const result = schema.safeParse(request.query);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const param = issue?.path.join(".") ?? "query";
  throw new GatewayError("invalid-request", `'${param}' is not valid: ${issue?.message ?? "unreadable"}.`, {
    param,
  });
}

/** Parameters of a query that had no effect. A key may stand in every query. */
function listIgnoredQuery({ shape }: z.ZodObject, { query }: FastifyRequest): readonly string[] {
  if (!isRecord(query)) return [];
  // SDKs write lists as `include[]=…`.
  const named = Object.entries(query).map(([name, value]) => [name.replace(/\[\d*\]$/, ""), value]);
  return findIgnored(Object.fromEntries(named), new Set([...Object.keys(shape), "key"]));
}

/** OpenAI's Responses API: create, compact, retrieve, delete, cancel, input items, and a count of input tokens. */
export function openAiResponsesRoutes(deps: ServerDependencies): FastifyPluginCallback {
  const { config, chat, responses, summaries } = deps;
  const runs = createBackgroundRuns();
  const places = { responses, runs };

  async function retrieve(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { id } = params.parse(request.params);
    const query = parseQuery(retrieveQuery, request);
    showIgnored(reply, listIgnoredQuery(retrieveQuery, request));
    const { response } = await findStored(places, id, request.log);
    if (query.stream === "false") return reply.send(response);
    const run = runs.find(id);
    if (run === undefined) {
      throw new GatewayError(
        "invalid-request",
        "Only a background response can be streamed again, and only for a while after its end. Leave out stream.",
        { param: "stream" },
      );
    }
    await streamRun(reply, { run, startingAfter: query.starting_after, config, signal: clientSignal(reply) });
    return reply;
  }

  /** A response that was never stored needs no store to be gone. */
  async function deleteStored(id: string, wasStored = true): Promise<boolean> {
    try {
      return await responses.delete(id);
    } catch (error) {
      if (wasStored) throw error;
      return false;
    }
  }

  async function remove(request: FastifyRequest): Promise<unknown> {
    const { id } = params.parse(request.params);
    if (isThreadKey(id)) throw responseNotFound(id);
    const run = runs.find(id);
    await run?.discard();
    const deleted = await deleteStored(id, run?.stored);
    runs.forget(id);
    if (!deleted && run === undefined) throw responseNotFound(id);
    return { id, object: "response", deleted: true };
  }

  async function cancel(request: FastifyRequest): Promise<unknown> {
    const { id } = params.parse(request.params);
    const { response } = await findStored(places, id, request.log);
    if (response["background"] !== true) {
      throw new GatewayError(
        "invalid-request",
        "Only a response made with background: true can be cancelled. Close the connection to end another.",
        { param: "response_id" },
      );
    }
    await runs.find(id)?.cancel();
    return (await findStored(places, id, request.log)).response;
  }

  async function listInputItems(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { id } = params.parse(request.params);
    const { limit, order, after, before } = parseQuery(listQuery, request);
    showIgnored(reply, listIgnoredQuery(listQuery, request));
    const { inputItems } = await findStored(places, id, request.log);
    let items = order === "asc" ? [...inputItems] : [...inputItems].reverse();
    if (after !== undefined) items = items.slice(items.findIndex((item) => item["id"] === after) + 1);
    const end = before === undefined ? -1 : items.findIndex((item) => item["id"] === before);
    if (end !== -1) items = items.slice(0, end);
    const data = items.slice(0, limit);
    return {
      object: "list",
      data,
      first_id: data[0]?.["id"] ?? null,
      last_id: data.at(-1)?.["id"] ?? null,
      has_more: items.length > data.length,
    };
  }

  /** What would be sent of a request that may be shortened. */
  async function cutAsAllowed(asked: ChatRequest, truncation: string | undefined, signal: AbortSignal) {
    if (truncation !== "auto") return asked;
    const { contextLength } = await chat.resolveModel(asked.model, signal);
    return fitContext(chat, asked, { contextLength, signal });
  }

  async function countInputTokens(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    // A count needs no model: then it is for any.
    const read = parseRequest(withModel(request.body));
    const loaded = await loadContext(places, read);
    const openSummary = summaries.open;
    const context = { responseId: "", ...loaded, openSummary, temperature: undefined, topP: undefined };
    const parsed = resolveRequest(read, context);
    showIgnored(reply, parsed.ignored);
    const signal = clientSignal(reply);
    const asked = { ...parsed.request, ...readWishes(request.headers) };
    const count = await chat.countTokens(await cutAsAllowed(asked, read.body.truncation, signal), signal);
    request.facts.usage = { inputTokens: count, estimated: true };
    return { object: "response.input_tokens", input_tokens: count };
  }

  return (app, _options, done) => {
    nameDialect(app, "openai-responses");
    setDialectErrors(app, encodeError);
    showBudget(app, deps, encodeCodexBudget);
    fillModel(app, config);
    // What still runs has failed, and those who follow it are told, as long as there is somebody.
    let ended: Promise<void> | undefined;
    const endRuns = (): void => {
      ended = runs.close();
    };
    app.shutdownSignal.addEventListener("abort", endRuns, { once: true });
    // Before the store is closed: it is stored so.
    app.addHook("onClose", async () => {
      await Promise.all([ended, runs.close()]);
    });
    app.route({
      method: "POST",
      url: "/v1/responses",
      handler: (request, reply) => answerResponses({ ...deps, runs }, request, reply),
    });
    app.route({ method: "POST", url: "/v1/responses/input_tokens", handler: countInputTokens });
    app.route({
      method: "POST",
      url: "/v1/responses/compact",
      handler: (request, reply) => compact({ ...deps, runs }, request, reply),
    });
    app.route({ method: "GET", url: "/v1/responses/:id", handler: retrieve });
    app.route({ method: "DELETE", url: "/v1/responses/:id", handler: remove });
    app.route({ method: "GET", url: "/v1/responses/:id/input_items", handler: listInputItems });
    app.route({ method: "POST", url: "/v1/responses/:id/cancel", handler: cancel });
    done();
  };
}
