/** What answers teach of a model, and how long that is believed; over real sockets. */
import { mkdtemp, rm } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import type { ChatRequest, ToolDefinition } from "../../../src/model/request.ts";
import { openFileCapabilities } from "../../../src/upstreams/memory/file-capabilities.ts";
import { createMemoryCapabilities } from "../../../src/upstreams/memory/memory-capabilities.ts";
import { createGate } from "../akash-chat/support/create-gate.ts";
import { createManualTimers } from "../akash-chat/support/manual-timers.ts";
import { answerJson, serve, type Seen } from "../akash-chat/support/serve.ts";
import { ask, createUpstream, createWatch, forever, hello, ping, toRequest } from "./create-upstream.ts";
import { now, textOf } from "./read-case.ts";

type Body = Readonly<Record<string, unknown>>;

const bodyOf = (seen: Seen) => JSON.parse(seen.body) as Body;
const message = (text: string) => ({ error: { message: text, type: "BadRequestError", code: 400 } });

function answer(response: ServerResponse, text = hello): void {
  response.writeHead(200, { "content-type": "text/event-stream" }).end(text);
}

/** A server that refuses the bodies that it shall, and answers the others. */
function serveRefusing(refuse: (body: Body) => [number, unknown] | undefined, entry: object = { id: "m" }) {
  return serve((seen, response) => {
    if (seen.method === "GET") {
      answerJson(response, 200, { data: [entry] });
      return;
    }
    const refusal = refuse(bodyOf(seen));
    if (refusal === undefined) answer(response);
    else answerJson(response, ...refusal);
  });
}

const noParser = message(
  '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
);
const refuseTools = (body: Body): [number, unknown] | undefined =>
  body["tools"] === undefined ? undefined : [400, noParser];
const withTools = { tools: [ping] };
const posts = (server: { readonly seen: readonly Seen[] }) =>
  server.seen.filter(({ method }) => method === "POST").map(bodyOf);

describe("tools that are refused", () => {
  test("are emulated from then on, and the request comes back to be lowered anew", async () => {
    await using server = await serveRefusing(refuseTools);
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    expect(upstream.describeModel("m")?.capabilities?.tools).toBe("unknown");
    const { error } = await ask(upstream, withTools);
    expect(error).toMatchObject({ kind: "unsupported", retry: "same", param: "tools" });
    expect(upstream.describeModel("m")?.capabilities?.tools).toBe("emulated");
    expect((await ask(upstream)).error).toBeUndefined();
    expect(posts(server)).toHaveLength(2);
  });

  test("with status 200, too", async () => {
    await using server = await serveRefusing((body) =>
      body["tools"] === undefined ? undefined : [200, noParser],
    );
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    expect((await ask(upstream, withTools)).error).toMatchObject({ kind: "unsupported", retry: "same" });
    expect(upstream.describeModel("m")?.capabilities?.tools).toBe("emulated");
  });

  test("though the list promises them", async () => {
    await using server = await serveRefusing(refuseTools, { id: "m", supported_features: ["tools"] });
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    expect(upstream.describeModel("m")?.capabilities?.tools).toBe("native");
    expect((await ask(upstream, withTools)).error).toMatchObject({ retry: "same" });
    expect(upstream.describeModel("m")?.capabilities?.tools).toBe("emulated");
  });

  test("but are native where the operator insists, and others are asked", async () => {
    await using server = await serveRefusing(refuseTools);
    await using upstream = createUpstream(server.url, {
      models: { all: { tools: "native" }, overrides: [], include: undefined },
    });
    await upstream.listModels(forever);
    expect((await ask(upstream, withTools)).error).toMatchObject({ retry: "other" });
    expect(upstream.describeModel("m")?.capabilities?.tools).toBe("native");
  });

  test("of a request without tools teach nothing", async () => {
    await using server = await serveRefusing(() => [400, noParser]);
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    expect((await ask(upstream)).error).toMatchObject({ retry: "other" });
    expect(upstream.describeModel("m")?.capabilities?.tools).toBe("unknown");
  });
});

const withUsage = (tokens: number, delta: object = { content: "Hello" }) =>
  [
    { choices: [{ index: 0, delta, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    { choices: [], usage: { prompt_tokens: tokens, completion_tokens: 1, total_tokens: tokens + 1 } },
  ]
    .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
    .join("") + "data: [DONE]\n\n";

describe("tools that the server dropped without a word", () => {
  const large = {
    name: "ping",
    parameters: { type: "object", properties: { to: { type: "string", description: "x y ".repeat(500) } } },
  };
  const call = { tool_calls: [{ index: 0, id: "a", function: { name: "ping", arguments: "{}" } }] };

  interface Asked {
    readonly tools?: readonly ToolDefinition[];
    readonly words?: string;
    readonly picture?: boolean;
  }

  test.each<[string, string, Asked, string]>([
    ["the count has no room for them", withUsage(20), {}, "emulated"],
    ["the count has room for them", withUsage(400), {}, "unknown"],
    ["the model called one", withUsage(20, call), {}, "unknown"],
    ["nobody counts", hello, {}, "unknown"],
    ["the count is none", withUsage(0), {}, "unknown"],
    ["they are small", withUsage(10), { tools: [ping] }, "unknown"],
    ["the messages were cut, too", withUsage(20), { words: "word ".repeat(400) }, "unknown"],
    ["the messages are longer than the tools", withUsage(1000), { words: "word ".repeat(5000) }, "unknown"],
    ["there was a picture", withUsage(20), { picture: true }, "unknown"],
  ])("%s", async (_name, text, { tools = [large], words = "hi", picture = false }, wanted) => {
    await using server = await serve((seen, response) =>
      seen.method === "GET" ? answerJson(response, 200, { data: [{ id: "m" }] }) : answer(response, text),
    );
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    const image = {
      type: "image",
      source: { kind: "data", mediaType: "image/png", base64: "AAAA" },
    } as const;
    await ask(upstream, {
      tools,
      messages: [{ role: "user", parts: [{ type: "text", text: words }, ...(picture ? [image] : [])] }],
    });
    expect(upstream.describeModel("m")?.capabilities?.tools).toBe(wanted);
  });
});

const refuse = (body: Body): [number, unknown] | undefined =>
  body["reasoning_effort"] === undefined ? undefined : [400, message('"m" does not support thinking')];

describe("a setting of thinking that is refused", () => {
  test("is left out at once, and from then on", async () => {
    await using server = await serveRefusing(refuse);
    await using upstream = createUpstream(server.url);
    const watch = createWatch();
    const { events, error } = await ask(upstream, { effort: "high" }, { watch });
    expect(error).toBeUndefined();
    expect(textOf(events, "text")).toBe("Hello");
    expect(watch.told).toEqual(["ask mine", "retry reasoning-unsupported", "wait upstream-first-byte"]);
    await ask(upstream, { effort: "high" });
    expect(posts(server).map((body) => body["reasoning_effort"])).toEqual(["high", undefined, undefined]);
  });

  test("is asked for once more at most", async () => {
    await using server = await serveRefusing(() => [400, message('"m" does not support thinking')]);
    await using upstream = createUpstream(server.url);
    const { error } = await ask(upstream, { effort: "high" });
    expect(error).toMatchObject({ kind: "unsupported", retry: "other" });
    expect(server.seen).toHaveLength(2);
  });

  test("is not sent at all where the list says so", async () => {
    await using server = await serveRefusing(refuse, { id: "m", supported_parameters: ["tools"] });
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    await ask(upstream, { effort: "high" });
    expect(posts(server)).toHaveLength(1);
  });
});

describe("a field that is refused by its name", () => {
  test.each<[string, unknown, Partial<ChatRequest>, string, object]>([
    [
      "OpenAI's newer models",
      message(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ),
      { maxOutputTokens: 9 },
      "max_tokens",
      { max_completion_tokens: 9 },
    ],
    [
      "and their temperature",
      message(
        "Unsupported value: 'temperature' does not support 0.5 with this model. Only the default (1) value is supported.",
      ),
      { sampling: { temperature: 0.5 } },
      "temperature",
      {},
    ],
    [
      "a strict schema of fields",
      { detail: [{ loc: ["body", "stream_options"], msg: "Extra inputs are not permitted" }] },
      {},
      "stream_options",
      { stream: true },
    ],
    [
      "calls side by side",
      message("`parallel_tool_calls` is not supported"),
      { tools: [ping], parallelToolCalls: false },
      "parallel_tool_calls",
      { tools: [{ type: "function", function: ping }] },
    ],
    [
      "thinking in messages",
      {
        detail: [
          { loc: ["body", "messages", 1, "reasoning_content"], msg: "Extra inputs are not permitted" },
        ],
      },
      { effort: "low" },
      "reasoning_effort",
      {},
    ],
  ])("%s: is left out at once, and from then on", async (_name, refusal, request, field, rest) => {
    await using server = await serveRefusing((body) => (field in body ? [400, refusal] : undefined));
    await using upstream = createUpstream(server.url);
    for (let count = 0; count < 2; count += 1) expect((await ask(upstream, request)).error).toBeUndefined();
    const sent = posts(server);
    expect(sent.map((body) => field in body)).toEqual([true, false, false]);
    expect(sent[2]).toMatchObject(rest);
  });

  test.each([
    ["another field", message("top_k is not supported")],
    ["its value", message("temperature must be at most 2")],
    ["a message that speaks of it", message("Unknown role in messages")],
  ])("but not for %s", async (_name, refusal) => {
    await using server = await serveRefusing(() => [400, refusal]);
    await using upstream = createUpstream(server.url);
    const { error } = await ask(upstream, { sampling: { temperature: 3 } });
    expect(error).toMatchObject({ kind: "invalid-request", retry: "never" });
    expect(server.seen).toHaveLength(1);
  });

  test("three times is too often", async () => {
    const fields = ["temperature", "top_p", "seed", "frequency_penalty"];
    await using server = await serveRefusing((body) => {
      const next = fields.find((field) => field in body);
      return next === undefined ? undefined : [400, message(`Unknown field ${next}`)];
    });
    await using upstream = createUpstream(server.url);
    const sampling = { temperature: 1, topP: 1, seed: 1, frequencyPenalty: 1 };
    expect((await ask(upstream, { sampling })).error).toMatchObject({ kind: "invalid-request" });
    expect(server.seen).toHaveLength(3);
  });

  test.each([
    ["json-schema", "jsonSchema", "response_format type json_schema is not supported"],
    ["json-object", "jsonObject", "This response_format type is unavailable now"],
  ] as const)("a form of answers is emulated from then on: %s", async (kind, capability, words) => {
    await using server = await serveRefusing((body) =>
      body["response_format"] === undefined ? undefined : [400, message(words)],
    );
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    const responseFormat =
      kind === "json-object" ? { kind } : { kind, name: "a", schema: { type: "object" } };
    expect((await ask(upstream, { responseFormat })).error).toMatchObject({ retry: "same" });
    expect(upstream.describeModel("m")?.capabilities?.[capability]).toBe("emulated");
  });
});

describe("a limit of output tokens that is too large", () => {
  test("is lowered to what the server names, and remembered", async () => {
    await using server = await serveRefusing((body) =>
      Number(body["max_tokens"]) > 8192
        ? [
            400,
            message(
              "max_completion_tokens is too large: 99999. This model supports at most 8192 completion tokens.",
            ),
          ]
        : undefined,
    );
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    const watch = createWatch();
    expect((await ask(upstream, { maxOutputTokens: 99_999 }, { watch })).error).toBeUndefined();
    expect(watch.told).toContain("retry output-budget");
    expect(upstream.describeModel("m")?.maxOutputTokens).toBe(8192);
    await ask(upstream, { maxOutputTokens: 99_999 });
    await ask(upstream, { maxOutputTokens: 5 });
    expect(posts(server).map((body) => body["max_tokens"])).toEqual([99_999, 8192, 8192, 5]);
  });

  test("is lowered to what this prompt leaves, for this request alone", async () => {
    await using server = await serveRefusing((body) =>
      Number(body["max_tokens"]) > 8092
        ? [
            400,
            message(
              "'max_tokens' is too large: 32000. This model's maximum context length is 8192 tokens and your request has 100 input tokens (32000 > 8192 - 100).",
            ),
          ]
        : undefined,
    );
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    expect((await ask(upstream, { maxOutputTokens: 32_000 })).error).toBeUndefined();
    expect(posts(server).map((body) => body["max_tokens"])).toEqual([32_000, 8092]);
    expect(upstream.describeModel("m")?.maxOutputTokens).toBeUndefined();
  });

  test("is lowered once", async () => {
    await using server = await serveRefusing((body) => [
      400,
      message(
        `max_tokens is too large: ${Number(body["max_tokens"])}. This model supports at most ${Number(body["max_tokens"]) - 1} completion tokens.`,
      ),
    ]);
    await using upstream = createUpstream(server.url);
    expect((await ask(upstream, { maxOutputTokens: 100 })).error).toMatchObject({
      kind: "invalid-request",
      param: "max_tokens",
    });
    expect(server.seen).toHaveLength(2);
  });

  test("of the list is never exceeded", async () => {
    await using server = await serveRefusing(() => undefined, { id: "m", max_output_length: 100 });
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    await ask(upstream, { maxOutputTokens: 5000 });
    expect(posts(server)[0]?.["max_tokens"]).toBe(100);
  });
});

test("a context that the server names is known from then on", async () => {
  await using server = await serveRefusing(() => [
    400,
    message(
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
    ),
  ]);
  await using upstream = createUpstream(server.url);
  await upstream.listModels(forever);
  expect((await ask(upstream)).error).toMatchObject({
    kind: "context-length",
    retry: "larger-context",
    tokens: { count: 9000, maximum: 8192 },
  });
  expect(upstream.describeModel("m")?.contextLength).toBe(8192);
});

test("a model that is blind is known as such from then on", async () => {
  await using server = await serveRefusing(() => [
    500,
    message("image input is not supported - hint: if this is unexpected, you may need to provide the mmproj"),
  ]);
  await using upstream = createUpstream(server.url);
  await upstream.listModels(forever);
  const image = { type: "image", source: { kind: "data", mediaType: "image/png", base64: "AAAA" } } as const;
  await ask(upstream, { messages: [{ role: "user", parts: [image] }] });
  expect(upstream.describeModel("m")?.capabilities?.images).toBe("emulated");
});

test("a model that the server does not know has the list renewed", async () => {
  let time = now;
  let gone = false;
  await using server = await serve((seen, response) => {
    if (seen.method === "GET") answerJson(response, 200, { data: [{ id: gone ? "n" : "m" }] });
    else answerJson(response, 404, { error: { message: "The model `m` does not exist." } });
  });
  await using upstream = createUpstream(server.url, {}, { now: () => time });
  await upstream.listModels(forever);
  gone = true;
  time += 20_000;
  expect((await ask(upstream)).error).toMatchObject({ kind: "model-not-found", retry: "other" });
  time += 1;
  expect((await upstream.refreshModels(forever)).map(({ id }) => id)).toEqual(["n"]);
});

describe("a model that is being loaded", () => {
  const loading: [number, unknown] = [
    503,
    { error: { message: "Loading model", type: "unavailable_error", code: 503 } },
  ];

  test("is waited for", async () => {
    const timers = createManualTimers();
    let left = 2;
    await using server = await serveRefusing(() => ((left -= 1) >= 0 ? loading : undefined));
    await using upstream = createUpstream(server.url, {}, { startTimer: timers.start });
    const watch = createWatch();
    const gates = [createGate(), createGate()];
    let waits = 0;
    const all = ask(
      upstream,
      {},
      {
        watch: {
          ...watch,
          waitFor(what) {
            watch.waitFor(what);
            if (what === "upstream-loading") gates[waits++]?.open();
          },
        },
      },
    );
    for (const gate of gates) {
      await gate.opened;
      timers.expire(3000);
    }
    expect((await all).error).toBeUndefined();
    const wait = ["wait upstream-loading", "retry loading", "wait upstream-first-byte"];
    expect(watch.told).toEqual(["ask mine", ...wait, ...wait]);
    expect(timers.running).toEqual([]);
  });

  test("for no longer than the first byte may take, and then it says why", async () => {
    const timers = createManualTimers();
    await using server = await serveRefusing(() => loading);
    await using upstream = createUpstream(
      server.url,
      { firstByteTimeoutMs: 70_000 },
      { startTimer: timers.start },
    );
    const waits = createGate();
    const watch = {
      ...createWatch(),
      waitFor: (what: string) => void (what === "upstream-loading" && waits.open()),
    };
    const all = ask(upstream, {}, { watch });
    await waits.opened;
    timers.expire(70_000);
    expect((await all).error).toMatchObject({
      kind: "overloaded",
      message: expect.stringMatching(/loading/) as string,
    });
    expect(server.seen).toHaveLength(1);
  });

  test("is not waited for when others can be asked", async () => {
    await using server = await serveRefusing(() => loading);
    await using upstream = createUpstream(server.url);
    const { error } = await ask(upstream, {}, { hasOthers: true });
    expect(error).toMatchObject({ kind: "overloaded", retry: "other" });
    expect(server.seen).toHaveLength(1);
  });

  test("is not waited for by a client that leaves", async () => {
    const timers = createManualTimers();
    await using server = await serveRefusing(() => loading);
    await using upstream = createUpstream(server.url, {}, { startTimer: timers.start });
    const waits = createGate();
    const watch = {
      ...createWatch(),
      waitFor: (what: string) => void (what === "upstream-loading" && waits.open()),
    };
    const client = new AbortController();
    const all = ask(upstream, {}, { watch, signal: client.signal });
    await waits.opened;
    client.abort();
    expect((await all).error).toMatchObject({ kind: "aborted" });
    expect(timers.running).toEqual([]);
  });
});

const emulated = async (url: string, surroundings: Parameters<typeof createUpstream>[2], type = "openai") => {
  await using upstream = createUpstream(url, { type }, surroundings);
  await upstream.listModels(forever);
  return upstream.describeModel("m")?.capabilities?.tools === "emulated";
};

describe("what was learned", () => {
  const day = 24 * 3_600_000;

  test("is there after a restart, in a file without the key", async () => {
    const folder = await mkdtemp(join(tmpdir(), "learned-"));
    const log = { debug() {}, info() {}, warn() {} };
    const path = join(folder, "upstreams.json");
    await using server = await serveRefusing(refuseTools);
    const memory = await openFileCapabilities(path, log);
    await using upstream = createUpstream(server.url, { apiKey: "hunter2hunter2" }, { memory });
    await ask(upstream, withTools);
    await memory.settle();
    const again = await openFileCapabilities(path, log);
    expect(await emulated(server.url, { memory: again })).toBe(true);
    // The second one learns, too.
    await again.settle();
    await rm(folder, { recursive: true });
  });

  test("is another server's or another model's in no case", async () => {
    const memory = createMemoryCapabilities();
    await using server = await serveRefusing(refuseTools);
    await using other = await serveRefusing(refuseTools);
    await using upstream = createUpstream(server.url, {}, { memory });
    await ask(upstream, withTools);
    expect(await emulated(other.url, { memory })).toBe(false);
    await ask(upstream, { ...withTools, model: "n" });
    expect(memory.get(`${server.url}/v1 n`)).toBeDefined();
  });

  test("is forgotten after some days", async () => {
    const memory = createMemoryCapabilities();
    await using server = await serveRefusing(refuseTools);
    await using upstream = createUpstream(server.url, {}, { memory });
    await ask(upstream, withTools);
    expect(await emulated(server.url, { memory, now: () => now + 2 * day })).toBe(true);
    expect(await emulated(server.url, { memory, now: () => now + 3 * day })).toBe(false);
  });

  test.each([
    ["another owner", { owned_by: "a" }, { owned_by: "b" }, false],
    ["another time at which the model came", { created: 1_700_000_000 }, { created: 1_700_000_001 }, false],
    ["the time at which the list was made", { created: now / 1000 - 5 }, { created: now / 1000 }, true],
    ["another context", { max_model_len: 1 }, { max_model_len: 2 }, true],
  ])("is held against the list: %s", async (_name, before, after, holds) => {
    const memory = createMemoryCapabilities();
    let entry: object = before;
    await using server = await serve((seen, response) =>
      seen.method === "GET"
        ? answerJson(response, 200, { data: [{ id: "m", ...entry }] })
        : answerJson(response, 400, noParser),
    );
    await using upstream = createUpstream(server.url, {}, { memory });
    await upstream.listModels(forever);
    await ask(upstream, withTools);
    expect(await emulated(server.url, { memory })).toBe(true);
    entry = after;
    expect(await emulated(server.url, { memory })).toBe(holds);
  });

  test.each([
    ["vllm", false],
    ["openrouter", true],
  ])("is held against the build that answers, of %s: still believed: %s", async (type, holds) => {
    const memory = createMemoryCapabilities();
    let build = "b1";
    await using server = await serve((seen, response) => {
      if (seen.method === "GET") answerJson(response, 200, { data: [{ id: "m" }] });
      else if (bodyOf(seen)["tools"] !== undefined) answerJson(response, 400, noParser);
      else answer(response, hello.replaceAll('{"choices"', `{"system_fingerprint":"${build}","choices"`));
    });
    await using upstream = createUpstream(server.url, { type }, { memory });
    await ask(upstream, withTools);
    await ask(upstream);
    expect(await emulated(server.url, { memory }, type)).toBe(true);
    build = "b2";
    await ask(upstream);
    expect(await emulated(server.url, { memory }, type)).toBe(holds);
  });
});

test("an answer that its server could not read is asked for once more", async () => {
  await using server = await serveRefusing(() => [
    500,
    message("The model produced output that does not match the expected peg-native format"),
  ]);
  await using upstream = createUpstream(server.url);
  const { error } = await ask(upstream, toRequest());
  expect(error).toMatchObject({ kind: "output-invalid", retry: "same" });
  expect(server.seen).toHaveLength(1);
});
