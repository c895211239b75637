import type { FastifyReply, FastifyRequest } from "fastify";

import { shorten, type ErrorKind } from "../errors.ts";
import type { Attempt } from "../model/attempt.ts";
import type { FinishReason } from "../model/events.ts";
import type { AnswerFacts } from "./answer-facts.ts";

/**
 * What the log says of each request, also of those that failed or whose client left. docs/logs.md describes the fields, with
 * OpenTelemetry's name of each; a test holds the two together. What is `undefined` is not written.
 */
export interface RequestLine {
  readonly event: "request" | "background";
  readonly method: string;
  readonly route: string;
  readonly dialect: string | undefined;
  readonly requestedModel: string | undefined;
  readonly model: string | undefined;
  readonly upstream: string | undefined;
  readonly upstreamRequestId: string | undefined;
  readonly attempts: readonly Attempt[] | undefined;
  readonly clientAddress: string | undefined;
  readonly userAgent: string | undefined;
  readonly stream: boolean | undefined;
  readonly status: number | undefined;
  readonly clientLeft: true | undefined;
  readonly response: string | undefined;
  readonly outcome: string | undefined;
  readonly error: ErrorKind | undefined;
  readonly finish: FinishReason["kind"] | undefined;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly reasoningTokens: number | undefined;
  readonly estimated: boolean | undefined;
  readonly pictures: number | undefined;
  readonly ignored: readonly string[] | undefined;
  readonly repairs: number | undefined;
  readonly retries: number | undefined;
  readonly firstTokenMs: number | undefined;
  readonly ms: number;
  /** The failure. */
  readonly err: unknown;
}

/** No name of a program needs more. */
const longestAgent = 100;
const longestName = 200;

/** A field of a body that nobody may have understood. */
function bodyField({ body }: Pick<FastifyRequest, "body">, name: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}

function shortText(value: unknown, longest: number): string | undefined {
  return typeof value === "string" ? shorten(value, longest) : undefined;
}

/** The model as the client spelled it, shortened. */
export function requestedModel(request: Pick<FastifyRequest, "body">): string | undefined {
  return shortText(bodyField(request, "model"), longestName);
}

/** What only the line of a request has, or only that of a background response. */
export type Ending = Pick<RequestLine, "event" | "status" | "clientLeft" | "outcome">;

/** How a request ended for its client; to be asked when the response has closed. */
export function toEnding({ raw }: FastifyReply): Ending {
  // Node 20 calls what was written to a closed connection finished.
  const left = !raw.writableFinished || raw.statusCode === 499;
  return {
    event: "request",
    status: left && !raw.headersSent ? 499 : raw.statusCode,
    clientLeft: left ? true : undefined,
    outcome: undefined,
  };
}

/** Makes the line. One literal without spreads: it is made for each request. */
export function toRequestLine(
  request: Pick<FastifyRequest, "headers" | "body">,
  facts: AnswerFacts,
  ending: Ending,
): RequestLine {
  const { usage, ignoredNow, error, upstream, firstTokenMs } = facts;
  const asked = upstream !== undefined;
  const posted = facts.method === "POST";
  return {
    event: ending.event,
    method: facts.method,
    route: facts.route,
    dialect: facts.dialect,
    requestedModel: posted ? requestedModel(request) : undefined,
    model: facts.model,
    upstream,
    upstreamRequestId: facts.upstreamRequestId,
    // One that was answered, or of which the rest of the line tells, needs no list.
    attempts: facts.attempts.length < 2 ? undefined : facts.attempts,
    clientAddress: facts.clientAddress,
    userAgent: shortText(request.headers["user-agent"], longestAgent),
    stream: facts.stream ?? (posted ? bodyField(request, "stream") === true : undefined),
    status: ending.status,
    clientLeft: ending.clientLeft,
    response: facts.response,
    outcome: ending.outcome,
    error,
    finish: facts.finish,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    reasoningTokens: usage?.reasoningTokens,
    estimated: usage?.estimated,
    pictures: facts.pictures === 0 ? undefined : facts.pictures,
    ignored: ignoredNow.length === 0 ? undefined : ignoredNow,
    repairs: asked ? facts.repairs.length : undefined,
    retries: asked ? facts.retries.length : undefined,
    firstTokenMs: firstTokenMs === undefined ? undefined : Math.round(firstTokenMs),
    ms: Math.round(performance.now() - facts.begun),
    err: error === undefined || error === "aborted" ? undefined : facts.cause,
  };
}
