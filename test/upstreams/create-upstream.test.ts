import { describe, expect, test } from "vitest";

import { ConfigError, readConfig } from "../../src/config.ts";
import type { UpstreamEntry } from "../../src/upstreams/upstream-entry.ts";
import { createUpstream, upstreamTypes } from "../../src/upstreams/create-upstream.ts";
import { withModelOptions } from "../../src/upstreams/with-model-options.ts";
import { createMemoryCapabilities } from "../../src/upstreams/memory/memory-capabilities.ts";
import { answerJson, answerSession, answerText, isSession, serve } from "./akash-chat/support/serve.ts";
import { ask, countIds, forever, hello } from "./openai-compatible/create-upstream.ts";

const common = {
  headers: { "x-team": "blue" },
  firstByteTimeoutMs: undefined,
  idleTimeoutMs: undefined,
  models: { all: {}, overrides: [], include: undefined },
} as const;

function create(entry: UpstreamEntry) {
  const upstream = createUpstream(entry, {
    config: readConfig({ AKASH_COOKIE: "of=another" }),
    log: { debug() {}, info() {}, warn() {} },
    now: Date.now,
    newId: countIds(),
    memory: createMemoryCapabilities(),
    random: () => 0,
    proxy: {},
  });
  return Object.assign(upstream, { [Symbol.asyncDispose]: () => upstream.close() });
}

function compatible(type: string, baseUrl: string): UpstreamEntry {
  return { ...common, type, name: "mine", baseUrl, apiKey: undefined };
}

test("every type is made, and there is no other", async () => {
  await using server = await serve((seen, response) => {
    if (isSession(seen)) answerSession(response, "t");
    else if (seen.url === "/api/chat/") answerText(response, "Hello");
    else response.writeHead(200, { "content-type": "text/event-stream" }).end(hello);
  });
  for (const type of upstreamTypes) {
    const entry: UpstreamEntry =
      type === "akash-chat"
        ? {
            ...common,
            type,
            name: "mine",
            baseUrl: server.url,
            accessToken: undefined,
            cookie: undefined,
            userAgent: undefined,
          }
        : compatible(type, `${server.url}/v1`);
    await using upstream = create(entry);
    expect(upstream.name, type).toBe("mine");
  }
  expect(upstreamTypes).toContain("vllm");
  expect(() => create(compatible("toString", server.url))).toThrow(ConfigError);
});

const entry = (baseUrl: string): UpstreamEntry & { type: "akash-chat" } => ({
  ...common,
  type: "akash-chat",
  name: "second",
  baseUrl,
  accessToken: "tok",
  cookie: undefined,
  userAgent: "ours",
});

describe("a web chat", () => {
  test("has the login and the headers of its entry, and nobody else's", async () => {
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, "t");
      else answerJson(response, 200, { models: [] });
    });
    await using upstream = create(entry(server.url));
    expect(upstream.name).toBe("second");
    await upstream.listModels(forever).catch(() => {});
    for (const { headers } of server.seen) {
      expect(headers).toMatchObject({ "x-team": "blue", "user-agent": "ours" });
      expect(headers.cookie ?? "").not.toContain("another");
    }
    expect(server.seen.length).toBeGreaterThan(0);
  });

  test("has the models that the operator wants, with what the operator says of them", async () => {
    await using server = await serve((_seen, response) =>
      answerJson(response, 200, [{ id: "DeepSeek-V3.2" }, { id: "Qwen3" }, { id: "AkashGen" }]),
    );
    await using upstream = create({
      ...entry(server.url),
      models: {
        all: { price: { input: 0, output: 0 } },
        overrides: [{ match: "deepseek-*", options: { contextLength: 99 } }],
        include: ["deepseek-*", "hidden"],
      },
    });
    const models = await upstream.listModels(forever);
    const price = { inputPerMillion: 0, outputPerMillion: 0 };
    expect(models).toMatchObject([
      { id: "DeepSeek-V3.2", contextLength: 99, price },
      { id: "hidden", price },
    ]);
  });
});

test("an OpenAI-compatible server is asked below its base URL", async () => {
  await using server = await serve((_seen, response) =>
    response.writeHead(200, { "content-type": "text/event-stream" }).end(hello),
  );
  await using upstream = create(compatible("ollama", `${server.url}/v1`));
  expect((await ask(upstream)).error).toBeUndefined();
  expect(server.seen[0]).toMatchObject({ url: "/v1/chat/completions", headers: { "x-team": "blue" } });
});

test("what the operator says of models is laid over what any upstream knows", async () => {
  await using server = await serve((_seen, response) =>
    answerJson(response, 200, { data: [{ id: "a", max_model_len: 5 }, { id: "b" }] }),
  );
  await using inner = create(compatible("vllm", `${server.url}/v1`));
  const upstream = withModelOptions(inner, {
    all: { maxOutputLength: 3, tools: "native" },
    overrides: [],
    include: ["a", "hidden"],
  });
  const known = { id: "a", kind: "chat", contextLength: 5, maxOutputTokens: 3 };
  expect(await upstream.refreshModels(forever)).toMatchObject([known, { id: "hidden", kind: "chat" }]);
  expect(upstream.describeModel("a")).toMatchObject(known);
  expect(upstream.describeModel("a")?.capabilities?.tools).toBe("unknown");
  expect(upstream.describeModel("b")).toBeUndefined();
  expect(upstream.describeModel("hidden")).toMatchObject({ id: "hidden", maxOutputTokens: 3 });
});
