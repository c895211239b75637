import { describe, expect, it, test } from "vitest";

import { encodeResponse } from "../../../src/dialects/gemini/encode-response.ts";
import { createChoicesEncoder, type StreamFraming } from "../../../src/dialects/gemini/encode-stream.ts";
import { GatewayError } from "../../../src/errors.ts";
import { createCollector } from "../../../src/model/collect.ts";
import type { BlockStart, ChatEvent, FinishReason } from "../../../src/model/events.ts";
import { readData, type AnyJson } from "../../support/post.ts";

const usage = { inputTokens: 10, outputTokens: 8, reasoningTokens: 3, estimated: false };
const identity = { responseId: "gen_1", bareEnum: false };

function block(index: number, start: BlockStart, ...texts: string[]): ChatEvent[] {
  return [
    { type: "block-start", index, block: start },
    ...texts.map((text): ChatEvent => ({ type: "block-delta", index, text })),
    { type: "block-end", index },
  ];
}

const call = (args: string): ChatEvent[] =>
  block(2, { kind: "tool-call", callId: "call_1", name: "f" }, args.slice(0, 3), args.slice(3));

function answer(events: readonly ChatEvent[], reason: FinishReason = { kind: "stop" }): ChatEvent[] {
  return [{ type: "response-start", model: "M" }, ...events, { type: "finish", reason, usage }];
}

const all = answer([
  ...block(0, { kind: "reasoning" }, "Hm", "."),
  ...block(1, { kind: "text" }, "Hel", "lo\u2028"),
  ...call('{"a": {"b": 1}}'),
]);

function encode(events: readonly ChatEvent[], framing: StreamFraming = "events", bareEnum = false): string {
  const encoder = createChoicesEncoder(1, { ...identity, bareEnum, model: "m", framing });
  return events.map((event) => encoder.push(0, event)).join("");
}

const read = (text: string): AnyJson[] => readData(text).map((json) => JSON.parse(json));
const partsOf = (chunks: readonly AnyJson[]): AnyJson[] =>
  chunks.flatMap(({ candidates }) => candidates.flatMap(({ content }: AnyJson) => content.parts));

function collect(events: readonly ChatEvent[]) {
  const collector = createCollector();
  for (const event of events) collector.push(event);
  return collector.result();
}

describe("a stream", () => {
  it("has a chunk for each piece and each whole call, then the finish with the usage", () => {
    const chunks = read(encode(all));
    expect(partsOf(chunks)).toEqual([
      { text: "Hm", thought: true },
      { text: ".", thought: true },
      { text: "Hel" },
      { text: "lo\u2028" },
      { functionCall: { id: "call_1", name: "f", args: { a: { b: 1 } } } },
      { text: "" },
    ]);
    expect(chunks.map(({ candidates: [{ index, finishReason }] }) => [index, finishReason])).toEqual([
      ...Array.from({ length: 5 }, () => [0, undefined]),
      [0, "STOP"],
    ]);
    expect(chunks.map(({ modelVersion, responseId }) => [modelVersion, responseId])).toEqual(
      chunks.map(() => ["M", "gen_1"]),
    );
    expect(chunks.map(({ usageMetadata }) => usageMetadata)).toEqual([
      ...Array.from({ length: 5 }, () => undefined),
      { promptTokenCount: 10, candidatesTokenCount: 5, thoughtsTokenCount: 3, totalTokenCount: 18 },
    ]);
  });

  it("says the same as one array", () => {
    const chunks: AnyJson[] = JSON.parse(encode(all, "array"));
    expect(chunks).toEqual(read(encode(all)));
  });

  it("says what the whole answer does", () => {
    const whole = encodeResponse([collect(all)], identity);
    const chunks = read(encode(all));
    expect(whole).toMatchObject({
      usageMetadata: chunks.at(-1).usageMetadata,
      modelVersion: "M",
      responseId: "gen_1",
    });
    expect(whole.candidates).toEqual([
      {
        content: {
          role: "model",
          parts: [
            { text: "Hm.", thought: true },
            { text: "Hello\u2028" },
            { functionCall: { id: "call_1", name: "f", args: { a: { b: 1 } } } },
          ],
        },
        finishReason: "STOP",
        index: 0,
      },
    ]);
  });

  test.each([
    ["length", "MAX_TOKENS"],
    ["content-filter", "SAFETY"],
    ["tool-calls", "STOP"],
    ["other", "STOP"],
  ] as const)("that ends by %s says %s", (kind, word) => {
    const events = answer([], { kind });
    expect(read(encode(events)).at(-1).candidates[0].finishReason).toBe(word);
    expect(encodeResponse([collect(events)], identity).candidates[0]).toMatchObject({
      finishReason: word,
      content: { parts: [{ text: "" }] },
    });
  });

  it("gives no call that was cut, and fails for one that nobody can read", () => {
    const cut = answer(call('{"a": "b'), { kind: "length" });
    expect(partsOf(read(encode(cut)))).toEqual([{ text: "" }]);
    expect(encodeResponse([collect(cut)], identity).candidates[0]?.content.parts).toEqual([{ text: "" }]);
    const odd = answer(call("[1, 2]"), { kind: "tool-calls" });
    expect(() => encode(odd)).toThrow("no JSON object");
    expect(() => encodeResponse([collect(odd)], identity)).toThrow("no JSON object");
  });

  it("takes an empty text for no arguments", () => {
    expect(partsOf(read(encode(answer(call("")))))).toEqual([
      { functionCall: { id: "call_1", name: "f", args: {} } },
      { text: "" },
    ]);
  });

  it("gives the word of an enum without quotes", () => {
    const events = answer(block(0, { kind: "text" }, '"Vio', 'lin"'));
    expect(partsOf(read(encode(events, "events", true)))).toEqual([{ text: "Violin" }, { text: "" }]);
    const whole = encodeResponse([collect(events)], { ...identity, bareEnum: true });
    expect(whole.candidates[0]?.content.parts).toEqual([{ text: "Violin" }]);
  });

  it("with several answers has the usage of all in the last chunk", () => {
    const encoder = createChoicesEncoder(2, { ...identity, model: "m", framing: "array" });
    const events = answer(block(0, { kind: "text" }, "x"));
    const text = events.flatMap((event) => [encoder.push(1, event), encoder.push(0, event)]).join("");
    const chunks: AnyJson[] = JSON.parse(text);
    expect(chunks.map(({ candidates: [candidate] }) => [candidate.index, candidate.finishReason])).toEqual([
      [1, undefined],
      [0, undefined],
      [1, "STOP"],
      [0, "STOP"],
    ]);
    expect(chunks.map(({ usageMetadata }) => usageMetadata?.totalTokenCount)).toEqual([
      undefined,
      undefined,
      undefined,
      26,
    ]);
  });
});

describe("silence and failure", () => {
  const error = new GatewayError("rate-limited", "Too much.", { retryAfterMs: 1500 });
  const body = {
    error: {
      code: 429,
      message: "Too much. This is a rate limit, and passes.",
      status: "RESOURCE_EXHAUSTED",
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "2s" }],
    },
  };

  it("of events are chunks that clients take for valid ones", () => {
    const encoder = createChoicesEncoder(1, { ...identity, model: "m", framing: "events" });
    expect(read(encoder.heartbeat())).toEqual([
      {
        candidates: [{ content: { parts: [{ text: "" }], role: "model" }, index: 0 }],
        modelVersion: "m",
        responseId: "gen_1",
      },
    ]);
    // As it is, for older SDKs, and as an event.
    const [bare = "", ...event] = encoder.fail(error).split(/(?<=\n\n)/);
    expect(JSON.parse(bare)).toEqual(body);
    expect(read(event.join(""))).toEqual([body]);
  });

  test.each([0, 3])("of an array leave it one, also behind %i events", (count) => {
    const encoder = createChoicesEncoder(1, { ...identity, model: "m", framing: "array" });
    const events = answer(block(0, { kind: "text" }, "x")).slice(0, count);
    const text = [
      encoder.heartbeat(),
      ...events.map((event) => encoder.push(0, event)),
      encoder.heartbeat(),
      encoder.fail(error),
    ];
    const chunks: AnyJson[] = JSON.parse(text.join(""));
    expect(chunks.at(-1)).toEqual(body);
    expect(chunks).toHaveLength(count === 0 ? 1 : 2);
  });
});
