import type { GatewayError } from "../errors.ts";

/** `Retry-After` (in s, rounded up) and `x-should-retry`, each only when there is something to say. */
export function encodeRetryHeaders(error: GatewayError): Record<string, string> {
  const headers: Record<string, string> = {};
  if (error.retryAfterMs !== undefined) {
    headers["retry-after"] = String(Math.max(0, Math.ceil(error.retryAfterMs / 1000)));
  }
  if (error.shouldRetry !== undefined) headers["x-should-retry"] = String(error.shouldRetry);
  return headers;
}
