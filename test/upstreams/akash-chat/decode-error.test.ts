import { describe, expect, test } from "vitest";

import { toConnectionError } from "../../../src/upstreams/http/connection-error.ts";
import { decodeErrorText } from "../../../src/upstreams/akash-chat/decode-error-text.ts";
import { decodeError, type Refusal } from "../../../src/upstreams/akash-chat/decode-error.ts";
import { createEventStreamDecoder } from "../../../src/upstreams/akash-chat/decode-event-stream.ts";
import { createDataStreamDecoder } from "../../../src/upstreams/akash-chat/decode-stream.ts";
import { names } from "../../../src/upstreams/akash-chat/names.ts";
import { redact } from "../../../src/upstreams/http/redact.ts";

const now = Date.parse("2026-11-23T00:00:00Z");

function refuse(refusal: Partial<Refusal>) {
  const whole: Refusal = {
    status: 500,
    contentType: "application/json",
    text: "",
    limitReset: undefined,
    retryAfter: undefined,
    challenged: false,
    ...refusal,
  };
  return decodeError(whole, { now });
}

const html = { contentType: "text/html; charset=UTF-8" };
const challenge = "<!DOCTYPE html><title>Just a moment...</title>";

describe("replies that refuse", () => {
  test.each([
    [
      "a block of the CDN",
      { ...html, status: 403, text: "<html>Attention Required! secret" },
      "upstream-unavailable",
      502,
      false,
    ],
    ["a challenge", { ...html, status: 403, text: challenge }, "upstream-unavailable", 502, false],
    ["a challenge with 503", { ...html, status: 503, text: challenge }, "upstream-unavailable", 502, false],
    [
      "a challenge by its header",
      { ...html, status: 503, text: "<html>", challenged: true },
      "upstream-unavailable",
      502,
      false,
    ],
    [
      "a page of the origin's trouble",
      { ...html, status: 522, text: "<html>" },
      "upstream-unavailable",
      502,
      undefined,
    ],
    [
      "a page without a content type",
      { contentType: "", status: 502, text: " <html>" },
      "upstream-unavailable",
      502,
      undefined,
    ],
    ["another site's 404", { ...html, status: 404, text: "<html>" }, "upstream-unavailable", 502, false],
    ["a wrong method", { contentType: "", status: 405 }, "upstream-unavailable", 502, false],
    ["an empty 500", { contentType: "", status: 500 }, "invalid-request", 400, false],
    ["too large", { contentType: "", status: 413 }, "payload-too-large", 413, undefined],
    ["any JSON 500", { text: '{"error":"Internal server error"}' }, "upstream-unavailable", 502, undefined],
    ["no access", { status: 403, text: '{"error":"no"}' }, "upstream-unavailable", 502, false],
  ])("%s", (_name, refusal, kind, status, shouldRetry) => {
    const error = refuse(refusal);
    expect(error).toMatchObject({ kind, status, shouldRetry });
    expect(error.message).not.toMatch(/<|secret/);
  });

  test("a page of the CDN tells the operator what helps", () => {
    const { message } = refuse({ ...html, status: 403, text: challenge });
    expect(message).toMatch(/AKASH_COOKIE.*AKASH_USER_AGENT.*AKASHML_API_KEY/);
    expect(message).not.toMatch(/another network|PROXY/);
  });

  test.each([
    ["header", { limitReset: String(now / 1000 + 60) }, 60_000],
    ["body", { text: '{"resetTime":"2026-11-23T00:00:30.500Z"}' }, 30_500],
    ["retry-after", { retryAfter: "7" }, 7000],
    ["retry-after as a date", { retryAfter: "Mon, 23 Nov 2026 00:00:09 GMT" }, 9000],
    ["a time that has passed", { limitReset: "1000" }, 0],
    ["nothing: no time is invented", { text: "{}" }, undefined],
    ["a page of the CDN", { ...html, text: "<html>" }, undefined],
  ])("429: the wait comes from the %s", (_name, refusal, retryAfterMs) => {
    expect(refuse({ status: 429, ...refusal })).toMatchObject({ kind: "rate-limited", retryAfterMs });
  });
});

test.each([
  [
    "the application's limit",
    { text: '{"error":"Rate limit exceeded"}' },
    "The usage limit of this gateway's",
  ],
  [
    "the application's limit by its header",
    { limitReset: String(now / 1000 + 9) },
    "The usage limit of this",
  ],
  ["a page of a proxy", { ...html, text: "<html>" }, "The network in front of Akash Chat takes no more"],
  [
    "words of a proxy",
    { contentType: "text/plain", text: "slow down" },
    "The network in front of Akash Chat",
  ],
])("429: %s is told as what it is", (_name, refusal, words) => {
  expect(refuse({ status: 429, ...refusal }).message).toContain(words);
});

describe("error texts inside a reply", () => {
  test.each([
    ["{'error': '/chat/completions: Invalid model name passed in model=x.'}", "model-not-found"],
    ["The model `x` does not exist.", "model-not-found"],
    ["Rate limit reached for requests", "rate-limited"],
    ["Failed after 3 attempts. Last error: Too Many Requests", "rate-limited"],
    ["This model's maximum context length is 8192 tokens.", "context-length"],
    ["Invalid prompt: messages must not be empty", "invalid-request"],
    ["Model tried to call unavailable tool 'x'. No tools are available.", "output-invalid"],
    ["terminated", "upstream-truncated"],
    ["[object Object]", "upstream-unavailable"],
    ["Bad Gateway", "upstream-unavailable"],
  ])("%s is %s", (text, kind) => {
    expect(decodeErrorText(text).kind).toBe(kind);
  });

  test.each([
    ["Rate limit reached for requests", 5000],
    ["Failed after 3 attempts. Last error: 429 Too Many Requests", 5000],
    ["Rate limit reached. Please try again in 20s. Visit", 20_000],
    ["Rate limit reached. Please try again in 1m30.5s.", 90_500],
    ["Rate limit reached. Please try again in 870ms.", 870],
    ["Rate limit: retry after 2 minutes", 120_000],
    ["Rate limit. Try again in 1 hour", 3_600_000],
    ["Rate limit. Try again in 30 seconds", 30_000],
    ["Rate limit. Try again in a moment", 5000],
    ["Rate limit. Try again in 5 megabytes", 5000],
    ["Rate limit. Try again in 1.2.3s", 5000],
    ["Rate limit. Try again in 0s", 5000],
    ["Rate limit. Try again in 999999999h", 5000],
    ["Service unavailable, try again in 20s", undefined],
  ])("%s: the wait is %s ms", (text, retryAfterMs) => {
    expect(decodeErrorText(text).retryAfterMs).toBe(retryAfterMs);
  });

  test.each([
    'Invalid prompt: message must be a CoreMessage\nValidation error: Value: [{"content":"secret"}]',
    'Invalid prompt: Received message of type: "other" at index 0\nmessages[0]: {"content":"secret"}',
  ])("the quoted prompt is not repeated: %j", (text) => {
    const error = decodeErrorText(text);
    expect(error.message).toMatch(/^Akash Chat reports: Invalid prompt: /);
    expect(`${error.message} ${String(error.cause)}`).not.toContain("secret");
  });
});

describe("redaction", () => {
  test.each([
    ["Invalid API key: sk-...abcd", "Invalid API key: [key]"],
    ["key akml-0123456789abcdef0123 is off", "key [key] is off"],
    ["Authorization: Bearer abcdef123456", "Authorization: [key]"],
    ["token 0123456789abcdef0123456789abcdef", "token [key]"],
    ["connect ECONNREFUSED 127.0.0.1:9199", "connect ECONNREFUSED [address]"],
    ["at http://10.1.2.3:8000/v1/chat?x=1 failed", "at [address] failed"],
    ["vllm-0.models.svc:8000 and db.internal", "[address] and [address]"],
    ["connect ECONNREFUSED ::1:8000", "connect ECONNREFUSED [address]"],
    ["[fe80::1]:80", "[address]"],
    ["Unexpected token '<', \"<html><body>x\" is not", "Unexpected token '<', \"[a web page]"],
    ["The model `hf-small` at 12:34:56, messages[10], Qwen/Qwen3-30B-A3B v1.2.3", undefined],
    ["Meta-Llama-3-1-405B-Instruct-FP8 and Qwen3-235B-A22B-Instruct-2507-FP8", undefined],
  ])("%s", (text, expected) => {
    expect(redact(text)).toBe(expected ?? text);
  });

  test("takes no longer for hostile text", () => {
    const hostile = ["sk-".repeat(100_000), "a.".repeat(100_000), ":".repeat(100_000), "1.".repeat(100_000)];
    for (const text of hostile) expect(redact(text).length).toBeLessThan(2000);
  });
});

function fail(code: string, message = "secret 10.0.0.1"): Error {
  return Object.assign(new Error(message), { code });
}

describe("connections that fail", () => {
  test.each([
    ["ENOTFOUND", "upstream-unavailable", false, "DNS"],
    ["EAI_AGAIN", "upstream-unavailable", undefined, "DNS"],
    ["ECONNREFUSED", "upstream-unavailable", undefined, "refused"],
    ["ECONNRESET", "upstream-unavailable", undefined, "closed before it answered"],
    ["UND_ERR_SOCKET", "upstream-unavailable", undefined, "closed before it answered"],
    ["UND_ERR_CONNECT_TIMEOUT", "upstream-unavailable", undefined, "no connection could be made in time"],
    ["CERT_HAS_EXPIRED", "upstream-unavailable", false, "TLS"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "upstream-unavailable", false, "NODE_EXTRA_CA_CERTS"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "upstream-unavailable", false, "TLS"],
    ["UND_ERR_HEADERS_TIMEOUT", "upstream-timeout", undefined, "silent"],
    ["UND_ERR_INVALID_ARG", "upstream-unavailable", false, "AKASH_COOKIE"],
    ["UND_ERR_DESTROYED", "overloaded", undefined, "shutting down"],
    ["HPE_INVALID_CONSTANT", "upstream-protocol", undefined, "HTTP"],
  ])("%s", (code, kind, shouldRetry, words) => {
    const error = toConnectionError(fail(code), "head", names);
    expect(error).toMatchObject({ kind, shouldRetry, message: expect.stringContaining(words) });
    expect(error.message).not.toContain("secret");
  });

  test("a code is found in the first of several attempts and beneath", () => {
    const attempts = new AggregateError([fail("ECONNREFUSED"), fail("ENETUNREACH")]);
    expect(toConnectionError(attempts, "head", names).message).toContain("refused");
    expect(toConnectionError(new Error("x", { cause: fail("ENOTFOUND") }), "head", names).message).toContain(
      "DNS",
    );
  });

  test("a body that breaks off is cut, a silent one timed out", () => {
    expect(toConnectionError(fail("UND_ERR_SOCKET"), "body", names).kind).toBe("upstream-truncated");
    expect(toConnectionError(fail("UND_ERR_BODY_TIMEOUT"), "body", names).kind).toBe("upstream-timeout");
  });
});

test.each([
  ["header", { limitReset: String(now / 1000 + 61) }, 61_000],
  ["body", { text: '{"resetTime":"2026-11-23T04:00:00.500Z"}' }, 14_400_500],
  ["retry-after of a proxy", { ...html, text: "<html>", retryAfter: "7200" }, 7_200_000],
])("429 for more than a minute, as the %s says, is a spent budget", (_name, refusal, retryAfterMs) => {
  const error = refuse({ status: 429, ...refusal });
  expect(error).toMatchObject({ kind: "budget-exhausted", retryAfterMs, resetsAt: now + retryAfterMs });
});

describe("a limit in time is never told in words of length", () => {
  const said = [
    "Token limit exceeded. Too many tokens were used.",
    "Your token limit exceeded the maximum context window.",
    "Rate limit: please reduce the length of the messages",
  ];

  test.each(said)("of the application: %s", (message) => {
    const error = refuse({ status: 429, text: JSON.stringify({ error: "Rate limit exceeded", message }) });
    expect(error.kind).toBe("rate-limited");
    expect(error.message).not.toMatch(/token|context|length/i);
  });

  test.each([...said.map((text) => `429: ${text}`), "Too many tokens, please wait before trying again."])(
    "of a back end: %s",
    (text) => {
      const error = decodeErrorText(text);
      expect(error).toMatchObject({ kind: "rate-limited", retryAfterMs: 5000 });
      expect(error.message).not.toMatch(/token|context|length/i);
    },
  );
});

describe("words and times that can't be meant", () => {
  test.each(["constructor", "__proto__", "toString"])("%s is a text like any other", (text) => {
    expect(decodeErrorText(text).message).toBe(`Akash Chat reports: ${text}`);
  });

  test.each([
    ["a reset beyond every calendar", { limitReset: "1e300" }],
    ["a Retry-After of 400 digits", { retryAfter: "9".repeat(400) }],
    ["a Retry-After in ten thousand years", { retryAfter: String(10_000 * 365 * 86_400) }],
  ])("%s is no time", (_name, refusal) => {
    const error = refuse({ status: 429, ...refusal });
    expect(error).toMatchObject({ kind: "rate-limited", retryAfterMs: undefined });
  });
});

test("what is wrong inside an answer is told to the log without its words", () => {
  const decoder = createDataStreamDecoder("m");
  decoder.push('0:"Dear "');
  decoder.push("secret diary");
  expect(decoder.failure?.cause).toMatchObject({ message: "a line of 12 characters" });
  const events = createEventStreamDecoder("m");
  events.push("data: secret diary");
  events.push("");
  expect(events.failure?.cause).toMatchObject({ message: "an event of 12 characters" });
});
