import { describe, expect, test } from "vitest";

import {
  createStreamEncoder,
  encodeLoad,
  encodeResponse,
  parseRequest,
} from "../../../src/dialects/ollama-generate/index.ts";
import { collect } from "../../../src/model/collect.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import { readLines } from "../../conformance/support/dialects.ts";

const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const parse = (body: object) => parseRequest({ model: "m", ...body });

describe("parseRequest", () => {
  test("makes a conversation of prompt, system prompt and pictures", () => {
    expect(parse({ prompt: "Hi", system: "s", images: [png], think: true, stream: false })).toMatchObject({
      kind: "ask",
      stream: false,
      request: {
        messages: [
          { role: "system", parts: [{ type: "text", text: "s" }] },
          { role: "user", parts: [{ type: "text", text: "Hi" }, { type: "image" }] },
        ],
        toolChoice: { kind: "none" },
        effort: "medium",
        reasoning: "field",
      },
    });
  });

  test.each([
    [{ raw: true }, { prompt: "Once" }],
    [{ suffix: "end" }, { prompt: "Once", suffix: "end" }],
    [
      { raw: true, suffix: "end" },
      { prompt: "Once", suffix: "end" },
    ],
  ])("goes on with a text: %j", (body, continues) => {
    expect(parse({ prompt: "Once", ...body })).toMatchObject({ request: { continues } });
  });

  test("a prompt alone is no text to go on with", () => {
    const parsed = parse({ prompt: "Once", raw: false, suffix: "", context: [], template: "" });
    expect(parsed).toMatchObject({ kind: "ask", ignored: [] });
    expect(parsed.kind === "ask" && parsed.request).not.toHaveProperty("continues");
  });

  test.each([
    [{ raw: true, system: "s" }, "'system' can't stand beside 'raw'"],
    [{ raw: true, images: [png] }, "'images' can't stand beside 'raw'"],
    [{ suffix: "x", format: "json" }, "'format' can't stand beside 'suffix'"],
    [{ template: "x" }, "'template' is not supported"],
    [{ context: [1] }, "'context' is not supported"],
    [{ top_logprobs: 1 }, "'top_logprobs'"],
    [{ images: ["none"] }, "'images[0]' is no picture"],
  ])("refuses %j", (body, words) => {
    expect(() => parse({ prompt: "Once", ...body })).toThrow(words);
  });

  test("without a prompt it loads, or unloads", () => {
    for (const body of [{}, { prompt: "" }, { prompt: null, system: "s", context: [1] }]) {
      expect(parse(body)).toMatchObject({ kind: "load", reason: "load" });
    }
    expect(parse({ keep_alive: 0 })).toMatchObject({ kind: "load", reason: "unload" });
    expect(parse({ images: [png] })).toMatchObject({ kind: "ask" });
  });
});

describe("answers", () => {
  const now = 0;
  const events: readonly ChatEvent[] = [
    { type: "response-start", model: "other" },
    { type: "block-start", index: 0, block: { kind: "reasoning" } },
    { type: "block-delta", index: 0, text: "hm" },
    { type: "block-end", index: 0 },
    { type: "block-start", index: 1, block: { kind: "text" } },
    { type: "block-delta", index: 1, text: "H" },
    { type: "block-delta", index: 1, text: "i" },
    { type: "block-end", index: 1 },
    {
      type: "finish",
      reason: { kind: "length" },
      usage: { inputTokens: 1, outputTokens: 2, estimated: false },
    },
  ];
  const end = { model: "m", done: true, done_reason: "length", prompt_eval_count: 1, eval_count: 2 };

  test("whole", async () => {
    const answer = await collect(async (sink) => sink(events));
    expect(encodeResponse(answer, { model: "m", now, times: { first: 1, end: 3 } })).toEqual({
      ...end,
      created_at: "1970-01-01T00:00:00.000Z",
      response: "Hi",
      thinking: "hm",
      total_duration: 3e6,
      load_duration: 0,
      prompt_eval_duration: 1e6,
      eval_duration: 2e6,
    });
  });

  test("streamed", () => {
    const encoder = createStreamEncoder({ model: "m", clock: { now: () => now, elapsed: () => 1 } });
    const lines = readLines(encoder.heartbeat() + events.map((event) => encoder.push(event)).join(""));
    expect(lines.map(({ response, thinking, done }) => [response, thinking, done])).toEqual([
      ["", undefined, false],
      ["", "hm", false],
      ["H", undefined, false],
      ["i", undefined, false],
      ["", undefined, true],
    ]);
    expect(lines.at(-1)).toMatchObject(end);
    // Nobody divides by it and gets nothing.
    expect(lines.at(-1).eval_duration).toBe(1);
  });

  test("to a request without a prompt", () => {
    expect(encodeLoad({ kind: "load", model: "m", reason: "load", ignored: [] }, now)).toEqual({
      model: "m",
      created_at: "1970-01-01T00:00:00.000Z",
      response: "",
      done: true,
      done_reason: "load",
    });
  });
});
