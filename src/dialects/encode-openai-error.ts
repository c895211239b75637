import { toClientMessage, type ErrorKind, type GatewayError } from "../errors.ts";
import { encodeSseData } from "../stream/sse.ts";
import type { EncodedError } from "./dialect.ts";
import { encodeRetryHeaders } from "./encode-retry-headers.ts";

/** OpenAI's `error.type` and `error.code` for each kind. SDKs branch on the status, people on the code. */
const openAiNames = {
  "invalid-request": { type: "invalid_request_error", code: null },
  "context-length": { type: "invalid_request_error", code: "context_length_exceeded" },
  "content-filtered": { type: "invalid_request_error", code: "content_filter" },
  unsupported: { type: "invalid_request_error", code: "unsupported_value" },
  unauthenticated: { type: "invalid_request_error", code: "invalid_api_key" },
  // The words of OpenAI for an account without credit: agents stop at them, and at the status 402, with our text.
  "budget-exhausted": { type: "insufficient_quota", code: "insufficient_quota" },
  "credit-exhausted": { type: "insufficient_quota", code: "insufficient_quota" },
  forbidden: { type: "permission_error", code: "forbidden" },
  "not-found": { type: "invalid_request_error", code: "not_found" },
  "model-not-found": { type: "invalid_request_error", code: "model_not_found" },
  "method-not-allowed": { type: "invalid_request_error", code: "method_not_allowed" },
  "payload-too-large": { type: "invalid_request_error", code: "request_too_large" },
  "image-declined": { type: "image_generation_user_error", code: "image_declined" },
  "rate-limited": { type: "rate_limit_error", code: "rate_limit_exceeded" },
  aborted: { type: "invalid_request_error", code: "request_cancelled" },
  internal: { type: "server_error", code: "internal_error" },
  "upstream-unauthorized": { type: "server_error", code: "upstream_unauthorized" },
  "upstream-unavailable": { type: "server_error", code: "upstream_unavailable" },
  "upstream-protocol": { type: "server_error", code: "upstream_protocol" },
  "upstream-truncated": { type: "server_error", code: "upstream_truncated" },
  "output-invalid": { type: "server_error", code: "output_invalid" },
  overloaded: { type: "server_error", code: "overloaded" },
  "upstream-timeout": { type: "server_error", code: "upstream_timeout" },
} as const satisfies Record<ErrorKind, { type: string; code: string | null }>;

/** The error object of OpenAI's APIs. */
export interface OpenAiErrorObject {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** OpenAI's `error` object, as it also stands in a stream's error frame. */
export function encodeOpenAiErrorObject(error: GatewayError): OpenAiErrorObject {
  const { type, code } = openAiNames[error.kind];
  return { message: toClientMessage(error), type, param: error.param ?? null, code };
}

/**
 * The body of a failed request on OpenAI's routes: `{code, data: {msg}}`, which old scripts read, and
 * OpenAI's `{error: {message, type, param, code}}` in one object.
 */
export function encodeOpenAiError(error: GatewayError): EncodedError {
  return {
    status: error.status,
    headers: encodeRetryHeaders(error),
    body: {
      code: error.status,
      data: { msg: toClientMessage(error) },
      error: encodeOpenAiErrorObject(error),
    },
  };
}

/** A stream's error frame. No `[DONE]` follows it, so that nobody takes the answer for a whole one. */
export function encodeOpenAiErrorFrame(error: GatewayError): string {
  return encodeSseData(JSON.stringify({ error: encodeOpenAiErrorObject(error) }));
}
