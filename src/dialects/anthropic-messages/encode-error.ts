import { toClientMessage, type ErrorKind, type GatewayError } from "../../errors.ts";
import type { EncodedError } from "../dialect.ts";
import { encodeRetryHeaders } from "../encode-retry-headers.ts";

/** `error.type` for each kind. Source: https://platform.claude.com/docs/en/api/errors */
const anthropicTypes = {
  "invalid-request": "invalid_request_error",
  "context-length": "invalid_request_error",
  "content-filtered": "invalid_request_error",
  unsupported: "invalid_request_error",
  unauthenticated: "authentication_error",
  "budget-exhausted": "rate_limit_error",
  "credit-exhausted": "billing_error",
  forbidden: "permission_error",
  "not-found": "not_found_error",
  "model-not-found": "not_found_error",
  "method-not-allowed": "invalid_request_error",
  "payload-too-large": "request_too_large",
  "image-declined": "invalid_request_error",
  "rate-limited": "rate_limit_error",
  aborted: "api_error",
  internal: "api_error",
  "upstream-unauthorized": "api_error",
  "upstream-unavailable": "api_error",
  "upstream-protocol": "api_error",
  "upstream-truncated": "api_error",
  "output-invalid": "api_error",
  overloaded: "overloaded_error",
  "upstream-timeout": "timeout_error",
} as const satisfies Record<ErrorKind, string>;

/** The body of a failed request and of a stream's `event: error`. */
export interface AnthropicErrorBody {
  readonly type: "error";
  readonly error: { readonly type: string; readonly message: string };
  readonly request_id: string | null;
}

/**
 * The text for the client. Claude Code compacts the conversation when it reads "prompt is too long", and reads
 * the numbers of "prompt is too long: N tokens > M maximum".
 */
function toMessage(error: GatewayError): string {
  const { kind, message, tokens } = error;
  if (kind !== "context-length" || /prompt is too long/i.test(message)) return toClientMessage(error);
  if (tokens === undefined) return `prompt is too long: ${message}`;
  return `prompt is too long: ${tokens.count} tokens > ${tokens.maximum} maximum`;
}

/** Anthropic's error object, as it stands in a body and in a stream. */
export function encodeErrorBody(error: GatewayError, requestId: string | null): AnthropicErrorBody {
  return {
    type: "error",
    error: { type: anthropicTypes[error.kind], message: toMessage(error) },
    request_id: requestId,
  };
}

/** Anthropic's own statuses, where they are others than the table's. */
const statuses: Partial<Record<ErrorKind, number>> = { overloaded: 529, "budget-exhausted": 429 };

/** A failed request on the Messages routes. */
export function encodeError(error: GatewayError, requestId: string | null): EncodedError {
  return {
    status: statuses[error.kind] ?? error.status,
    headers: { ...encodeRetryHeaders(error), ...(requestId === null ? {} : { "request-id": requestId }) },
    body: encodeErrorBody(error, requestId),
  };
}
