/** Agents decide by words whether to go on: each kind has its own, in every envelope, and never those of another. */
import { expect, test } from "vitest";

import { encodeErrorBody as encodeAnthropicErrorBody } from "../../src/dialects/anthropic-messages/encode-error.ts";
import { encodeOpenAiError, encodeOpenAiErrorObject } from "../../src/dialects/encode-openai-error.ts";
import { encodeError as encodeResponsesError } from "../../src/dialects/openai-responses/encode-error.ts";
import { encodeFailure } from "../../src/dialects/openai-responses/encode-failure.ts";
import { errorStatus, GatewayError, type ErrorKind } from "../../src/errors.ts";
import { decodeErrorText } from "../../src/upstreams/akash-chat/decode-error-text.ts";
import { createExhaustedError } from "../../src/upstreams/akash-chat/exhausted-error.ts";

/** By which pi, opencode and others take a failure for one that passes. */
const passing =
  /server.?error|connection.?lost|rate.?limit|too many requests|overloaded|time.?out|timed.?out|unavailable|try again|retry|terminated|exhausted/i;
/** By which they take it for a prompt that is too long. */
const overflow = /token limit|too many tokens|too long|context|exceeds|reduce the length/i;
/** Statuses, which opencode looks for anywhere in a body. */
const statuses = /429|500|502|503|504|524/;

const words: Partial<Record<ErrorKind, RegExp>> = {
  "rate-limited": /rate limit/,
  "upstream-unavailable": /server error/,
  "upstream-protocol": /server error/,
  "upstream-truncated": /connection lost/,
  overloaded: /server error \(overloaded\)/,
  "upstream-timeout": /server error \(response timeout\)/,
};

function messagesOf(error: GatewayError): string[] {
  return [
    encodeOpenAiErrorObject(error).message,
    (encodeOpenAiError(error).body as { data: { msg: string } }).data.msg,
    (encodeResponsesError(error).body as { data: { msg: string } }).data.msg,
    (encodeResponsesError(error).body as { error: { message: string } }).error.message,
    encodeAnthropicErrorBody(error, null).error.message,
    encodeFailure(error).message,
  ];
}

test.each(Object.keys(errorStatus) as ErrorKind[])("%s", (kind) => {
  for (const message of messagesOf(new GatewayError(kind, "It broke."))) {
    const expected = words[kind];
    if (expected === undefined) expect(message).not.toMatch(passing);
    else expect(message).toMatch(expected);
    if (kind !== "context-length") expect(message).not.toMatch(overflow);
  }
});

test.each(Object.keys(words) as ErrorKind[])("%s that would fail again", (kind) => {
  for (const message of messagesOf(new GatewayError(kind, "It broke.", { shouldRetry: false }))) {
    expect(message).not.toMatch(passing);
  }
});

test.each([61_000, 3_600_000, 25_740_000, 30_000_000, 14_399_500, 8 * 86_400_000])(
  "a budget spent for %d ms",
  (wait) => {
    const now = Date.parse("2026-11-26T12:00:00.500Z");
    const busy = decodeErrorText(`Rate limit reached, try again in ${Math.min(wait, 86_400_000) / 1000}s`);
    for (const error of [createExhaustedError(now + wait, { now }), busy]) {
      for (const message of messagesOf(error)) {
        expect(message).not.toMatch(passing);
        expect(message).not.toMatch(overflow);
        expect(message).not.toMatch(statuses);
      }
    }
  },
);

test("a spent budget says until when and who goes on meanwhile, and not how to get around the limit", () => {
  const now = Date.parse("2026-11-26T12:00:00Z");
  for (const message of messagesOf(createExhaustedError(now + 3_600_000, { now }))) {
    expect(message).toContain("a new budget at 2026-11-26T13:00:00Z (in 1 h)");
    expect(message).toContain("AKASHML_API_KEY");
    expect(message).toContain("docs/upstreams.md");
    expect(message).not.toMatch(/network|proxy|IPv4/);
  }
});
