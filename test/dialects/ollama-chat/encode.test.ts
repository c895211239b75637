import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createStreamEncoder, encodeError, encodeResponse } from "../../../src/dialects/ollama-chat/index.ts";
import { GatewayError } from "../../../src/errors.ts";
import { collect } from "../../../src/model/collect.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import { readLines } from "../../conformance/support/dialects.ts";
import { arbitraryEvents } from "../../support/arbitrary-events.ts";

const now = Date.parse("2027-01-01T00:00:00Z");
const model = "m:latest";

/** A clock that goes on by a second with each look at it. */
function createClock() {
  let seconds = 0;
  return {
    now: () => now,
    elapsed() {
      seconds += 1;
      return seconds * 1000;
    },
  };
}

function encode(events: readonly ChatEvent[]) {
  const encoder = createStreamEncoder({ model, clock: createClock() });
  return readLines(events.map((event) => encoder.push(event)).join(""));
}

const usage = { inputTokens: 3, outputTokens: 4, estimated: false };
const start: ChatEvent = { type: "response-start", model: "other" };
const call = (text: string): ChatEvent[] => [
  { type: "block-start", index: 0, block: { kind: "tool-call", callId: "c1", name: "f" } },
  ...text.split("").map((piece): ChatEvent => ({ type: "block-delta", index: 0, text: piece })),
  { type: "block-end", index: 0 },
];

test("lines have the model as the client wrote it, and the last one all times in ns", () => {
  const lines = encode([
    start,
    { type: "block-start", index: 0, block: { kind: "text" } },
    { type: "block-delta", index: 0, text: "Hi\u2028" },
    { type: "block-end", index: 0 },
    { type: "finish", reason: { kind: "stop" }, usage },
  ]);
  const shared = { model, created_at: "2027-01-01T00:00:00.000Z" };
  expect(lines).toEqual([
    { ...shared, message: { role: "assistant", content: "Hi\u2028" }, done: false },
    {
      ...shared,
      message: { role: "assistant", content: "" },
      done: true,
      done_reason: "stop",
      total_duration: 2e9,
      load_duration: 0,
      prompt_eval_count: 3,
      prompt_eval_duration: 1e9,
      eval_count: 4,
      eval_duration: 1e9,
    },
  ]);
});

describe("calls", () => {
  test("come whole, in one line, whatever their text looks like", () => {
    const lines = encode([start, ...call('{\n  "a": [1]\n}'), ...call("")]);
    expect(lines.map(({ message }) => message.tool_calls)).toEqual([
      [{ id: "c1", function: { index: 0, name: "f", arguments: { a: [1] } } }],
      [{ id: "c1", function: { index: 1, name: "f", arguments: {} } }],
    ]);
  });

  test.each(["[1]", '"x"', "{broken", "null"])(
    "with %s for arguments are a failure, never an empty object",
    (text) => {
      expect(() => encode([start, ...call(text)])).toThrow(GatewayError);
    },
  );
});

test.each([
  ["stop", "stop"],
  ["tool-calls", "stop"],
  ["other", "stop"],
  ["length", "length"],
  ["content-filter", "content_filter"],
] as const)("%s ends with %s", (kind, word) => {
  const [line] = encode([{ type: "finish", reason: { kind }, usage: { estimated: true } }]);
  expect(line).toMatchObject({ done: true, done_reason: word, usage_estimated: true });
  expect(line).not.toHaveProperty("eval_count");
});

test("a failure is a line with a text, and a heartbeat one that says nothing", () => {
  const encoder = createStreamEncoder({ model, clock: createClock() });
  const error = new GatewayError("upstream-truncated", "It broke off.");
  expect(readLines(encoder.heartbeat() + encoder.fail(error))).toEqual([
    expect.objectContaining({ message: { role: "assistant", content: "" }, done: false }),
    { error: expect.stringMatching(/^It broke off\. .*connection lost/) },
  ]);
  expect(encodeError(error)).toMatchObject({
    status: 502,
    body: { error: expect.stringContaining("It broke off.") },
  });
});

test("a stream adds up to the whole answer", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryEvents(), async (events) => {
      const lines = encode(events);
      const answer = await collect(async (sink) => sink(events));
      const whole = encodeResponse(answer, { model, now, times: { first: 1, end: 2 } });
      const { content, thinking = "", tool_calls: calls = [] } = Object(whole["message"]);
      expect(lines.map(({ message }) => message.content).join("")).toBe(content);
      expect(lines.map(({ message }) => message.thinking ?? "").join("")).toBe(thinking);
      expect(lines.flatMap(({ message }) => message.tool_calls ?? [])).toEqual(calls);
      expect(lines.at(-1)).toMatchObject({ done: true, done_reason: whole["done_reason"] });
    }),
  );
});
