import { CodedError } from "./conversation-errors.ts";
import { toClientMessage, type ErrorKind, type GatewayError } from "../../errors.ts";

/**
 * `response.error.code` for each kind. OpenAI names `server_error`, `rate_limit_exceeded` and `invalid_prompt`;
 * Codex also acts on `context_length_exceeded` and `server_is_overloaded`.
 */
const failureCodes = {
  "invalid-request": "invalid_prompt",
  "context-length": "context_length_exceeded",
  "content-filtered": "invalid_prompt",
  unsupported: "invalid_prompt",
  unauthenticated: "server_error",
  // Codex asks once more, and then stops at the 429 of this type, which tells it the time.
  "budget-exhausted": "usage_limit_reached",
  "credit-exhausted": "insufficient_quota",
  forbidden: "server_error",
  "not-found": "invalid_prompt",
  "model-not-found": "model_not_found",
  "method-not-allowed": "invalid_prompt",
  "payload-too-large": "invalid_prompt",
  "image-declined": "image_content_policy_violation",
  "rate-limited": "rate_limit_exceeded",
  aborted: "server_error",
  internal: "server_error",
  "upstream-unauthorized": "server_error",
  "upstream-unavailable": "server_error",
  "upstream-protocol": "server_error",
  "upstream-truncated": "server_error",
  "output-invalid": "server_error",
  overloaded: "server_is_overloaded",
  "upstream-timeout": "server_error",
} as const satisfies Record<ErrorKind, string>;

/** The `error` of a failed response. */
export function encodeFailure(error: GatewayError): { readonly code: string; readonly message: string } {
  const { kind, retryAfterMs } = error;
  // A stream has no Retry-After; Codex reads the wait from these words, and sleeps through one of hours.
  const wait =
    retryAfterMs === undefined || kind === "budget-exhausted"
      ? ""
      : ` Please try again in ${Math.max(1, Math.ceil(retryAfterMs / 1000))}s.`;
  const code = error instanceof CodedError ? error.code : failureCodes[kind];
  return { code, message: toClientMessage(error) + wait };
}
