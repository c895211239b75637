import { describeFailure } from "./describe-failure.ts";
import {
  findReason,
  speaksOfLoad,
  speaksOfMissingModel,
  speaksOfModelRefusal,
  speaksOfOneModel,
  speaksOfRate,
} from "./error-wordings.ts";
import type { FailureReason, NamedTokens, UpstreamFailure } from "./failure.ts";
import { asText } from "./read-json.ts";
import { readErrorBody, type ErrorBody } from "./read-error-body.ts";
import { readTokens } from "./read-tokens.ts";
import { readWait, type HeaderReader } from "./read-wait.ts";

/** What an error is told by and to whom. */
export interface ErrorContext {
  /** The upstream's name, as it stands in messages: `akashml`. */
  readonly upstream: string;
  /** Ms since the epoch. */
  readonly now: number;
}

/** A reply that is not what was asked for. */
export interface ErrorReply {
  readonly status: number;
  /** By its lower-case name. */
  readonly header: HeaderReader;
  /** The whole body, or its beginning. */
  readonly body: string;
}

/**
 * Says what a reply of another status than 200 means: by the words of the error first, since servers give 500 for mistakes of
 * the client and 404 for what a model can't do, and by the status where the words say nothing.
 */
export function decodeError(reply: ErrorReply, context: ErrorContext): UpstreamFailure {
  const body = readErrorBody(reply.body);
  const isPage =
    /^\s*</.test(reply.body.slice(0, 100)) || /^text\/html\b/i.test(reply.header("content-type") ?? "");
  const reason = isPage ? judgePage(reply.status) : judge(body, reply.status, false);
  return toFailure(reason, { body, status: reply.status, header: reply.header }, context);
}

/** Says what an error means that came inside a reply of status 200: a value of JSON, whole or in a stream. */
export function decodeErrorValue(
  value: unknown,
  context: ErrorContext,
  header: HeaderReader = () => undefined,
): UpstreamFailure {
  const body = readErrorBody(value);
  return toFailure(judge(body, body.status, true), { body, status: body.status, header }, context);
}

interface Told {
  readonly body: ErrorBody;
  readonly status: number | undefined;
  readonly header: HeaderReader;
}

function toFailure(reason: FailureReason, told: Told, context: ErrorContext): UpstreamFailure {
  const { body } = told;
  const header: HeaderReader = (name) => told.header(name) ?? readFrom(body.headers, name);
  const named = readTokens(body.words);
  const tokens: NamedTokens = {
    ...named,
    ...(body.window === undefined ? {} : { window: body.window }),
    ...(body.input === undefined ? {} : { input: body.input }),
  };
  const isOfTokens = reason === "context-length" || reason === "output-budget";
  return describeFailure(reason, {
    upstream: context.upstream,
    now: context.now,
    words: body.words,
    param: body.param,
    status: told.status,
    waitMs: readWait(header, body.words, context.now),
    tokens: isOfTokens ? tokens : {},
    // A router's host has its own limit for each of its models.
    ofModel: reason === "rate-limit" && (body.provider !== undefined || speaksOfOneModel(body.words)),
  });
}

function readFrom(headers: ErrorBody["headers"], name: string): string | undefined {
  const key = Object.keys(headers).find((one) => one.toLowerCase() === name);
  const value = key === undefined ? undefined : headers[key];
  return typeof value === "number" ? String(value) : asText(value);
}

/** A page is nobody's answer but that of a proxy or a login in front. */
function judgePage(status: number): FailureReason {
  if (status === 413) return "payload-too-large";
  return status === 429 ? "rate-limit" : "proxy";
}

function judge(body: ErrorBody, status: number | undefined, inReply: boolean): FailureReason {
  const words = `${body.labels} ${body.words}`;
  const named = findReason(words);
  if (named === "output-budget") return fitsNot(body.words) ? "context-length" : named;
  if (named !== undefined && !(status === 402 && named !== "credit")) return named;
  if (status === 402) return "credit";
  if (speaksOfMissingModel(words)) return "model-not-found";
  if (status === 429) return speaksOfRate(words) || !speaksOfLoad(words) ? "rate-limit" : "overloaded";
  if (speaksOfRate(words) && status !== 400) return "rate-limit";
  if (speaksOfLoad(words)) return isQuotedOnly(body) ? "server" : "overloaded";
  return judgeStatus(status, body, inReply);
}

/** The prompt alone is larger than what fits: a smaller answer would not help. */
function fitsNot(words: string): boolean {
  const { window, input } = readTokens(words);
  return window !== undefined && input !== undefined && input >= window;
}

/** A router whose own words are that a host failed: what the host said of its load is not the router's. */
function isQuotedOnly(body: ErrorBody): boolean {
  return /^provider returned error/i.test(body.words);
}

/** Fields about thinking, which strict servers refuse by their names. */
const namesThinking =
  /\b(?:reasoning_(?:effort|content|details)|chat_template_kwargs|enable_thinking)\b|\.reasoning$|^reasoning /;

function judgeStatus(status: number | undefined, body: ErrorBody, inReply: boolean): FailureReason {
  switch (status) {
    case 400:
    case 422:
      return namesThinking.test(`${body.param ?? ""} ${body.words}`)
        ? "reasoning-unsupported"
        : "invalid-request";
    case 401:
    case 403:
      return speaksOfModelRefusal(body.words) ? "model-refused" : "key-refused";
    case 404:
      return body.param === "model" ? "model-not-found" : "not-supported";
    case 405:
    case 501:
      return "not-supported";
    case 408:
      return "timeout";
    case 413:
      return "payload-too-large";
    case 503:
    case 529:
      // In an answer that had begun it is the one request that failed.
      return inReply ? "server" : "overloaded";
    case 504:
      return "timeout";
    default:
      return judgeLabels(status, body);
  }
}

/** Labels without a status: Ollama and others in streams. */
function judgeLabels(status: number | undefined, body: ErrorBody): FailureReason {
  if (status !== undefined) return status < 400 ? "proxy" : "server";
  if (/authentication|unauthori[sz]ed|permission/.test(body.labels)) return "key-refused";
  if (/not_found/.test(body.labels)) return "not-supported";
  if (/invalid_request|badrequest|validation/.test(body.labels)) return "invalid-request";
  return "server";
}
