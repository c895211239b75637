import { Buffer } from "node:buffer";

import { describe, expect, test } from "vitest";

import { unknownCapabilities } from "../../../src/model/capabilities.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import type { CallMode } from "../../../src/upstreams/openai-compatible/answer-writer.ts";
import { decodeError } from "../../../src/upstreams/openai-compatible/decode-error.ts";
import { decodeModels } from "../../../src/upstreams/openai-compatible/decode-models.ts";
import type { FailureReason, UpstreamFailure } from "../../../src/upstreams/openai-compatible/failure.ts";
import { parseJson } from "../../../src/upstreams/openai-compatible/read-json.ts";
import { readUpstreamId } from "../../../src/upstreams/openai-compatible/upstream-id.ts";
import { cases, checkAnswer, decode, decodeOptions, now, textOf, type Case } from "./read-case.ts";

/** The words of the cases for our reasons. */
const reasons: Readonly<Record<string, FailureReason>> = {
  upstream: "server",
  tools_unsupported: "tools-unsupported",
  reasoning_unsupported: "reasoning-unsupported",
  context_length: "context-length",
  max_tokens_too_large: "output-budget",
  model_not_found: "model-not-found",
  invalid_request: "invalid-request",
  upstream_truncated: "truncated",
  output_unparsable: "output-unparsable",
  loading: "loading",
  not_supported: "not-supported",
  overloaded: "overloaded",
  credit: "credit",
  rate_limit: "rate-limit",
  gateway: "proxy",
  body_too_large: "payload-too-large",
};

function checkFailure(one: Case, failure: UpstreamFailure | undefined, events: readonly ChatEvent[]): void {
  const { expect: wanted } = one;
  expect(failure?.reason).toBe(reasons[wanted.error ?? ""]);
  expect(failure?.retry).toBe(wanted.retry);
  const { window, input, output } = wanted;
  const given = { window, input, output };
  expect(failure?.tokens).toEqual(
    Object.fromEntries(Object.entries(given).filter(([, n]) => n !== undefined)),
  );
  expect(failure?.error.retryAfterMs).toBe(
    wanted.retryAfter === undefined ? undefined : wanted.retryAfter * 1000,
  );
  expect(textOf(events, "text")).toBe(wanted.partial ?? "");
  expect(events.some(({ type }) => type === "finish")).toBe(false);
}

function check(one: Case, pieces: readonly Uint8Array[], calls: CallMode): void {
  const { events, failure } = decode(pieces, decodeOptions({ calls }));
  if (one.expect.error !== undefined) checkFailure(one, failure, events);
  else {
    expect(failure).toBeUndefined();
    checkAnswer(one, events);
  }
}

const withoutEnd = (events: readonly ChatEvent[]) => events.filter(({ type }) => type !== "finish");

const lists = cases.filter(({ expect: wanted }) => wanted.models !== undefined);
const refusals = cases.filter(({ status }) => status !== 200);
const answers = cases.filter(({ status, expect: wanted }) => status === 200 && wanted.models === undefined);

test("every case is judged", () => {
  expect(lists.length + refusals.length + answers.length).toBe(cases.length);
  expect(cases.length).toBe(109);
});

describe.each(["whole", "stream"] as const)("answers, calls given %s", (calls) => {
  test.each(answers)("$server: $case", (one) => {
    check(one, [Buffer.from(one.body)], calls);
  });

  test.each(answers)("$server: $case, byte by byte", (one) => {
    check(
      one,
      [...Buffer.from(one.body)].map((byte) => Uint8Array.of(byte)),
      calls,
    );
  });

  test.each(answers)("$server: $case, cut in two at every byte", (one) => {
    const bytes = Buffer.from(one.body);
    const whole = decode([bytes], decodeOptions({ calls }));
    for (let at = 1; at < bytes.length; at += 1) {
      const { events, failure } = decode(
        [bytes.subarray(0, at), bytes.subarray(at)],
        decodeOptions({ calls }),
      );
      expect(events, `cut at ${at}`).toEqual(whole.events);
      expect(failure?.reason, `cut at ${at}`).toBe(whole.failure?.reason);
    }
  });
});

describe("an answer that breaks off", () => {
  test.each(answers.filter(({ expect: wanted }) => wanted.error === undefined))(
    "$server: $case: never looks whole before its end was said",
    (one) => {
      const bytes = Buffer.from(one.body);
      const whole = decode([bytes], decodeOptions());
      for (let at = 0; at < bytes.length; at += 1) {
        const { events, failure } = decode([bytes.subarray(0, at)], decodeOptions());
        if (failure === undefined) {
          // All was there but usage, or signs that say nothing.
          expect(withoutEnd(events), `ends at ${at}`).toEqual(withoutEnd(whole.events));
        } else expect(failure.reason, `ends at ${at}`).toBe("truncated");
      }
    },
  );
});

describe("replies that refuse", () => {
  test.each(refusals)("$server: $case", (one) => {
    const failure = decodeError(
      { status: one.status, header: (name) => one.headers[name], body: one.body },
      { upstream: "mine", now },
    );
    checkFailure(one, failure, []);
    expect(failure.error.message).toMatch(/^mine /);
  });
});

describe("lists of models", () => {
  test.each(lists)("$server: $case", (one) => {
    const models = decodeModels(parseJson(one.body)) ?? [];
    expect(
      models.map(({ id, contextLength, capabilities = unknownCapabilities }, at) => ({
        id,
        context: contextLength,
        ...(one.expect.models?.[at]?.vision === undefined
          ? {}
          : { vision: capabilities?.images === "native" }),
        ...(one.expect.models?.[at]?.tools === undefined ? {} : { tools: capabilities?.tools === "native" }),
      })),
    ).toEqual(one.expect.models);
  });
});

test.each(cases.filter(({ expect: wanted }) => wanted.upstreamId !== undefined))(
  "the server's id of a request: $server",
  (one) => {
    expect(
      readUpstreamId(
        (name) => one.headers[name],
        (text) => text,
      ),
    ).toBe(one.expect.upstreamId);
  },
);
