/** `GET /v1/models` over three upstreams on real sockets: one is down, one comes to rest. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";

import { get, post } from "../support/post.ts";
import { startMerged, type MergedStack } from "../support/start-merged.ts";

const web = [
  { id: "DeepSeek-V3.2", apiId: "deepseek-ai/DeepSeek-V3.2", tokenLimit: 64_000, reasoning: true },
  { id: "Only-Web", tokenLimit: 32_000 },
  { id: "AkashGen" },
];
const models = [
  {
    id: "deepseek-ai/DeepSeek-V3.2",
    contextLength: 131_072,
    maxOutputTokens: 8192,
    images: true,
    price: { input: 0.14, output: 0.28 },
  },
  { id: "org/Only-Paid", tools: "dropped" as const },
];
const file = `models:
  fast: [gone/llama, web/DeepSeek-V3.2]
  away: [gone/llama]
`;
const start = () => startMerged({ simulator: { models: web }, models, file });

type Entry = Record<string, unknown> & { id: string };
async function listOf({ url }: Pick<MergedStack, "url">, headers = {}): Promise<Entry[]> {
  return (await get(`${url}/v1/models`, headers)).json().data;
}
async function entryOf(stack: Pick<MergedStack, "url">, id: string): Promise<Entry | undefined> {
  return (await listOf(stack)).find((entry) => entry.id === id);
}
const ask = ({ url }: MergedStack, model: string) =>
  post(`${url}/v1/chat/completions`, { model, messages: [{ role: "user", content: "Hi" }] });

const both = [
  {
    name: "web",
    model: "DeepSeek-V3.2",
    answers_now: true,
    context_length: 64_000,
    tools: "emulated",
  },
  {
    name: "paid",
    model: "deepseek-ai/DeepSeek-V3.2",
    answers_now: true,
    context_length: 131_072,
    max_output_length: 8192,
    tools: "native",
    pricing: { prompt: "0.00000014", completion: "0.00000028", request: "0" },
  },
];

describe("the merged list", () => {
  test("has each model once, with all that answer for it, and says who is away", async () => {
    await using stack = await start();
    const list = await listOf(stack);
    expect(list.map(({ id }) => id)).toEqual([
      "fast",
      "away",
      "DeepSeek-V3.2",
      "Only-Web",
      "AkashGen",
      "org/Only-Paid",
    ]);
    expect(list[2]).toMatchObject({
      owned_by: "Akash Network",
      context_length: 131_072,
      max_output_length: 8192,
      input_modalities: ["text", "image"],
      tools: "emulated",
      answers_now: true,
      upstreams: both,
    });
    expect(list[2]).not.toHaveProperty("pricing");
    expect(list[0]).toMatchObject({
      owned_by: "Akash Network",
      answers_now: true,
      upstreams: [{ name: "gone", model: "llama", answers_now: false }, both[0]],
    });
    expect(list[1]).toMatchObject({ owned_by: "gone", answers_now: false });
    expect(list[4]).toMatchObject({ type: "image", output_modalities: ["image"] });
    expect(list[5]).toMatchObject({ owned_by: "org", tools: "emulated" });
  });

  test("says who rests, and the facts of who answers in its place, until it is back", async () => {
    await using stack = await start();
    const resetAt = stack.clock.now / 1000 + 7200;
    stack.simulator.enqueue({ error: { kind: "usage", resetAt } });
    expect((await ask(stack, "DeepSeek-V3.2")).headers["x-upstream"]).toBe("paid/deepseek-ai/DeepSeek-V3.2");
    expect(await entryOf(stack, "DeepSeek-V3.2")).toMatchObject({
      owned_by: "deepseek-ai",
      tools: "native",
      pricing: both[1]?.pricing,
      answers_now: true,
      upstreams: [
        { name: "web", answers_now: false },
        { name: "paid", answers_now: true },
      ],
    });
    for (const id of ["Only-Web", "AkashGen", "fast"])
      expect(await entryOf(stack, id)).toMatchObject({ answers_now: false });
    stack.clock.now = resetAt * 1000;
    for (const id of ["DeepSeek-V3.2", "Only-Web", "AkashGen", "fast"])
      expect(await entryOf(stack, id)).toMatchObject({ answers_now: true });
  });

  test("says so of a model that is not there alone, and of an upstream that sets a limit", async () => {
    await using stack = await start();
    await listOf(stack);
    stack.paid.enqueue({ kind: "error", status: 404, message: "The model `org/Only-Paid` does not exist." });
    expect((await ask(stack, "org/Only-Paid")).status).toBeGreaterThanOrEqual(400);
    expect(await entryOf(stack, "org/Only-Paid")).toMatchObject({ answers_now: false });
    expect(await entryOf(stack, "DeepSeek-V3.2")).toMatchObject({ upstreams: both });
    stack.paid.enqueue({ kind: "error", status: 429, headers: { "retry-after": "7" } });
    stack.clock.now += 60_000;
    expect((await ask(stack, "org/Only-Paid")).status).toBe(429);
    expect(await entryOf(stack, "DeepSeek-V3.2")).toMatchObject({
      upstreams: [{ answers_now: true }, { answers_now: false }],
    });
    stack.clock.now += 7000;
    expect(await entryOf(stack, "DeepSeek-V3.2")).toMatchObject({ upstreams: both });
  });

  test("knows what an answer has shown", async () => {
    await using stack = await startMerged({
      simulator: { models: web },
      models: [{ id: "m", tools: "none-400", details: { supported_features: ["chat", "tools"] } }],
    });
    expect(await entryOf(stack, "m")).toMatchObject({ tools: "native" });
    const tools = [{ type: "function", function: { name: "f", parameters: { type: "object" } } }];
    const messages = [{ role: "user", content: "Hi" }];
    await post(`${stack.url}/v1/chat/completions`, { model: "m", messages, tools });
    expect(await entryOf(stack, "m")).toMatchObject({
      tools: "emulated",
      upstreams: [{ tools: "emulated" }],
    });
  });

  test("is read by the official SDKs, in either form", async () => {
    await using stack = await start();
    const ids = (await listOf(stack)).map(({ id }) => id);
    const openai = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "any", maxRetries: 0 });
    const anthropic = new Anthropic({ baseURL: stack.url, apiKey: "any", maxRetries: 0 });
    const [ofOpenAi, ofAnthropic]: [string[], Anthropic.ModelInfo[]] = [[], []];
    for await (const { id } of openai.models.list()) ofOpenAi.push(id);
    for await (const model of anthropic.models.list({ limit: 2 })) ofAnthropic.push(model);
    expect(ofOpenAi).toEqual(ids);
    expect(ofAnthropic.map(({ id }) => id)).toEqual(ids);
    expect(ofAnthropic[2]).toMatchObject({
      max_input_tokens: 131_072,
      max_tokens: 8192,
      capabilities: { image_input: { supported: true }, structured_outputs: { supported: true } },
      answers_now: true,
      tools: "emulated",
      upstreams: both,
    });
    expect(ofAnthropic[4]).toMatchObject({ id: "AkashGen", capabilities: null });
  });

  test("is in Codex' catalogue with the same facts, and who answers in words", async () => {
    await using stack = await start();
    const { models: entries } = (await get(`${stack.url}/v1/models?client_version=0.171.0`)).json();
    expect(entries.map(({ slug }: { slug: string }) => slug)).toEqual([
      "fast",
      "away",
      "DeepSeek-V3.2",
      "Only-Web",
      "org/Only-Paid",
    ]);
    expect(entries[1]).toMatchObject({ description: "Does not answer now. At gone.", answers_now: false });
    expect(entries[2]).toMatchObject({
      description: "At web, paid.",
      context_window: 131_072,
      input_modalities: ["text", "image"],
      supports_parallel_tool_calls: true,
      upstreams: both,
    });
    expect(entries[3]).toMatchObject({ description: null });
  });
});

test("what no list has changed is put together once, however often it is asked for", async () => {
  await using stack = await start();
  const { router } = stack.gateway.services;
  const { signal } = new AbortController();
  const first = await router.catalogue(signal);
  for (let times = 0; times < 3; times += 1) expect(await router.catalogue(signal)).toBe(first);
  expect(stack.paid.requests.filter(({ path }) => path.endsWith("/models"))).toHaveLength(1);
});

describe("GET /v1/models/{id}", () => {
  test.each([
    ["its id", "DeepSeek-V3.2", "DeepSeek-V3.2", ["web", "paid"]],
    ["its id at another upstream", "deepseek-ai/DeepSeek-V3.2", "DeepSeek-V3.2", ["web", "paid"]],
    ["an own name", "FAST", "fast", ["gone", "web"]],
    ["an own name of one that is down", "away", "away", ["gone"]],
    ["an alias", "gpt-4o", "DeepSeek-V3.2", ["web", "paid"]],
    ["an upstream and its id", "paid/deepseek-ai/DeepSeek-V3.2", undefined, ["paid"]],
    ["an upstream and the last part", "paid/DeepSeek-V3.2", undefined, ["paid"]],
    ["Claude Code's id", "claude-akash/org/Only-Paid", "org/Only-Paid", ["paid"]],
    ["the one that draws", "AkashGen", "AkashGen", ["web"]],
  ])(
    "finds a model by %s, slashes encoded or not, in either form",
    async (_how, id, expected = id, names) => {
      await using stack = await startMerged({
        simulator: { models: web },
        models,
        file,
        env: { MODEL_ALIASES: "gpt-4o=DeepSeek-V3.2" },
      });
      for (const path of [id, encodeURIComponent(id)]) {
        for (const headers of [{}, { "anthropic-version": "2023-06-01" }]) {
          const reply = await get(`${stack.url}/v1/models/${path}`, headers);
          expect([reply.status, reply.json().id], path).toEqual([200, expected]);
          expect(reply.json().upstreams.map(({ name }: { name: string }) => name)).toEqual(names);
          const listed = (await listOf(stack, headers)).find((entry) => entry.id === expected);
          if (listed !== undefined) expect(reply.json()).toEqual(listed);
        }
      }
    },
  );

  test("does not take an id for a model because one upstream gives no list", async () => {
    await using stack = await start();
    const reply = await get(`${stack.url}/v1/models/nobody/knows`);
    expect(reply.json().error.code).toBe("model_not_found");
    expect(reply.json().error.message).toContain("Available: fast, away, DeepSeek-V3.2");
  });
});
