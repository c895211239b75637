import { describe, expect, test } from "vitest";

import { errorStatus } from "../../../src/errors.ts";
import { decodeError, decodeErrorValue } from "../../../src/upstreams/openai-compatible/decode-error.ts";
import type { FailureReason, NamedTokens } from "../../../src/upstreams/openai-compatible/failure.ts";
import { now } from "./read-case.ts";

function refuse(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return decodeError(
    {
      status,
      header: (name) => headers[name],
      body: typeof body === "string" ? body : JSON.stringify(body),
    },
    { upstream: "mine", now },
  );
}

const message = (text: string) => ({ error: { message: text, type: "x", code: null } });

describe("a context that is too long, in everybody's words", () => {
  test.each<[string, NamedTokens]>([
    ["This model's maximum context length is 128,000 tokens.", { window: 128_000 }],
    [
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
      { window: 8192, input: 9000 },
    ],
    ["The prompt exceeds the available context size (4096 tokens)", { window: 4096 }],
    ["the request is larger than the max context size (2048 tokens)", { window: 2048 }],
    ["Context size has been exceeded.", {}],
    ["prompt exceeds the context length currently available", {}],
    [
      "Trying to keep the first 9000 tokens when context overflows. However, the model is loaded with context length of only 4096 tokens",
      { window: 4096 },
    ],
    ["The number of tokens to keep from the initial prompt is greater than the context length", {}],
    ["prompt is too long: 210000 tokens > 200000 maximum", { window: 200_000, input: 210_000 }],
    ["Input is too long for requested model.", {}],
    ["Your input exceeds the context window of this model.", {}],
    [
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      { window: 1_048_576, input: 1_200_000 },
    ],
    [
      "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
      { window: 131_072, input: 200_000 },
    ],
    ["Invalid request: Your request exceeded model token limit: 262144", { window: 262_144 }],
    [
      "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
      { window: 32_768, input: 40_000 },
    ],
    ["Range of input length should be [1, 30720]", { window: 30_720 }],
    ["invalid params, context window exceeds limit", {}],
    ["input length and `max_tokens` exceed context limit: 190000 + 21333 > 200000", {}],
  ])("%s", (text, tokens) => {
    for (const status of [400, 413, 422, 500]) {
      const failure = refuse(status, message(text));
      expect([failure.reason, failure.retry]).toEqual(["context-length", "larger"]);
      expect(failure.tokens).toEqual(tokens);
      expect(failure.error.kind).toBe("context-length");
    }
    expect(decodeErrorValue({ error: text }, { upstream: "mine", now }).reason).toBe("context-length");
  });

  test("its label says it, too", () => {
    const body = { error: { message: "Too long.", code: "context_length_exceeded" } };
    expect(refuse(400, body).reason).toBe("context-length");
  });

  test("an error that a proxy quotes as text is read", () => {
    const inner = JSON.stringify(message("This model's maximum context length is 8192 tokens."));
    expect(refuse(400, { error: { message: inner, code: 400 } })).toMatchObject({
      reason: "context-length",
      tokens: { window: 8192 },
    });
  });

  test("the error names both numbers where both are known", () => {
    const { error } = refuse(
      400,
      message("The input (9000 tokens) is longer than the model's context length (8192 tokens)."),
    );
    expect(error.tokens).toEqual({ count: 9000, maximum: 8192 });
  });
});

describe("an answer that was asked to be too long", () => {
  test.each<[string, NamedTokens]>([
    [
      "max_tokens is too large: 5000. This model supports at most 4096 completion tokens, whereas you provided 5000.",
      { window: 4096, output: 5000 },
    ],
    ["Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", { window: 8192 }],
    [
      "`max_tokens` must be less than or equal to `32768`, the maximum value for `max_tokens`",
      { window: 32_768 },
    ],
    [
      "max_tokens: 64001 > 64000, which is the maximum allowed number of output tokens",
      { window: 64_000, output: 64_001 },
    ],
    ["Range of max_tokens should be [1, 8192]", { window: 8192 }],
    ["Input validation error: `max_new_tokens` must be <= 512. Given: 1024", { window: 512, output: 1024 }],
  ])("%s", (text, tokens) => {
    const failure = refuse(400, message(text));
    expect([failure.reason, failure.retry]).toEqual(["output-budget", "lower"]);
    expect(failure.tokens.window).toBe(tokens.window);
    expect(failure.tokens.output).toBe(tokens.output);
  });

  test("a prompt that does not fit by itself needs a larger model", () => {
    const text =
      "'max_tokens' or 'max_completion_tokens' is too large: 1000. This model's maximum context length is 8192 tokens and your request has 9000 input tokens (1000 > 8192 - 9000).";
    expect(refuse(400, message(text)).reason).toBe("context-length");
  });
});

describe("what the words say goes before the status", () => {
  test.each<[number, string, FailureReason]>([
    [
      400,
      '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
      "tools-unsupported",
    ],
    [400, 'tool_choice="required" requires --tool-call-parser to be set', "tools-unsupported"],
    [500, "tools param requires --jinja flag", "tools-unsupported"],
    [404, "No endpoints found that support tool use. To learn more …", "tools-unsupported"],
    [400, "This model does not support function calling", "tools-unsupported"],
    [400, "model m does not support thinking", "reasoning-unsupported"],
    [500, "error parsing tool call: raw='{', err=unexpected end of JSON input", "output-unparsable"],
    [500, "Failed to parse input at pos 12", "output-unparsable"],
    [503, "Loading model", "loading"],
    [429, "You exceeded your current quota, please check your plan and billing details.", "credit"],
    [400, "Insufficient Balance", "credit"],
    [404, "model 'm' not found", "model-not-found"],
    [400, "Invalid model name passed in model=m", "model-not-found"],
    [400, "m is not a valid model ID", "model-not-found"],
    [404, "No endpoints found for m.", "model-not-found"],
    [400, "No models loaded. Please load a model first.", "model-not-found"],
    [404, "404 page not found", "not-supported"],
    [501, "This server does not support embeddings.", "not-supported"],
    [400, "m is not a multimodal model", "not-supported"],
    [400, "At most 0 image(s) may be provided in one prompt.", "not-supported"],
    [
      413,
      "Request too large for model m on tokens per minute (TPM): Limit 6000, Requested 9000",
      "rate-limit",
    ],
    [429, "Rate limit reached for tokens per min. Limit: 8192 context", "rate-limit"],
    [503, "The engine is currently overloaded, please try again later", "overloaded"],
    [500, "server busy, please try again. maximum pending requests exceeded", "overloaded"],
    [403, "Input was flagged by moderation", "content-filtered"],
    [401, "Unauthorized", "key-refused"],
    [403, "This key may not use the model", "key-refused"],
    [408, "Request timed out", "timeout"],
    [409, "Conflict", "server"],
    [500, "boom", "server"],
    [502, "bad upstream", "server"],
    [504, "upstream request timeout", "timeout"],
  ])("%i %s: %s", (status, text, reason) => {
    expect(refuse(status, message(text)).reason).toBe(reason);
    expect(refuse(status, { error: text }).reason).toBe(reason);
    expect(refuse(status, { object: "error", message: text, type: "x", code: status }).reason).toBe(reason);
    expect(refuse(status, { detail: text }).reason).toBe(reason);
    expect(refuse(status, text).reason).toBe(reason);
  });

  test("an empty body leaves the status", () => {
    const found = [400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 501, 502, 503, 504, 529].map(
      (status) => refuse(status, "").reason,
    );
    expect(found).toEqual([
      "invalid-request",
      "key-refused",
      "credit",
      "key-refused",
      "not-supported",
      "timeout",
      "payload-too-large",
      "invalid-request",
      "rate-limit",
      "server",
      "not-supported",
      "server",
      "overloaded",
      "timeout",
      "overloaded",
    ]);
  });

  test("a page is a proxy's, whatever it says", () => {
    const page = "<html><body>rate limit, model not found, loading model</body></html>";
    expect(
      [200, 301, 403, 404, 413, 429, 502, 503, 504].map((status) => refuse(status, page).reason),
    ).toEqual([
      "proxy",
      "proxy",
      "proxy",
      "proxy",
      "payload-too-large",
      "rate-limit",
      "proxy",
      "proxy",
      "proxy",
    ]);
  });
});

describe("when to ask again", () => {
  test.each<[Readonly<Record<string, string>>, unknown, number | undefined]>([
    [{ "retry-after": "7" }, "", 7000],
    [{ "retry-after": "1.5" }, "", 1500],
    [{ "retry-after": new Date(now + 30_000).toUTCString() }, "", 30_000],
    [{ "retry-after-ms": "250" }, "", 250],
    [{ "x-ratelimit-reset": String(now / 1000 + 20) }, "", 20_000],
    [{ "x-ratelimit-reset": String(now + 20_000) }, "", 20_000],
    [{ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s" }, "", 360_000],
    [{ "x-ratelimit-remaining-requests": "5", "x-ratelimit-reset-requests": "6m0s" }, "", undefined],
    [{}, message("Rate limit reached. Please try again in 20s."), 20_000],
    [
      {},
      {
        error: {
          code: 429,
          message: "Rate limit",
          metadata: { headers: { "X-RateLimit-Reset": String(now + 5000) } },
        },
      },
      5000,
    ],
    [{ "retry-after": "soon" }, "", undefined],
  ])("%j %j: %s", (headers, body, wait) => {
    expect(refuse(429, body, headers).error.retryAfterMs).toBe(wait);
  });

  test("a limit that lasts is told as one at which agents stop", () => {
    const { error, reason } = refuse(429, "", { "retry-after": "3600" });
    expect([reason, error.kind, error.resetsAt]).toEqual(["rate-limit", "budget-exhausted", now + 3_600_000]);
  });
});

test("the error of any failure is one of the table, names the upstream and shows no key", () => {
  for (let status = 400; status < 600; status += 1) {
    const { error } = refuse(status, message(`Incorrect API key provided: sk-${"a1".repeat(20)}.`));
    expect(Object.keys(errorStatus)).toContain(error.kind);
    expect(error.message).toContain("mine ");
    expect(error.message).not.toContain("a1a1");
  }
});

test("the caller's own key is not to blame for the gateway's", () => {
  const { error } = refuse(401, message("Unauthorized"));
  expect([error.kind, error.status, error.shouldRetry]).toEqual(["upstream-unauthorized", 502, false]);
});

test("a field that is wrong is named", () => {
  const body = { detail: [{ loc: ["body", "messages", 0, "role"], msg: "Field required" }] };
  expect(refuse(422, body).error.param).toBe("messages.0.role");
});

test("errors quoted in errors without end are read to a depth", () => {
  let body: unknown = "deep";
  for (let depth = 0; depth < 5000; depth += 1) body = { error: body };
  expect(decodeErrorValue(body, { upstream: "mine", now }).reason).toBe("server");
});

describe("what routing is told", () => {
  const retryAfter = { "retry-after": "7" };

  test.each<[string, ReturnType<typeof refuse>, object]>([
    ["no credit", refuse(402, message("Add money")), { kind: "credit-exhausted", retry: "other" }],
    [
      "no credit until a time",
      refuse(402, message("Add money"), retryAfter),
      { kind: "budget-exhausted", resetsAt: now + 7000 },
    ],
    [
      "a limit of the key",
      refuse(429, message("Rate limit exceeded"), retryAfter),
      { kind: "rate-limited", retry: "other", restsAt: undefined, retryAfterMs: 7000 },
    ],
    [
      "a limit of the host of one model",
      refuse(429, {
        error: { code: 429, message: "Provider returned error", metadata: { provider_name: "x" } },
      }),
      { kind: "rate-limited", restsAt: "model" },
    ],
    [
      "a limit of one model",
      refuse(429, message("Rate limit reached for model `m` in organization o on tokens per minute")),
      { kind: "rate-limited", restsAt: "model" },
    ],
    ["a key", refuse(403, message("Key revoked")), { kind: "upstream-unauthorized", restsAt: undefined }],
    [
      "a key for other models",
      refuse(403, message("Your key is not allowed to use this model.")),
      { kind: "forbidden", retry: "other", restsAt: "model" },
    ],
    [
      "a key for other models, as LiteLLM has it",
      refuse(401, message("key not allowed to access model. This key can only access models=['a']")),
      { kind: "forbidden", restsAt: "model" },
    ],
    ["what its server could not read", refuse(500, message("grammar stack")), { retry: "same" }],
    ["a long prompt", refuse(400, message("prompt is too long")), { retry: "larger-context" }],
    ["a wrong request", refuse(400, message("no messages")), { retry: "never" }],
    ["a model that is loading", refuse(503, message("Loading model")), { retry: "other" }],
    ["tools", refuse(400, message("m does not support tools")), { kind: "unsupported", retry: "other" }],
  ])("%s", (_name, { error }, wanted) => {
    expect(error).toMatchObject(wanted);
  });
});
