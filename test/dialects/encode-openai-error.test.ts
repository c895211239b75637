import { expect, test } from "vitest";

import { encodeOpenAiError, encodeOpenAiErrorFrame } from "../../src/dialects/encode-openai-error.ts";
import { type ErrorKind, errorStatus, GatewayError } from "../../src/errors.ts";

const kinds = Object.keys(errorStatus) as ErrorKind[];

test.each(kinds)("%s is shown in both forms", (kind) => {
  const { status, headers, body } = encodeOpenAiError(
    new GatewayError(kind, "What happened.", { param: "model" }),
  );
  expect(status).toBe(errorStatus[kind]);
  expect(headers).toEqual(
    ["output-invalid", "budget-exhausted", "credit-exhausted", "upstream-unauthorized"].includes(kind)
      ? { "x-should-retry": "false" }
      : {},
  );
  const message = expect.stringMatching(/^What happened\./);
  expect(body).toEqual({
    code: status,
    data: { msg: message },
    error: {
      message,
      type: expect.stringMatching(status >= 500 ? /^server_error$/ : /^(\w+_error|insufficient_quota)$/),
      param: "model",
      code: kind === "invalid-request" ? null : expect.stringMatching(/^[a-z_]+$/),
    },
  });
});

test.each([
  [{ retryAfterMs: 1 }, { "retry-after": "1" }],
  [{ retryAfterMs: 60_000 }, { "retry-after": "60" }],
  [{ retryAfterMs: -5 }, { "retry-after": "0" }],
  [{ shouldRetry: false }, { "x-should-retry": "false" }],
  [{}, {}],
])("%j becomes the headers %j", (options, headers) => {
  expect(encodeOpenAiError(new GatewayError("rate-limited", "Wait.", options)).headers).toEqual(headers);
});

test("a status of its own wins over the table", () => {
  expect(encodeOpenAiError(new GatewayError("upstream-unavailable", "Down.", { status: 503 }))).toMatchObject(
    {
      status: 503,
      body: { code: 503 },
    },
  );
});

test("the frame of a stream holds OpenAI's object alone", () => {
  expect(encodeOpenAiErrorFrame(new GatewayError("internal", "Oh."))).toBe(
    'data: {"error":{"message":"Oh.","type":"server_error","param":null,"code":"internal_error"}}\n\n',
  );
});
