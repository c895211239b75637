import { describe, expect, test } from "vitest";

import { createChatService } from "../../src/completion/create-chat-service.ts";
import { readConfig } from "../../src/config.ts";
import { GatewayError } from "../../src/errors.ts";
import type { CallWatch } from "../../src/model/call-watch.ts";
import type { ChatEvent } from "../../src/model/events.ts";
import { textOnly } from "../../src/model/capabilities.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";
import type { ImagePart, ToolDefinition } from "../../src/model/request.ts";
import { createRequest } from "../support/create-request.ts";
import { createFakeUpstream, type FakeAnswer } from "../support/fake-upstream.ts";
import { routerOf } from "../support/router-of.ts";
import { createGate } from "../support/gate.ts";
import { expectLegal, textOf } from "../support/shape.ts";
import { answerOf, collect } from "../support/sources.ts";

const models: ModelInfo[] = [
  {
    id: "DeepSeek-V3.2",
    kind: "chat",
    contextLength: 64_000,
    promptLimit: { tokens: 63_000, encoding: "cl100k_base" },
  },
  { id: "DeepSeek-R1-0528", kind: "chat" },
  { id: "meta-llama-Llama-4-Maverick", kind: "chat" },
  { id: "AkashGen", kind: "image" },
];

function setUp(
  answers: readonly (FakeAnswer | string)[],
  env: Record<string, string> = {},
  offered: readonly ModelInfo[] = models,
) {
  const upstream = createFakeUpstream(
    answers.map((answer) => (typeof answer === "string" ? { deltas: [answer] } : answer)),
    offered,
  );
  let ids = 0;
  const service = createChatService({
    config: readConfig(env),
    router: routerOf({ systemPrompt: "You are a helpful assistant.", ...upstream }),
    images: {
      generate: () => {
        throw new Error("No image was expected.");
      },
      publish: () => "",
    },
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    imageFetcher: {
      fetch: (url) =>
        Promise.resolve({
          type: "image",
          source: { kind: "data", mediaType: "image/png", base64: btoa(url) },
        }),
    },
  });
  return { upstream, service };
}

/** What a watch was told, in order. */
function createWatch(): CallWatch & { readonly told: (readonly unknown[])[] } {
  const told: (readonly unknown[])[] = [];
  const note =
    (name: string) =>
    (...what: readonly unknown[]) =>
      void told.push([name, ...what]);
  return {
    told,
    resolve: ({ id }) => note("resolve")(id),
    ask: note("ask"),
    retry: note("retry"),
    repair: note("repair"),
    spend: note("spend"),
    waitFor: note("waitFor"),
    move: note("move"),
  };
}

const context = (whole = false, signal = new AbortController().signal) => ({
  signal,
  baseUrl: "http://gw",
  whole,
});

const weather: ToolDefinition = {
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const call = (name: string, args: unknown) =>
  `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`;

const long = (words: number) =>
  createRequest({ messages: [{ role: "user", parts: [{ type: "text", text: "word ".repeat(words) }] }] });

const show = (source: ImagePart["source"], model: string) =>
  createRequest({ model, messages: [{ role: "user", parts: [{ type: "image", source }] }] });

test("a watch learns the model, each repair turn with its reason, and of each piece that comes", async () => {
  const { service } = setUp([
    { deltas: [call("nope", {})] },
    { deltas: [call("get_weather", { city: "Graz" })] },
    { deltas: ["Hi"] },
  ]);
  const asked = createWatch();
  await collect(answerOf(service, createRequest({ tools: [weather] }), { ...context(), watch: asked }));
  expect(asked.told.filter(([name]) => name !== "move")).toEqual([
    ["resolve", "DeepSeek-V3.2"],
    ["repair", "invalid-tool-call"],
  ]);
  expect(asked.told.filter(([name]) => name === "move").length).toBeGreaterThanOrEqual(2);
  const good = createWatch();
  await collect(answerOf(service, createRequest({ tools: [weather] }), { ...context(), watch: good }));
  expect(good.told.map(([name]) => name)).not.toContain("repair");
});

describe("a watch learns what was spent on an answer without an end", () => {
  const broken = new GatewayError("upstream-truncated", "cut");

  test("all turns of it, counted by us", async () => {
    const { service } = setUp([
      { deltas: [call("nope", {})], usage: { inputTokens: 100, outputTokens: 10, estimated: false } },
      { deltas: ["one two three"], error: broken },
    ]);
    const watch = createWatch();
    const answer = collect(answerOf(service, createRequest({ tools: [weather] }), { ...context(), watch }));
    await expect(answer).rejects.toMatchObject({ kind: broken.kind, message: broken.message });
    expect(watch.told.at(-1)).toEqual([
      "spend",
      { inputTokens: expect.any(Number), outputTokens: expect.any(Number), estimated: true },
    ]);
    const [, usage] = watch.told.at(-1) ?? [];
    expect(usage).toMatchObject({ outputTokens: 13 });
    expect((usage as { inputTokens: number }).inputTokens).toBeGreaterThan(100);
  });

  test("a long prompt by its length alone", async () => {
    const { service } = setUp([{ deltas: ["one"], error: broken }]);
    const watch = createWatch();
    await expect(collect(answerOf(service, long(10_000), { ...context(), watch }))).rejects.toMatchObject({
      kind: broken.kind,
      message: broken.message,
    });
    expect(watch.told.at(-1)).toEqual(["spend", { inputTokens: 12_507, outputTokens: 1, estimated: true }]);
  });

  test.each([
    { text: "one two three", outputTokens: 3 },
    { text: "one two ".repeat(10_000), outputTokens: 20_000 },
  ])("also of a whole answer that was held: $outputTokens tokens", async ({ text, outputTokens }) => {
    const { service } = setUp([{ deltas: [text], error: broken }]);
    const watch = createWatch();
    const answer = collect(answerOf(service, createRequest({}), { ...context(true), watch }));
    await expect(answer).rejects.toMatchObject({ kind: broken.kind, message: broken.message });
    expect(watch.told.at(-1)).toEqual([
      "spend",
      { inputTokens: expect.any(Number), outputTokens, estimated: true },
    ]);
  });

  test("without the turn that the upstream refused", async () => {
    const usage = { inputTokens: 100, outputTokens: 10, estimated: false };
    const { service } = setUp([
      { deltas: [call("nope", {})], usage },
      { deltas: [], error: broken },
    ]);
    const watch = createWatch();
    const answer = collect(answerOf(service, createRequest({ tools: [weather] }), { ...context(), watch }));
    await expect(answer).rejects.toMatchObject({ kind: broken.kind, message: broken.message });
    expect(watch.told.at(-1)).toEqual(["spend", usage]);
  });

  test("and nothing where the upstream refused", async () => {
    const { service } = setUp([{ deltas: [], error: broken }]);
    const watch = createWatch();
    await expect(
      collect(answerOf(service, createRequest({}), { ...context(), watch })),
    ).rejects.toMatchObject({ kind: broken.kind, message: broken.message });
    expect(watch.told.map(([name]) => name)).not.toContain("spend");
  });
});

describe("an answer", () => {
  test("keeps the upstream's usage", async () => {
    const usage = { inputTokens: 10, outputTokens: 3, estimated: false };
    const { service } = setUp([{ deltas: ["Hi", " there"], usage }]);
    expect(await collect(answerOf(service, createRequest(), context()))).toEqual({
      model: "DeepSeek-V3.2",
      blocks: [{ kind: "text", text: "Hi there" }],
      finish: { kind: "stop" },
      usage,
    });
  });

  test("has its tokens counted when the upstream gives none, reasoning by itself", async () => {
    const { service } = setUp(["<think>\none two three\n</think>\n\nfour five"]);
    const { usage } = await collect(answerOf(service, createRequest(), context()));
    expect(usage).toMatchObject({ outputTokens: 5, reasoningTokens: 3, estimated: true });
    expect(usage.inputTokens).toBeGreaterThan(5);
  });

  test.each([
    // Ours are 3 and 1.
    { told: { outputTokens: 2 }, reasoningTokens: 2 },
    { told: { outputTokens: 3 }, reasoningTokens: 2 },
    { told: { outputTokens: 40 }, reasoningTokens: 3 },
    { told: { outputTokens: 40, reasoningTokens: 30 }, reasoningTokens: 30 },
  ])(
    "has of $told.outputTokens tokens those of thinking that the upstream tells, else its part of them: $reasoningTokens",
    async (row) => {
      const usage = { inputTokens: 10, ...row.told, estimated: false };
      const { service } = setUp([{ deltas: ["<think>\none two three\n</think>\n\nfour"], usage }]);
      const { reasoningTokens } = row;
      const answer = await collect(answerOf(service, createRequest(), context()));
      expect(answer.usage).toEqual({ ...usage, reasoningTokens });
    },
  );

  test("has the tokens of thinking that the upstream only tells of", async () => {
    const usage = { inputTokens: 10, outputTokens: 9, reasoningTokens: 5, estimated: false };
    const { service } = setUp([{ deltas: ["four"], usage }]);
    expect((await collect(answerOf(service, createRequest(), context()))).usage).toEqual(usage);
  });

  test("gives a batch for each of the upstream's", async () => {
    const { service } = setUp([{ deltas: ["a", "b", "c"] }]);
    const batches = [];
    for await (const batch of answerOf(service, createRequest(), context()))
      batches.push(textOf(batch) || batch.length);
    expect(batches).toHaveLength(4);
  });

  test("of nothing but reasoning that ran into the length keeps it", async () => {
    const { service } = setUp([{ deltas: ["<think>\nhm"], finish: "length" }]);
    expect(await collect(answerOf(service, createRequest(), context()))).toMatchObject({
      blocks: [{ kind: "reasoning", text: "hm" }],
      finish: { kind: "length" },
    });
  });

  test("of a model that omits the opening tag is split", async () => {
    const { service } = setUp(["Let me see.\n</think>\n\nYes."]);
    const request = createRequest({ model: "DeepSeek-R1-0528" });
    expect((await collect(answerOf(service, request, context()))).blocks).toEqual([
      { kind: "reasoning", text: "Let me see." },
      { kind: "text", text: "Yes." },
    ]);
  });
});

describe("reasoning", () => {
  const answer = "<think>\nhm\n</think>\n\nYes.";
  test.each([
    [
      "field",
      undefined,
      [
        { kind: "reasoning", text: "hm" },
        { kind: "text", text: "Yes." },
      ],
    ],
    ["inline", undefined, [{ kind: "text", text: answer }]],
    ["drop", undefined, [{ kind: "text", text: "Yes." }]],
    ["drop", "inline" as const, [{ kind: "text", text: answer }]],
  ])("configured as %s, asked for as %s", async (configured, asked, blocks) => {
    const { service } = setUp([answer], { REASONING: configured });
    const request = createRequest(asked === undefined ? {} : { reasoning: asked });
    expect((await collect(answerOf(service, request, context()))).blocks).toEqual(blocks);
  });
});

describe("limits", () => {
  test("a stop sequence ends the upstream request at once", async () => {
    const { service, upstream } = setUp([{ deltas: ["one STOP", " two", " three"] }]);
    const answer = await collect(answerOf(service, createRequest({ stopSequences: ["STOP"] }), context()));
    expect(answer).toMatchObject({
      blocks: [{ kind: "text", text: "one " }],
      finish: { kind: "stop", stopSequence: "STOP" },
      usage: { estimated: true },
    });
    expect(upstream.asked[0]?.signal.aborted).toBe(true);
    expect(upstream.read).toEqual([1]);
  });

  test("so does the token limit", async () => {
    const { service, upstream } = setUp([{ deltas: [" one", " two", " three", " four", " five"] }]);
    const answer = await collect(answerOf(service, createRequest({ maxOutputTokens: 2 }), context()));
    expect(answer).toMatchObject({
      blocks: [{ kind: "text", text: " one two" }],
      finish: { kind: "length" },
      usage: { outputTokens: 2, estimated: true },
    });
    expect(upstream.read).toEqual([3]);
  });

  test("and also while it is held back, as reasoning that may lack its opening tag", async () => {
    const { service, upstream } = setUp([{ deltas: [" one", " two", " three", " four", " five"] }]);
    const request = createRequest({ model: "DeepSeek-R1-0528", maxOutputTokens: 2 });
    expect(await collect(answerOf(service, request, context()))).toMatchObject({
      blocks: [{ kind: "text", text: " one two" }],
      finish: { kind: "length" },
    });
    expect(upstream.read).toEqual([3]);
  });

  test("a caller who leaves ends the upstream request", async () => {
    const gate = createGate();
    const { service, upstream } = setUp([{ deltas: ["a", "b"], gate: { before: 1, open: gate.promise } }]);
    const controller = new AbortController();
    const answer = collect(answerOf(service, createRequest(), context(false, controller.signal)));
    while (upstream.asked.length === 0) await Promise.resolve();
    controller.abort();
    gate.open();
    await expect(answer).rejects.toThrow();
    expect(upstream.asked[0]?.signal.aborted).toBe(true);
  });

  test("a caller who stops reading ends it too", async () => {
    const { service, upstream } = setUp([{ deltas: ["a", "b"] }]);
    for await (const batch of answerOf(service, createRequest(), context())) {
      expect(batch).not.toEqual([]);
      break;
    }
    expect(upstream.asked[0]?.signal.aborted).toBe(true);
  });
});

describe("length", () => {
  test("beyond what the upstream takes is refused beforehand, in OpenAI's words", async () => {
    const { service, upstream } = setUp([]);
    await expect(collect(answerOf(service, long(63_001), context()))).rejects.toMatchObject({
      kind: "context-length",
      message: expect.stringMatching(
        /^This model's maximum context length is 64000 tokens\. However, your messages resulted in 630\d\d tokens.* prompt token count of 630\d\d exceeds the limit of 63000\./,
      ),
    });
    expect(upstream.asked).toEqual([]);
  });

  test("within it passes", async () => {
    const { service } = setUp(["ok"]);
    expect((await collect(answerOf(service, long(62_980), context()))).blocks).toHaveLength(1);
  });
});

test("an upstream that keeps the limit itself has the last word on it", async () => {
  const usage = { inputTokens: 9, outputTokens: 700, estimated: false };
  const text = "人工智能技术正在快速发展。".repeat(140);
  const capabilities = { ...textOnly, outputLimit: "native" } as const;
  const { service, upstream } = setUp([{ deltas: [text], usage }], {}, [
    { id: "Kimi", kind: "chat", capabilities },
  ]);
  const request = createRequest({ model: "Kimi", maxOutputTokens: 1000 });
  const answer = await collect(answerOf(service, request, context()));
  expect(answer).toMatchObject({ blocks: [{ text }], finish: { kind: "stop" }, usage });
  expect(upstream.asked[0]?.request.maxOutputTokens).toBe(1000);
});

test("a model that is listed for something else is refused by its name", async () => {
  const { service } = setUp([], {}, [{ id: "bge-m3", kind: "embedding" }]);
  const answer = collect(answerOf(service, createRequest({ model: "bge-m3" }), context()));
  await expect(answer).rejects.toMatchObject({
    kind: "unsupported",
    param: "model",
    message: expect.stringContaining("gives vectors"),
  });
});

describe("upstream failures", () => {
  const error = new GatewayError("upstream-truncated", "cut");

  test("before anything was given are only an error", async () => {
    const { service } = setUp([{ deltas: ["<thi"], error }]);
    const seen: ChatEvent[] = [];
    const read = async () => {
      for await (const batch of answerOf(service, createRequest(), context())) seen.push(...batch);
    };
    await expect(read()).rejects.toMatchObject({ kind: error.kind, message: error.message });
    expect(seen).toEqual([]);
  });

  test("later give what was held back first, and no finish", async () => {
    const { service } = setUp([{ deltas: ["Hello", " <thi"], error }]);
    const seen: ChatEvent[] = [];
    const read = async () => {
      for await (const batch of answerOf(service, createRequest(), context())) seen.push(...batch);
    };
    await expect(read()).rejects.toMatchObject({ kind: error.kind, message: error.message });
    expectLegal(seen);
    expect(textOf(seen)).toBe("Hello <thi");
    expect(seen.at(-1)?.type).toBe("block-end");
  });
});

describe("structured output", () => {
  const responseFormat = {
    kind: "json-schema",
    name: "person",
    schema: { type: "object", properties: { age: { type: "integer" } }, required: ["age"] },
  } as const;

  test("is taught in the prompt and checked", async () => {
    const { service, upstream } = setUp(['```json\n{"age": 4}\n```']);
    const answer = await collect(answerOf(service, createRequest({ responseFormat }), context(true)));
    expect(answer.blocks).toEqual([{ kind: "text", text: '{"age": 4}' }]);
    expect(upstream.asked[0]?.plain.system).toContain('"required":["age"]');
  });

  test("that does not fit is asked for once more, and counted", async () => {
    const usage = { inputTokens: 10, outputTokens: 5, estimated: false };
    const { service, upstream } = setUp([
      { deltas: ['{"age": "old"}'], usage },
      { deltas: ['{"age": 4}'], usage },
    ]);
    const answer = await collect(answerOf(service, createRequest({ responseFormat }), context(true)));
    expect(answer.blocks).toEqual([{ kind: "text", text: '{"age": 4}' }]);
    expect(answer.usage).toEqual({ inputTokens: 20, outputTokens: 10, estimated: false });
    expect(upstream.asked[1]?.plain.messages).toEqual([
      { role: "user", text: "Hello?" },
      { role: "assistant", text: '{"age": "old"}' },
      { role: "user", text: expect.stringContaining("integer") },
    ]);
  });

  test("refused twice is a clear error", async () => {
    const { service, upstream } = setUp(["I can't.", "I still can't."]);
    await expect(
      collect(answerOf(service, createRequest({ responseFormat }), context(true))),
    ).rejects.toMatchObject({
      kind: "output-invalid",
      message: expect.stringContaining("I still can't."),
    });
    expect(upstream.asked).toHaveLength(2);
  });

  test("is not asked for again where REPAIR_TURNS is 0", async () => {
    const { service, upstream } = setUp(["I can't."], { REPAIR_TURNS: "0" });
    await expect(collect(answerOf(service, createRequest({ responseFormat }), context()))).rejects.toThrow(
      /holds no JSON/,
    );
    expect(upstream.asked).toHaveLength(1);
  });

  test("is not mixed with inline reasoning", async () => {
    const { service } = setUp(['<think>\nhm\n</think>\n\n{"age": 4}'], { REASONING: "inline" });
    const answer = await collect(answerOf(service, createRequest({ responseFormat }), context()));
    expect(answer.blocks.at(-1)).toEqual({ kind: "text", text: '{"age": 4}' });
  });

  test("a wrong schema costs no request", async () => {
    const { service, upstream } = setUp([]);
    const wrong = { ...responseFormat, schema: { type: "odd" } };
    await expect(
      collect(answerOf(service, createRequest({ responseFormat: wrong }), context())),
    ).rejects.toMatchObject({
      kind: "invalid-request",
    });
    expect(upstream.asked).toEqual([]);
  });
});

describe("tools", () => {
  test("are taught behind the client's system text, and calls are found", async () => {
    const { service, upstream } = setUp([`Let me look.\n${call("get_weather", { city: "Paris" })}`]);
    const request = createRequest({
      tools: [weather],
      messages: [
        { role: "system", parts: [{ type: "text", text: "Be brief." }] },
        { role: "user", parts: [{ type: "text", text: "Weather?" }] },
      ],
    });
    const answer = await collect(answerOf(service, request, context()));
    expect(answer.finish.kind).toBe("tool-calls");
    expect(answer.blocks.at(-1)).toMatchObject({ kind: "tool-call", name: "get_weather", callId: "call_1" });
    expect(upstream.asked[0]?.plain.system).toMatch(/^Be brief\.\n\n[^]*get_weather/);
  });

  test("text before a call is not given again by the turn that corrects it", async () => {
    const { service, upstream } = setUp([
      `Let me look.\n${call("get_wether", { city: "Paris" })}`,
      `Let me look.\n${call("get_weather", { city: "Paris" })}`,
    ]);
    const events: ChatEvent[] = [];
    for await (const batch of answerOf(service, createRequest({ tools: [weather] }), context()))
      events.push(...batch);
    expectLegal(events);
    expect(textOf(events).trim()).toBe("Let me look.");
    expect(JSON.parse(textOf(events, "tool-call"))).toEqual({ city: "Paris" });
    expect(events.at(-1)).toMatchObject({
      type: "finish",
      reason: { kind: "tool-calls" },
      usage: { estimated: true },
    });
    expect(upstream.asked).toHaveLength(2);
  });

  test("an answer in place of the corrected call is given", async () => {
    const { service } = setUp([`Let me look.\n${call("get_wether", {})}`, "I can't look that up."]);
    const answer = await collect(answerOf(service, createRequest({ tools: [weather] }), context()));
    expect(answer.finish.kind).toBe("stop");
    expect(answer.blocks.map((block) => (block.kind === "text" ? block.text.trim() : block.kind))).toEqual([
      "Let me look.",
      "I can't look that up.",
    ]);
  });

  test("thoughts and texts of different turns are a blank line apart", async () => {
    const { service } = setUp([
      `<think>first</think>Let me look.\n${call("get_wether", {})}`,
      "<think>second</think>I can't look that up.",
    ]);
    const events: ChatEvent[] = [];
    for await (const batch of answerOf(service, createRequest({ tools: [weather] }), context()))
      events.push(...batch);
    expectLegal(events);
    expect(textOf(events, "reasoning")).toBe("first\n\nsecond");
    expect(textOf(events)).toBe("Let me look.\n\nI can't look that up.");
  });

  test("are not offered when the choice is none", async () => {
    const { service, upstream } = setUp(["ok"]);
    await collect(
      answerOf(service, createRequest({ tools: [weather], toolChoice: { kind: "none" } }), context()),
    );
    expect(upstream.asked[0]?.plain.system).toBe("You are a helpful assistant.");
  });
});

describe("images", () => {
  const inline = { kind: "data", mediaType: "image/png", base64: "AAAA" } as const;

  test("go to a model that can see, remote ones fetched", async () => {
    const { service, upstream } = setUp(["ok", "ok"]);
    await collect(answerOf(service, show(inline, "meta-llama-Llama-4-Maverick"), context()));
    const remote = { kind: "url", url: "https://example.com/a.png" } as const;
    await collect(answerOf(service, show(remote, "meta-llama-Llama-4-Maverick"), context()));
    expect(upstream.asked.map(({ plain }) => plain.messages[0]?.images)).toEqual([
      [{ mediaType: "image/png", base64: "AAAA" }],
      [{ mediaType: "image/png", base64: btoa(remote.url) }],
    ]);
  });

  test("are refused for one that can't, with those that can", async () => {
    const { service } = setUp([]);
    await expect(collect(answerOf(service, show(inline, "DeepSeek-V3.2"), context()))).rejects.toMatchObject({
      kind: "unsupported",
      message: expect.stringContaining("meta-llama-Llama-4-Maverick"),
    });
  });

  test("of a tool's result become a note for a model that can't", async () => {
    const { service, upstream } = setUp(["ok"]);
    const request = createRequest({
      messages: [
        { role: "user", parts: [{ type: "text", text: "look" }] },
        {
          role: "tool",
          parts: [
            {
              type: "tool-result",
              callId: "c",
              isError: false,
              content: [{ type: "image", source: inline }],
            },
          ],
        },
      ],
    });
    await collect(answerOf(service, request, context()));
    expect(upstream.asked[0]?.plain.messages.at(-1)?.text).toContain("can't see images");
  });
});

test("tokens are counted with tools and files, and never come to 0", async () => {
  const { service } = setUp([]);
  const { signal } = new AbortController();
  const empty = createRequest({ messages: [{ role: "user", parts: [{ type: "text", text: "" }] }] });
  const bare = await service.countTokens(empty, signal);
  expect(bare).toBeGreaterThan(0);
  expect(await service.countTokens({ ...empty, tools: [weather] }, signal)).toBeGreaterThan(bare + 20);
  const file = { type: "file", name: "a.txt", mediaType: "text/plain", text: "word ".repeat(100) } as const;
  const withFile = createRequest({ messages: [{ role: "user", parts: [file] }] });
  expect(await service.countTokens(withFile, signal)).toBeGreaterThan(bare + 100);
});

const toolOf = (description: string): ToolDefinition => ({
  name: "read",
  description,
  parameters: { type: "object", properties: { path: { type: "string" } } },
});

test("equal lists of tools are one list, whoever sends them, and one that differs is another", async () => {
  const canCall: ModelInfo = { id: "m", kind: "chat", capabilities: { ...textOnly, tools: "native" } };
  const { service, upstream } = setUp(["a", "b", "c"], {}, [canCall]);
  for (const description of ["Reads.", "Reads.", "Reads!"]) {
    const request = createRequest({ model: "m", tools: [toolOf(description)] });
    await collect(answerOf(service, request, context()));
  }
  const [one, two, three] = upstream.asked.map(({ request }) => request.tools);
  expect(two).toBe(one);
  expect(three).toEqual([toolOf("Reads!")]);
});
