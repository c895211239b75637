import { describe, expect, test } from "vitest";

import { createChatService } from "../../src/completion/create-chat-service.ts";
import { countPromptTokens, estimateTokens } from "../../src/completion/estimate-usage.ts";
import { readConfig } from "../../src/config.ts";
import type { ToolDefinition } from "../../src/model/request.ts";
import { countTokens } from "../../src/shaping/count-tokens.ts";
import { createRequest } from "../support/create-request.ts";
import type { Message } from "../../src/model/request.ts";
import { createFakeUpstream, type FakeAnswer } from "../support/fake-upstream.ts";
import { routerOf } from "../support/router-of.ts";
import { answerOf, collect } from "../support/sources.ts";

function setUp(answers: readonly (string | FakeAnswer)[], now?: () => number, onStream?: () => void) {
  const upstream = createFakeUpstream(
    answers.map((answer) => (typeof answer === "string" ? { deltas: [answer] } : answer)),
    [
      {
        id: "DeepSeek-V3.2",
        kind: "chat",
        contextLength: 64_000,
        promptLimit: { tokens: 63_000, encoding: "cl100k_base" },
      },
      { id: "DeepSeek-R1-0528", kind: "chat" },
    ],
  );
  let ids = 0;
  const service = createChatService({
    config: readConfig({ REPAIR_TURNS: "1" }),
    router: routerOf({
      ...upstream,
      stream(...asked) {
        onStream?.();
        return upstream.stream(...asked);
      },
    }),
    images: {
      generate: () => {
        throw new Error("No image was expected.");
      },
      publish: () => "",
    },
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    ...(now === undefined ? {} : { now }),
  });
  return { service, upstream };
}

/** A clock by which every slice of time is over at once. */
function createLateClock(): () => number {
  let time = 0;
  return () => (time += 1000);
}

/** Counts the turns of the event loop until `work` is done. */
async function countTurns(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let next = setImmediate(function turn() {
    turns += 1;
    next = setImmediate(turn);
  });
  try {
    await work;
    return turns;
  } finally {
    clearImmediate(next);
  }
}

const evil: ToolDefinition = {
  name: "evil",
  parameters: {
    type: "object",
    properties: { a: { type: "string", pattern: "^(a+)+$" }, b: { type: "integer" } },
    required: ["b"],
  },
};
const signal = new AbortController().signal;
const context = { signal, baseUrl: "http://gw", whole: true };
const megabyte = createRequest({
  messages: [{ role: "user", parts: [{ type: "text", text: "some words ".repeat(100_000) }] }],
});

describe("long work of one request", () => {
  test("counting tokens gives others a turn after each slice of time", async () => {
    const { service } = setUp([], createLateClock());
    expect(await countTurns(service.countTokens(megabyte, signal))).toBeGreaterThan(100);
  });

  test("checking the length does, too, and nothing is sent", async () => {
    const { service, upstream } = setUp(["Hi"], createLateClock());
    const answer = collect(answerOf(service, megabyte, context)).catch((error: unknown) => error);
    expect(await countTurns(answer)).toBeGreaterThan(100);
    expect(await answer).toMatchObject({ kind: "context-length", tokens: { maximum: 63_000 } });
    expect(upstream.asked).toHaveLength(0);
  });

  test.each([
    ["the upstream doesn't tell the usage", {}, {}],
    ["the answer is ended before the upstream does", { maxOutputTokens: 1 }, {}],
    [
      "the answer is ended where the upstream does",
      { stopSequences: ["how"] },
      { inputTokens: 7, outputTokens: 9 },
    ],
  ])("counting a prompt at the end of an answer does, too: %s", async (_, more, usage) => {
    const answers = [{ deltas: ["Hi there, how are you?"], usage: { ...usage, estimated: false } }];
    const { service } = setUp(answers, createLateClock());
    const request = createRequest({ ...megabyte, model: "DeepSeek-R1-0528", ...more });
    const answer = collect(answerOf(service, request, context));
    // Samples of it all: a quarter of a megabyte, in pieces of 4 kB.
    expect(await countTurns(answer)).toBeGreaterThan(60);
    expect((await answer).usage.inputTokens).toBeGreaterThan(190_000);
  });

  test("the choices of a long request are encoded in turns of their own", async () => {
    const turns: number[] = [];
    let turn = 0;
    const { service } = setUp(["Hi", "Hi", "Hi", "Hi"], undefined, () => turns.push(turn));
    const request = { ...megabyte, model: "DeepSeek-R1-0528" };
    let next = setImmediate(function count() {
      turn += 1;
      next = setImmediate(count);
    });
    await Promise.all([1, 2, 3, 4].map(() => collect(answerOf(service, request, context))));
    clearImmediate(next);
    expect(turns).toHaveLength(4);
    expect(new Set(turns).size).toBe(4);
  });

  describe("reading a long piece of the answer", () => {
    const piece = "it <rains> ".repeat(20_000);
    const request = createRequest({ model: "DeepSeek-R1-0528", tools: [evil], stopSequences: ["END"] });

    test.each([["whole", true] as const, ["streamed", false] as const])(
      "gives others a turn after each slice of time: %s",
      async (_, whole) => {
        const { service } = setUp([piece], createLateClock());
        const answer = collect(answerOf(service, request, { ...context, whole }));
        expect(await countTurns(answer)).toBeGreaterThan(50);
        expect((await answer).blocks).toEqual([{ kind: "text", text: piece }]);
      },
    );

    test("gives it out as it is read", async () => {
      const { service } = setUp([piece], createLateClock());
      let batches = 0;
      for await (const batch of answerOf(service, request, { ...context, whole: false }))
        if (batch.some((event) => event.type === "block-delta")) batches += 1;
      expect(batches).toBeGreaterThan(50);
    });

    test("is one batch as long as there is time", async () => {
      const { service } = setUp([piece], () => 0);
      let batches = 0;
      for await (const batch of answerOf(service, request, { ...context, whole: false }))
        if (batch.some((event) => event.type === "block-delta")) batches += 1;
      expect(batches).toBe(1);
    });

    test("takes the choices of a request one by one", async () => {
      const { service } = setUp(
        Array.from({ length: 8 }, () => piece),
        () => 0,
      );
      const turns = await countTurns(
        Promise.all(Array.from({ length: 8 }, () => collect(answerOf(service, request, context)))),
      );
      expect(turns).toBeGreaterThanOrEqual(7);
    });

    test("costs a short piece no turn", async () => {
      const { service } = setUp(["it rains"], createLateClock());
      expect(await countTurns(collect(answerOf(service, request, context)))).toBe(0);
    });

    test("ends when the client leaves, and so does the upstream's request", async () => {
      const { service, upstream } = setUp([piece], createLateClock());
      const controller = new AbortController();
      const events = answerOf(service, request, { ...context, signal: controller.signal, whole: false });
      let read = 0;
      async function readAll(): Promise<void> {
        for await (const batch of events) {
          read += batch.length;
          controller.abort(new Error("the client left"));
        }
      }
      await expect(readAll()).rejects.toThrow("the client left");
      expect(read).toBeLessThan(10);
      expect(upstream.asked[0]?.signal.aborted).toBe(true);
    });
  });

  test("ends when the client leaves", async () => {
    const { service } = setUp([], createLateClock());
    const controller = new AbortController();
    const count = service.countTokens(megabyte, controller.signal);
    controller.abort(new Error("the client left"));
    await expect(count).rejects.toThrow("the client left");
  });

  test("a count that can't wait is made of samples", () => {
    const text = "The quick brown fox jumps over the lazy dog.\n".repeat(20_000);
    const exact = countTokens(text);
    expect(Math.abs(estimateTokens([text]) / exact - 1)).toBeLessThan(0.02);
    const halves = [text.slice(0, 450_000), text.slice(450_000)];
    expect(Math.abs(estimateTokens(halves) / exact - 1)).toBeLessThan(0.02);
    expect(estimateTokens(["a b", "c"])).toBe(3);
    const messages: Message[] = [
      { role: "system", parts: [{ type: "text", text: "a b" }] },
      { role: "user", parts: [{ type: "text", text: "c" }] },
    ];
    expect(countPromptTokens(createRequest({ messages }), "m")).toBe(3 + 3 + 2 * 4);
  });
});

const call = (args: object) =>
  `<tool_call>\n${JSON.stringify({ name: "evil", arguments: args })}\n</tool_call>`;

// Each check of the pattern would take hours.
describe("a pattern that has no end", () => {
  test("is not tried again by another choice of the request, but by another request", async () => {
    const endless = call({ a: `${"a".repeat(60)}!` });
    const wrong = call({ a: "b" });
    const { service, upstream } = setUp([endless, wrong, wrong, call({ a: "a", b: 1 })]);
    const request = createRequest({ tools: [evil] });
    const first = await collect(answerOf(service, request, context));
    const second = await collect(answerOf(service, request, context));
    // Both count as fitting: nobody knows.
    expect([first, second].map(({ finish }) => finish.kind)).toEqual(["tool-calls", "tool-calls"]);
    expect(upstream.asked).toHaveLength(2);
    // The other request has time of its own: the model is asked again.
    await collect(answerOf(service, createRequest({ tools: [evil] }), context));
    expect(upstream.asked).toHaveLength(4);
  });
});
