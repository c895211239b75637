import type { GatewayError, RetryScope as GatewayRetry } from "../../errors.ts";
import { copyError } from "../http/clean-errors.ts";

/** What went wrong at a server, as exactly as its status, the shape of its error and its words tell. */
export type FailureReason =
  /** The prompt, or prompt and answer together, are longer than the model's context. */
  | "context-length"
  /** The prompt fits; only the answer that was asked for is too long. */
  | "output-budget"
  /** The model, or the server as it was started, takes no tools. */
  | "tools-unsupported"
  | "reasoning-unsupported"
  | "model-not-found"
  /** The server has no such route, or the model can't do what was asked (images, chat). */
  | "not-supported"
  /** There is no API at all at the base URL. */
  | "no-api"
  /** The account has no money left. */
  | "credit"
  | "rate-limit"
  | "overloaded"
  /** The model is being loaded: the same server will answer. */
  | "loading"
  /** The server could not read what its own model wrote. */
  | "output-unparsable"
  | "content-filtered"
  | "invalid-request"
  | "payload-too-large"
  /** The key is missing, wrong, or may not do this. */
  | "key-refused"
  /** The key is right, but not for this model. */
  | "model-refused"
  | "timeout"
  /** Something in between answered: a proxy's page, a login page. */
  | "proxy"
  /** The answer broke off. */
  | "truncated"
  /** What came is no answer that can be read. */
  | "protocol"
  /** The server failed. */
  | "server";

/**
 * Where another try can help.
 * - `never`: nowhere; the request is wrong.
 * - `same`: here, once: chance decides.
 * - `wait`: here, after a while.
 * - `other`: at another upstream.
 * - `larger`: at a model with a larger context.
 * - `lower`: here, with a smaller limit of output tokens.
 * - `emulate`: here, without native tools.
 * - `drop`: here, without the field that the model does not know.
 */
export type RetryScope = "never" | "same" | "wait" | "other" | "larger" | "lower" | "emulate" | "drop";

/** Numbers that a server named, in tokens. */
export interface NamedTokens {
  /** What fits: the context, or for `output-budget` what the server named as its limit. */
  readonly window?: number;
  /** Of the prompt. */
  readonly input?: number;
  /** Of the answer that was asked for. */
  readonly output?: number;
}

/** A failure of a server: the error for the client, and what routing has to know. */
export interface UpstreamFailure {
  readonly reason: FailureReason;
  readonly retry: RetryScope;
  readonly tokens: NamedTokens;
  readonly error: GatewayError;
}

const scopes: Readonly<Record<FailureReason, RetryScope>> = {
  "context-length": "larger",
  "output-budget": "lower",
  "tools-unsupported": "emulate",
  "reasoning-unsupported": "drop",
  "model-not-found": "other",
  "not-supported": "other",
  "no-api": "other",
  credit: "other",
  "rate-limit": "other",
  overloaded: "other",
  loading: "wait",
  "output-unparsable": "same",
  "content-filtered": "never",
  "invalid-request": "never",
  "payload-too-large": "never",
  "key-refused": "other",
  "model-refused": "other",
  timeout: "other",
  proxy: "other",
  truncated: "other",
  protocol: "other",
  server: "other",
};

/**
 * Where the gateway may ask again, once this upstream has done what it can by itself: what it would wait for, lower or leave out
 * it has, so that others come next.
 */
export function toGatewayRetry(reason: FailureReason): GatewayRetry {
  const scope = scopes[reason];
  if (scope === "larger") return "larger-context";
  return scope === "never" || scope === "same" ? scope : "other";
}

/** The same error, of an upstream that has learned from it and shall be asked once more. */
export function askAgain(error: GatewayError): GatewayError {
  return copyError(error, { retry: "same" });
}

/** Puts a failure together; where another try helps follows from the reason. */
export function createFailure(
  reason: FailureReason,
  error: GatewayError,
  tokens: NamedTokens = {},
): UpstreamFailure {
  return { reason, retry: scopes[reason], tokens, error };
}
