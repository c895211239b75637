import type * as api from "@opentelemetry/api";

import { errorStatus, shorten, type ErrorKind } from "../errors.ts";
import type { AttemptWatch } from "../model/call-watch.ts";
import type { Leg } from "../model/leg.ts";
import type { AnswerFacts } from "../server/answer-facts.ts";
import type { EndedRequest, RequestObserver } from "../server/request-observer.ts";
import { attribute, operationOf } from "./span-names.ts";

/** What spans are made with. */
export interface TracerMeans {
  /** The library, which is loaded only where traces are wanted. */
  readonly api: typeof api;
  readonly tracer: api.Tracer;
  readonly propagator: api.TextMapPropagator;
  /** Where an upstream is; `undefined`: nobody knows any more. */
  readonly addressOf: (upstream: string) => URL | undefined;
  /** Ms since the epoch. */
  readonly now: () => number;
}

/** A try at an upstream. Its span ends with the request's, at the time at which it was over: then it is known what it has cost. */
interface AttemptSpan {
  readonly span: api.Span;
  over: { readonly at: number; readonly failure: string | undefined } | undefined;
}

const defaultPorts: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/**
 * Creates what traces requests: a span for each of an API and for each background response, and one below it for each try at an
 * upstream. No text of prompts and answers is in them, nor anything that clients choose but the ids of models and of the trace.
 */
export function createRequestTracer({
  api,
  tracer,
  propagator,
  addressOf,
  now,
}: TracerMeans): RequestObserver {
  /** Of requests that are under way, and of those that background responses still refer to. */
  const traces = new WeakMap<
    AnswerFacts,
    { context: api.Context; span: api.Span; attempts: AttemptSpan[] }
  >();

  function startAttempt(facts: AnswerFacts, context: api.Context, leg: Leg): AttemptSpan {
    const operation = operationOf(facts.dialect);
    const model = shorten(leg.model.id);
    const at = addressOf(leg.upstream);
    const span = tracer.startSpan(
      `${operation} ${model}`,
      {
        kind: api.SpanKind.CLIENT,
        startTime: now(),
        attributes: {
          [attribute.operation]: operation,
          [attribute.provider]: leg.upstream,
          [attribute.requestModel]: model,
          ...(at === undefined
            ? {}
            : {
                [attribute.serverAddress]: at.hostname,
                [attribute.serverPort]: Number(at.port) || defaultPorts[at.protocol],
              }),
        },
      },
      context,
    );
    return { span, over: undefined };
  }

  function headersOf(context: api.Context, { span }: AttemptSpan): Readonly<Record<string, string>> {
    const headers: Record<string, string> = {};
    propagator.inject(api.trace.setSpan(context, span), headers, api.defaultTextMapSetter);
    return headers;
  }

  function endAttempt({ span, over }: AttemptSpan, facts: AnswerFacts, isLast: boolean): void {
    const { at, failure } = over ?? { at: now(), failure: facts.error };
    if (failure !== undefined) {
      span.setAttribute(attribute.errorType, failure);
      if (failure !== "aborted") span.setStatus({ code: api.SpanStatusCode.ERROR });
    }
    // The one that answered, if any did.
    if (isLast) span.setAttributes(outcomeOf(facts));
    span.end(at);
  }

  return {
    begin({ headers, routeOptions }, facts) {
      if (facts.dialect === undefined) return;
      const parent =
        facts.begunBy === undefined
          ? propagator.extract(api.ROOT_CONTEXT, headers, api.defaultTextMapGetter)
          : traces.get(facts.begunBy)?.context;
      const isRun = facts.begunBy !== undefined;
      const span = tracer.startSpan(
        isRun ? "background response" : routeOptions.url === undefined ? facts.method : facts.text,
        { kind: isRun ? api.SpanKind.INTERNAL : api.SpanKind.SERVER, startTime: now() },
        parent,
      );
      const context = api.trace.setSpan(parent ?? api.ROOT_CONTEXT, span);
      const attempts: AttemptSpan[] = [];
      traces.set(facts, { context, span, attempts });
      facts.startAttempt = (leg): AttemptWatch => {
        const attempt = startAttempt(facts, context, leg);
        attempts.push(attempt);
        return {
          headers: headersOf(context, attempt),
          end(failure) {
            attempt.over = { at: now(), failure };
          },
        };
      };
    },
    end(ended) {
      const { facts } = ended;
      const trace = traces.get(facts);
      if (trace === undefined) return;
      for (const attempt of trace.attempts) endAttempt(attempt, facts, attempt === trace.attempts.at(-1));
      trace.span.setAttributes(attributesOf(ended));
      if (isFault(facts.error, ended.ending.status)) trace.span.setStatus({ code: api.SpanStatusCode.ERROR });
      trace.span.end(now());
    },
  };
}

/** What was not the client's doing. As the log has it: by the kind, and what broke off after a 200. */
function isFault(error: ErrorKind | undefined, status: number | undefined): boolean {
  if (error === undefined || error === "aborted") return false;
  return errorStatus[error] >= 500 || (status ?? 500) < 400;
}

/** What an answer has cost, and how it ended. */
function outcomeOf({ usage, finish, upstreamRequestId }: AnswerFacts): api.Attributes {
  return {
    [attribute.inputTokens]: usage?.inputTokens,
    [attribute.outputTokens]: usage?.outputTokens,
    [attribute.reasoningTokens]: usage?.reasoningTokens,
    [attribute.estimated]: usage?.estimated,
    [attribute.finishReasons]: finish === undefined ? undefined : [finish],
    [attribute.upstreamRequestId]: upstreamRequestId,
  };
}

function attributesOf({ request, facts, ending }: EndedRequest): api.Attributes {
  const isRun = ending.event === "background";
  const { firstTokenMs, ignoredNow, repairs, retries } = facts;
  return {
    [attribute.httpMethod]: isRun ? undefined : facts.method,
    [attribute.httpRoute]: isRun || request.routeOptions.url === undefined ? undefined : facts.route,
    [attribute.httpStatus]: ending.status,
    [attribute.outcome]: ending.outcome,
    [attribute.errorType]: facts.error,
    [attribute.requestId]: facts.id,
    [attribute.responseId]: facts.response,
    [attribute.dialect]: facts.dialect,
    [attribute.model]: facts.model === undefined ? undefined : shorten(facts.model),
    [attribute.stream]: facts.stream,
    [attribute.firstToken]: firstTokenMs === undefined ? undefined : firstTokenMs / 1000,
    [attribute.repairs]: repairs.length === 0 ? undefined : repairs,
    [attribute.retries]: retries.length === 0 ? undefined : retries.map(({ failure }) => failure),
    [attribute.ignored]: ignoredNow.length === 0 ? undefined : [...ignoredNow],
  };
}
