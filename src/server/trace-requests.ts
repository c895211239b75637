import type { FastifyReply, FastifyRequest } from "fastify";

import { keysOf, type Caller } from "../access/caller.ts";
import { toGatewayError } from "../errors.ts";
import { createRecorder, type TraceRecorder } from "../traces/create-recorder.ts";
import type { Trace } from "../traces/trace.ts";
import type { TraceStore } from "../traces/trace-store.ts";
import { readVersion } from "../version.ts";
import type { AnswerFacts } from "./answer-facts.ts";
import { givenKeys } from "./given-keys.ts";
import { requestedModel } from "./request-line.ts";
import type { ServerDependencies } from "./route-dependencies.ts";
import type { RequestObserver } from "./request-observer.ts";
import { tokensOf } from "./settle-requests.ts";

/** By which the operator asks for a trace of one request, and by which an answer says that there is one. */
export const traceHeader = "x-trace";

/** What traces are made with. */
type TraceMeans = Pick<ServerDependencies, "now" | "newId">;

/** The routes at which a request takes the wish for the next one: who counts tokens or lists models has not asked yet. */
const answerRoutes: ReadonlySet<string> = new Set([
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/responses",
  "/v1/responses/compact",
  "/v1/messages",
  "/v1/images/generations",
  "/v1beta/models/*:generateContent",
  "/v1beta/models/*:streamGenerateContent",
  "/v1/embeddings",
  "/api/chat",
  "/api/generate",
  "/api/embed",
  "/api/embeddings",
  "/v1beta/models/*:embedContent",
  "/v1beta/models/*:batchEmbedContents",
  "/v1/audio/transcriptions",
  "/v1/audio/translations",
  "/v1/audio/speech",
]);

/** Whether a header wants a trace; `undefined`: it says nothing. */
function readWish({ headers }: FastifyRequest): boolean | undefined {
  const wish = String(headers[traceHeader] ?? "").toLowerCase();
  if (wish === "") return undefined;
  return !["off", "false", "0"].includes(wish);
}

function isTraced(caller: Caller): boolean {
  return keysOf(caller).some(({ trace }) => trace === true);
}

/**
 * Begins a trace of a request where its key has one for all, the operator asks for it by `x-trace: on`, or it is the next one that the operator
 * wants traced. Of others the header is named as ignored.
 */
export function beginTrace(
  request: FastifyRequest,
  reply: FastifyReply,
  { traceWishes, ...means }: TraceMeans & Pick<ServerDependencies, "traceWishes">,
): void {
  const { facts } = request;
  const wish = readWish(request);
  if (wish === true && facts.caller.kind !== "operator") facts.ignore([traceHeader]);
  const wished = takeWish(facts, { traceWishes, ...means });
  const isOwn = isTraced(facts.caller) || (wish === true && facts.caller.kind === "operator");
  if (wished === undefined && !isOwn) return;
  const trace = startRecorder(request, facts, { ...means, ...(wished && { newId: () => wished }) });
  facts.trace = trace;
  reply.header(traceHeader, trace.id);
  copyAnswer(reply, trace);
  if (wished === undefined) return;
  facts.giveBackWish = () => {
    traceWishes.giveBack(facts.id);
    if (isOwn) return;
    facts.trace = undefined;
    reply.removeHeader(traceHeader);
  };
}

/** The id of the trace that the operator has wished for; `undefined`: not of this request. */
function takeWish(
  { method, route, id, caller }: AnswerFacts,
  { traceWishes, newId }: Pick<ServerDependencies, "traceWishes" | "newId">,
): string | undefined {
  if (method !== "POST" || !answerRoutes.has(route)) return undefined;
  const keys = keysOf(caller).map((key) => key.id);
  return traceWishes.take({ keys, requestId: id, newTraceId: () => newId("trace_") });
}

/** Begins the trace of a background response, whose request has one. */
export function beginRunTrace(request: FastifyRequest, facts: AnswerFacts, means: TraceMeans): void {
  if (request.facts.trace !== undefined) facts.trace = startRecorder(request, facts, means);
}

function startRecorder(
  request: FastifyRequest,
  facts: AnswerFacts,
  { now, newId }: TraceMeans,
): TraceRecorder {
  return createRecorder({
    id: newId("trace_"),
    version: readVersion(),
    at: now(),
    elapsed: () => performance.now() - facts.begun,
    request: {
      method: facts.method,
      route: facts.route,
      headers: request.headers,
      // It has come by the time when this is asked for.
      body: () => request.body,
      secrets: givenKeys(request),
    },
  });
}

/** Gives the trace all that is written to the client: the one place through which all dialects go. */
function copyAnswer({ raw }: FastifyReply, trace: TraceRecorder): void {
  function copying<Write extends typeof raw.write | typeof raw.end>(write: Write): Write {
    return new Proxy(write, {
      apply(target, response: unknown, given: unknown[]): unknown {
        const [piece] = given;
        if (typeof piece === "string" || piece instanceof Uint8Array) trace.answer(piece);
        return Reflect.apply(target, response, given);
      },
    });
  }
  // Called with the response as `this`, as they would be.
  raw.write = copying(Reflect.get(raw, "write"));
  raw.end = copying(Reflect.get(raw, "end"));
}

/** What was reserved of a key's limits, and what `settleRequests` puts in its place. */
function toSettlement({ gate, usage }: AnswerFacts): Trace["settlement"] {
  if (gate?.reserved === undefined) return null;
  const { input, output } = gate.reserved;
  return { reserved_input_tokens: input, reserved_output_tokens: output, settled_tokens: tokensOf(usage) };
}

/** Keeps the traces of requests that have one, when they are over. */
export function keepTraces(store: TraceStore): RequestObserver {
  return {
    end({ request, facts, ending }) {
      const { trace, caller, cause } = facts;
      if (trace === undefined) return;
      const isRun = ending.event === "background";
      store.put(
        trace.finish({
          // A background response outlives the request that began it, which has a trace of its own.
          requestId: isRun ? (facts.response ?? facts.id) : facts.id,
          key: caller.kind === "key" ? caller.key.id : undefined,
          dialect: facts.dialect,
          requestedModel: requestedModel(request),
          model: facts.model,
          settlement: toSettlement(facts),
          attempts: facts.attempts,
          status: ending.status,
          clientLeft: ending.clientLeft === true,
          error: facts.error,
          message: cause === undefined ? undefined : toGatewayError(cause).message,
          finish: facts.finish,
        }),
      );
    },
  };
}
