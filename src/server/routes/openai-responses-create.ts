import type { FastifyReply, FastifyRequest } from "fastify";

import type { CallContext } from "../../completion/chat-service.ts";
import {
  createStreamEncoder,
  createResponseWriter,
  parseRequest,
  resolveRequest,
  type ParsedResponses,
  type ResponseObject,
  type ResponsesInput,
  type ResponseWriter,
  type WireItem,
} from "../../dialects/openai-responses/index.ts";
import { GatewayError } from "../../errors.ts";
import type { EventBatch } from "../../model/events.ts";
import type { ChatRequest } from "../../model/request.ts";

import type { StoreProblem } from "../../store/response-store.ts";
import type { OpenRequests } from "../open-requests.ts";
import { baseUrlOf } from "../base-url.ts";
import { clientSignal } from "../client-signal.ts";
import { collectAnswer } from "../collect-answer.ts";
import { readWishes, type Wishes } from "../read-wishes.ts";
import type { RouteDependencies } from "../route-dependencies.ts";
import { sendEvents } from "../send-events.ts";
import { showIgnored } from "../show-ignored.ts";
import type { BackgroundRuns } from "../../responses/background-runs.ts";
import { compactFirst, isTooLong } from "../../responses/compact-first.ts";
import { fitContext } from "../../responses/fit-context.ts";
import { fitSummary } from "../../responses/fit-summary.ts";
import { loadContext } from "../../responses/load-context.ts";
import { toStored, tryToStore } from "../../responses/stored-response.ts";
import { createRunLog } from "../run-log.ts";
import { streamRun } from "../stream-run.ts";
import { summarise } from "../../responses/summarise.ts";

/** What answering a Responses body needs. Without `runs` there are no background responses. */
export interface ResponsesDependencies extends RouteDependencies {
  readonly runs?: BackgroundRuns;
  /** Where they are watched. */
  readonly open?: OpenRequests;
}

/** A request on its way to an answer. */
export interface PreparedResponse {
  readonly parsed: ParsedResponses;
  /** Begins the answer to the request, which was shortened if the client allowed it; or to one for its summary. */
  readonly begin: (context: CallContext) => AsyncIterable<EventBatch>;
  readonly writer: ResponseWriter;
  /** The items before the request's own. */
  readonly history: readonly WireItem[];
}

/** Understands a Responses body and all that it refers to. Rejects with `GatewayError`. */
export async function prepareResponse(
  { chat, responses, runs, summaries, newId, now }: ResponsesDependencies,
  read: ResponsesInput,
  { signal, wishes }: { readonly signal: AbortSignal; readonly wishes: Wishes },
): Promise<PreparedResponse> {
  const { body } = read;
  const model = await chat.resolveModel(body.model, signal);
  const responseId = newId("resp_");
  const loaded = await loadContext({ responses, runs }, read);
  const { temperature, topP, contextLength } = model;
  const { open: openSummary, seal } = summaries;
  const parsed = resolveRequest(read, { responseId, ...loaded, openSummary, temperature, topP });
  const { compacts } = parsed;
  if (compacts && model.kind === "image") {
    throw new GatewayError("unsupported", `\`${model.id}\` draws; a chat model can compact a conversation.`, {
      param: "model",
    });
  }
  const wished: ChatRequest = { ...parsed.request, ...wishes };
  const { compaction } = parsed;
  const isLong =
    compaction !== undefined &&
    model.kind === "chat" &&
    (await isTooLong(wished, compaction, { chat, contextLength, signal }));

  async function fit(request: ChatRequest): Promise<ChatRequest> {
    if (compacts) return fitSummary(chat, request, { contextLength, signal });
    return body.truncation === "auto" ? fitContext(chat, request, { contextLength, signal }) : request;
  }

  const request = isLong ? wished : await fit(wished);
  let sealed: string | undefined;
  const writer = createResponseWriter({
    id: responseId,
    createdAt: Math.floor(now() / 1000),
    model: model.id,
    echo: parsed.echo,
    tools: parsed.tools,
    seal: compacts ? seal : undefined,
    summary: () => sealed,
    now,
  });
  function begin(context: CallContext): AsyncIterable<EventBatch> {
    if (isLong) {
      return compactFirst(compaction, {
        chat,
        contextLength,
        wishes,
        context,
        onSummary(text) {
          sealed = seal(text);
        },
        prepare: fit,
      });
    }
    const events = chat.complete(request, context);
    return compacts ? summarise(events) : events;
  }
  return { parsed, begin, writer, history: loaded.history };
}

/** Codex compacts a conversation that got too long only when a `response.failed` event says so. */
function failsInStream({ kind }: GatewayError): boolean {
  return kind === "context-length";
}

/** Tells the client that its response can't be fetched again for long, or not at all. */
function showProblem(reply: FastifyReply, problem: StoreProblem | undefined): void {
  if (problem !== undefined) reply.header("x-store-error", problem);
}

/** Shows a writer what passes by. */
export async function* writeThrough(events: AsyncIterable<EventBatch>, writer: ResponseWriter) {
  for await (const batch of events) {
    for (const event of batch) writer.push(event);
    yield batch;
  }
}

/**
 * Answers a Responses body: streamed, whole, or in the background. Rejects with `GatewayError` for the
 * plugin's error handler when it fails before anything was sent.
 */
export async function answerResponses(
  deps: ResponsesDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { config, responses, runs } = deps;
  const read = parseRequest(request.body);
  const signal = clientSignal(reply);
  const wishes = readWishes(request.headers);
  const { parsed, begin, writer } = await prepareResponse(deps, read, { signal, wishes });
  showIgnored(reply, parsed.ignored);
  const baseUrl = baseUrlOf(request, config);
  const { background, store } = parsed.echo;

  async function save(response: ResponseObject): Promise<StoreProblem | undefined> {
    return store ? tryToStore(responses, toStored(response, parsed.inputItems), request.log) : undefined;
  }

  if (background) {
    if (runs === undefined) {
      throw new GatewayError("unsupported", "Background responses are made at POST /v1/responses.", {
        param: "background",
      });
    }
    const runLog = createRunLog(request, deps);
    const start = (runSignal: AbortSignal) =>
      runLog.note(begin({ signal: runSignal, baseUrl, watch: runLog.facts }));
    const run = await runs.start({ writer, inputItems: parsed.inputItems, start, save, onEnd: runLog.onEnd });
    request.facts.response = run.response.id;
    showProblem(reply, run.problem);
    if (read.body.stream !== true) return reply.send(run.response);
    await streamRun(reply, { run, startingAfter: -1, config, signal });
    return reply;
  }

  if (read.body.stream === true) {
    const events = begin({ signal, baseUrl, watch: request.facts });
    // The head goes out before there is something to store.
    if (store) showProblem(reply, responses.problem);
    let saved: Promise<unknown> | undefined;
    // Begun before the terminal frame goes out: a client may refer to the response at once.
    const encoder = createStreamEncoder(writer, (response) => {
      saved = save(response);
    });
    await sendEvents(reply, { events, encoder, config, signal, failsInStream });
    await saved;
    return reply;
  }
  request.facts.stream = false;
  const events = begin({ signal, baseUrl, whole: true, watch: request.facts });
  const { usage } = await collectAnswer(request, writeThrough(events, writer));
  if (usage.estimated) reply.header("x-usage-estimated", "true");
  showProblem(reply, await save(writer.response()));
  return reply.send(writer.response());
}
