import { describe, expect, it } from "vitest";

import { encodeError } from "../../../src/dialects/anthropic-messages/encode-error.ts";
import { errorStatus, GatewayError, type ErrorKind, type GatewayErrorOptions } from "../../../src/errors.ts";

function tooLong(text: string, options?: GatewayErrorOptions): unknown {
  return encodeError(new GatewayError("context-length", text, options), null).body;
}

const vain = ["output-invalid", "budget-exhausted", "credit-exhausted", "upstream-unauthorized"];

describe("an error on the Messages routes", () => {
  const expected: Record<ErrorKind, [number, string]> = {
    "invalid-request": [400, "invalid_request_error"],
    "context-length": [400, "invalid_request_error"],
    "content-filtered": [400, "invalid_request_error"],
    unsupported: [400, "invalid_request_error"],
    unauthenticated: [401, "authentication_error"],
    "budget-exhausted": [429, "rate_limit_error"],
    "credit-exhausted": [402, "billing_error"],
    "upstream-unauthorized": [502, "api_error"],
    forbidden: [403, "permission_error"],
    "not-found": [404, "not_found_error"],
    "model-not-found": [404, "not_found_error"],
    "method-not-allowed": [405, "invalid_request_error"],
    "payload-too-large": [413, "request_too_large"],
    "image-declined": [422, "invalid_request_error"],
    "rate-limited": [429, "rate_limit_error"],
    aborted: [499, "api_error"],
    internal: [500, "api_error"],
    "upstream-unavailable": [502, "api_error"],
    "upstream-protocol": [502, "api_error"],
    "upstream-truncated": [502, "api_error"],
    "output-invalid": [502, "api_error"],
    overloaded: [529, "overloaded_error"],
    "upstream-timeout": [504, "timeout_error"],
  };

  it("is tested for every kind", () => {
    expect(Object.keys(expected).sort()).toEqual(Object.keys(errorStatus).sort());
  });

  it.each(Object.entries(expected))("of kind %s is %j", (kind, [status, type]) => {
    // The table's keys are the kinds: checked by its type and by the test above.
    const error = new GatewayError(kind as ErrorKind, "prompt is too long: words");
    expect(encodeError(error, "req_1")).toEqual({
      status,
      headers: {
        "request-id": "req_1",
        ...(vain.includes(kind) ? { "x-should-retry": "false" } : {}),
      },
      body: {
        type: "error",
        error: { type, message: expect.stringMatching(/^prompt is too long: words/) },
        request_id: "req_1",
      },
    });
  });

  it("says that a prompt is too long in the words that make Claude Code compact", () => {
    expect(tooLong("Too much.", { tokens: { count: 70_000, maximum: 63_000 } })).toMatchObject({
      error: { message: "prompt is too long: 70000 tokens > 63000 maximum" },
    });
    expect(tooLong("prompt is too long: 130000 tokens > 128000 maximum")).toMatchObject({
      error: { message: "prompt is too long: 130000 tokens > 128000 maximum" },
    });
    expect(tooLong("The model takes 128000 tokens.")).toMatchObject({
      error: { message: "prompt is too long: The model takes 128000 tokens." },
    });
  });

  it("tells when to come back only if the upstream said so", () => {
    const error = new GatewayError("rate-limited", "Used up.", { retryAfterMs: 1500, shouldRetry: false });
    expect(encodeError(error, null).headers).toEqual({
      "retry-after": "2",
      "x-should-retry": "false",
    });
  });
});
