import { GatewayError, toLimitKind, type ErrorKind, type GatewayErrorOptions } from "../../errors.ts";
import { redact } from "../http/redact.ts";
import { speaksOfAbility } from "./error-wordings.ts";
import {
  createFailure,
  toGatewayRetry,
  type FailureReason,
  type NamedTokens,
  type UpstreamFailure,
} from "./failure.ts";

/** What is known of a failure. */
export interface FailureFacts {
  /** The upstream's name, as it stands in messages. */
  readonly upstream: string;
  /** Ms since the epoch. */
  readonly now?: number | undefined;
  /** The server's own words; empty if it has none. */
  readonly words?: string | undefined;
  readonly param?: string | undefined;
  readonly status?: number | undefined;
  readonly waitMs?: number | undefined;
  readonly tokens?: NamedTokens;
  /** Of a limit: it is this model's alone. */
  readonly ofModel?: boolean | undefined;
}

interface Description {
  readonly kind: ErrorKind;
  /** What happened, behind the upstream's name. */
  readonly text: string;
  /** What to do. */
  readonly advice: string;
  /** False: the same request will fail again at this server. */
  readonly shouldRetry?: false;
  readonly param?: string;
}

const descriptions: Readonly<Record<FailureReason, Description>> = {
  "context-length": {
    kind: "context-length",
    text: "says that the request is too long for the model",
    advice: "Shorten the conversation, or use a model with a larger context.",
  },
  "output-budget": {
    kind: "invalid-request",
    text: "says that the limit of output tokens is too large",
    advice: "Ask for fewer output tokens.",
    param: "max_tokens",
  },
  "tools-unsupported": {
    kind: "unsupported",
    text: "takes no tools for this model",
    advice: "Use a model with tools, or let the gateway emulate them.",
    param: "tools",
  },
  "reasoning-unsupported": {
    kind: "unsupported",
    text: "has no setting of reasoning for this model",
    advice: "Leave the setting out.",
    param: "reasoning_effort",
  },
  "model-not-found": {
    kind: "model-not-found",
    text: "does not know the model",
    advice: "The list of models names those that it has.",
    param: "model",
  },
  "not-supported": {
    kind: "unsupported",
    text: "can't do what was asked",
    advice: "Use another model, or check the upstream's base URL.",
  },
  "no-api": {
    kind: "not-found",
    text: "has no API at this address",
    advice: "Check its base URL: did you mean …/v1?",
  },
  credit: {
    kind: "credit-exhausted",
    text: "has no credit left for this key",
    advice: "Add credit to the account, or use another upstream.",
  },
  "rate-limit": {
    kind: "rate-limited",
    text: "takes no more requests for now",
    advice: "Send fewer at once, or try again later.",
  },
  overloaded: { kind: "overloaded", text: "has too much to do", advice: "Try again later." },
  loading: { kind: "overloaded", text: "is loading the model", advice: "Try again in a minute." },
  "output-unparsable": {
    kind: "output-invalid",
    text: "could not read what its model wrote",
    advice: "Try again, or use another model.",
  },
  "content-filtered": {
    kind: "content-filtered",
    text: "refuses what the request is about",
    advice: "Change the request.",
    shouldRetry: false,
  },
  "invalid-request": {
    kind: "invalid-request",
    text: "refuses the request",
    advice: "Change the request.",
    shouldRetry: false,
  },
  "payload-too-large": {
    kind: "payload-too-large",
    text: "takes no request as large as this",
    advice: "Send shorter messages, smaller files or fewer images.",
  },
  // The caller's own key is another matter.
  "key-refused": {
    kind: "upstream-unauthorized",
    text: "refuses the gateway's key",
    advice: "The operator has to check the key of this upstream, and what it may do.",
  },
  "model-refused": {
    kind: "forbidden",
    text: "does not let the gateway's key use this model",
    advice: "Use another model, or have the operator check what the key may do.",
    param: "model",
  },
  timeout: { kind: "upstream-timeout", text: "did not answer in time", advice: "Try again later." },
  proxy: {
    kind: "upstream-unavailable",
    text: "answered with a page in place of data",
    advice: "Something in front of it is in trouble, or its base URL is wrong.",
  },
  truncated: {
    kind: "upstream-truncated",
    text: "broke the answer off before its end",
    advice: "Try again.",
  },
  protocol: {
    kind: "upstream-protocol",
    text: "sent what is no answer that can be read",
    advice: "Check that its base URL leads to an OpenAI-compatible server.",
  },
  server: { kind: "upstream-unavailable", text: "failed", advice: "Try again later." },
};

/** A server's words are for the API user; long ones quote something. */
const longestQuote = 600;

/** Makes a failure with its error: what happened, the server's words without secrets, and what to do. */
export function describeFailure(reason: FailureReason, facts: FailureFacts): UpstreamFailure {
  const description = descriptions[reason];
  const { words = "", status, waitMs, tokens = {} } = facts;
  const advice =
    reason === "not-supported" && speaksOfAbility(words) ? "Use another model." : description.advice;
  const quote = words === "" ? "" : `: ${endSentence(redact(words.slice(0, longestQuote)))}`;
  const shown = quote === "" && status !== undefined ? ` (status ${status})` : "";
  const message = `${facts.upstream} ${description.text}${shown}${quote === "" ? "." : quote} ${advice}`;
  const kind = toKind(reason, waitMs);
  const { input, window } = tokens;
  const options: GatewayErrorOptions = {
    param: facts.param ?? description.param,
    retryAfterMs: waitMs,
    retry: toGatewayRetry(reason),
    ...(facts.ofModel === true || reason === "model-refused" ? { restsAt: "model" } : {}),
    ...(kind === "budget-exhausted" && waitMs !== undefined && facts.now !== undefined
      ? { resetsAt: facts.now + waitMs }
      : {}),
    ...(description.shouldRetry === undefined ? {} : { shouldRetry: description.shouldRetry }),
    ...(reason === "context-length" && input !== undefined && window !== undefined
      ? { tokens: { count: input, maximum: window } }
      : {}),
    ...(status === undefined ? {} : { cause: new Error(`status ${status}`) }),
  };
  return createFailure(reason, new GatewayError(kind, message, options), tokens);
}

/** What comes back at a time that was told is a budget; credit comes back when somebody pays. */
function toKind(reason: FailureReason, waitMs: number | undefined): ErrorKind {
  if (reason === "rate-limit") return toLimitKind(waitMs);
  if (reason === "credit" && waitMs !== undefined) return "budget-exhausted";
  return descriptions[reason].kind;
}

function endSentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
