import { toClientMessage, type ErrorKind, type GatewayError } from "../../errors.ts";
import type { EncodedError } from "../dialect.ts";
import { encodeRetryHeaders } from "../encode-retry-headers.ts";

/** `error.status` for each kind. Source: https://cloud.google.com/apis/design/errors, google.rpc.Code */
const statuses = {
  "invalid-request": "INVALID_ARGUMENT",
  "context-length": "INVALID_ARGUMENT",
  "content-filtered": "INVALID_ARGUMENT",
  unsupported: "INVALID_ARGUMENT",
  unauthenticated: "UNAUTHENTICATED",
  "budget-exhausted": "RESOURCE_EXHAUSTED",
  "credit-exhausted": "RESOURCE_EXHAUSTED",
  forbidden: "PERMISSION_DENIED",
  "not-found": "NOT_FOUND",
  "model-not-found": "NOT_FOUND",
  "method-not-allowed": "UNIMPLEMENTED",
  "payload-too-large": "INVALID_ARGUMENT",
  "image-declined": "FAILED_PRECONDITION",
  "rate-limited": "RESOURCE_EXHAUSTED",
  aborted: "CANCELLED",
  internal: "INTERNAL",
  "upstream-unauthorized": "UNAVAILABLE",
  "upstream-unavailable": "UNAVAILABLE",
  "upstream-protocol": "UNAVAILABLE",
  "upstream-truncated": "UNAVAILABLE",
  "output-invalid": "INTERNAL",
  overloaded: "UNAVAILABLE",
  "upstream-timeout": "DEADLINE_EXCEEDED",
} as const satisfies Record<ErrorKind, string>;

/** What is not there at all, whatever is asked of it. */
const unimplemented = 501;

/** An entry of `details`. Source: google/rpc/error_details.proto */
export type WireErrorDetail =
  | { readonly "@type": "type.googleapis.com/google.rpc.RetryInfo"; readonly retryDelay: string }
  | {
      readonly "@type": "type.googleapis.com/google.rpc.BadRequest";
      readonly fieldViolations: readonly { readonly field: string; readonly description: string }[];
    };

/** The body of a failed request, and the last chunk of a stream that failed. */
export interface WireErrorBody {
  readonly error: {
    readonly code: number;
    readonly message: string;
    readonly status: string;
    readonly details?: readonly WireErrorDetail[];
  };
}

/** The text for the client. Of a prompt that is too long in Google's words, by which clients know it. */
function toMessage(error: GatewayError): string {
  const { kind, tokens } = error;
  if (kind !== "context-length" || tokens === undefined) return toClientMessage(error);
  return `The input token count (${tokens.count}) exceeds the maximum number of tokens allowed (${tokens.maximum}).`;
}

function listDetails(error: GatewayError, message: string): WireErrorDetail[] {
  const details: WireErrorDetail[] = [];
  if (error.retryAfterMs !== undefined) {
    const seconds = Math.max(0, Math.ceil(error.retryAfterMs / 1000));
    details.push({ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${seconds}s` });
  }
  if (error.param !== undefined && error.status === 400) {
    // What is found behind the dialect, of the whole conversation, has its name there.
    const field = error.param === "messages" ? "contents" : error.param;
    details.push({
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: [{ field, description: message }],
    });
  }
  return details;
}

/** Google's error object. */
export function encodeErrorBody(error: GatewayError): WireErrorBody {
  const message = toMessage(error);
  const details = listDetails(error, message);
  const status = error.status === unimplemented ? "UNIMPLEMENTED" : statuses[error.kind];
  return { error: { code: error.status, message, status, ...(details.length === 0 ? {} : { details }) } };
}

/** A failed request on Gemini's routes. */
export function encodeError(error: GatewayError): EncodedError {
  return { status: error.status, headers: encodeRetryHeaders(error), body: encodeErrorBody(error) };
}
