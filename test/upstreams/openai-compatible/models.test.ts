/** What is known of a server's models: lists, details, the operator's word; over real sockets. */
import { describe, expect, test } from "vitest";

import { readConfig } from "../../../src/config.ts";
import type { ModelInfo } from "../../../src/model/model-info.ts";
import type { UpstreamModels } from "../../../src/upstreams/model-options.ts";
import { createGate } from "../akash-chat/support/create-gate.ts";
import { createManualTimers } from "../akash-chat/support/manual-timers.ts";
import { answerJson, serve } from "../akash-chat/support/serve.ts";
import { ask, createUpstream, forever } from "./create-upstream.ts";
import { now } from "./read-case.ts";

/** A server that has these routes and no others. */
function serveRoutes(routes: Readonly<Record<string, unknown>>) {
  return serve((seen, response) => {
    const route = routes[seen.url];
    if (route === undefined) answerJson(response, 404, { error: { message: "no such route" } });
    else answerJson(response, 200, typeof route === "function" ? route(seen) : route);
  });
}

const idsOf = (models: readonly ModelInfo[]) => models.map(({ id }) => id);
const list = (...models: readonly object[]) => ({ object: "list", data: models });
const models = (options: Partial<UpstreamModels>): UpstreamModels => ({
  all: {},
  overrides: [],
  include: undefined,
  ...options,
});

describe("which server it is", () => {
  test("is seen by whom its models belong to, and then its own API is asked", async () => {
    await using server = await serveRoutes({
      "/v1/models": list({ id: "llama3:8b", owned_by: "library" }),
      "/api/show": {
        model_info: { "general.architecture": "llama", "llama.context_length": 8192 },
        capabilities: ["completion", "tools"],
      },
    });
    await using upstream = createUpstream(server.url);
    const [model] = await upstream.listModels(forever);
    expect(model).toMatchObject({ id: "llama3:8b", contextLength: 8192 });
    expect(model?.capabilities).toMatchObject({ tools: "native", images: "emulated", reasoning: "emulated" });
    expect(server.seen.at(-1)).toMatchObject({
      method: "POST",
      url: "/api/show",
      body: '{"model":"llama3:8b"}',
    });
  });

  test("its own list says more than the usual one", async () => {
    await using server = await serveRoutes({
      "/v1/models": list({ id: "a", owned_by: "organization_owner" }),
      "/api/v0/models": { data: [{ id: "a", type: "llm", state: "loaded", loaded_context_length: 4096 }] },
    });
    await using upstream = createUpstream(server.url);
    expect(await upstream.listModels(forever)).toMatchObject([
      { id: "a", contextLength: 4096, loaded: true },
    ]);
  });

  test("llama.cpp's properties tell of its one model what its template can", async () => {
    await using server = await serveRoutes({
      "/v1/models": list({ id: "gemma-2", owned_by: "llamacpp", meta: { n_ctx_train: 8192 } }),
      "/props": {
        default_generation_settings: { n_ctx: 4096 },
        chat_template_caps: { supports_tool_calls: false },
        modalities: { vision: false },
      },
    });
    await using upstream = createUpstream(server.url);
    const [model] = await upstream.listModels(forever);
    expect(model).toMatchObject({ contextLength: 4096 });
    expect(model?.capabilities).toMatchObject({ tools: "emulated", images: "emulated" });
  });

  test("a list below a path of its own, and no properties: the list does", async () => {
    await using server = await serveRoutes({
      "/team/v1/models": list({ id: "a", owned_by: "llamacpp" }),
    });
    await using upstream = createUpstream(server.url, { baseUrl: `${server.url}/team/v1` });
    expect(idsOf(await upstream.listModels(forever))).toEqual(["a"]);
    expect(server.seen.map(({ url }) => url)).toEqual(["/team/v1/models", "/team/props"]);
  });

  test("a base URL that ends as the rules' path does", async () => {
    await using server = await serveRoutes({ "/proxy/api/v1/models": list({ id: "a" }) });
    await using upstream = createUpstream(server.url, {
      type: "openrouter",
      baseUrl: `${server.url}/proxy/api/v1`,
    });
    expect(idsOf(await upstream.listModels(forever))).toEqual(["a"]);
  });

  test("details of many models are asked for a few at a time", async () => {
    let open = 0;
    let most = 0;
    const ids = Array.from({ length: 130 }, (_, at) => `m${at}`);
    await using server = await serve((seen, response) => {
      if (seen.url !== "/api/show") {
        answerJson(response, 200, list(...ids.map((id) => ({ id, owned_by: "library" }))));
        return;
      }
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        answerJson(response, 200, { capabilities: ["completion", "vision"] });
      });
    });
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    expect(most).toBeLessThanOrEqual(4);
    expect(server.seen.filter(({ url }) => url === "/api/show")).toHaveLength(100);
    expect(upstream.describeModel("m99")?.capabilities?.images).toBe("native");
    expect(upstream.describeModel("m100")?.capabilities?.images).toBe("unknown");
  });
});

describe("what the operator says", () => {
  const routes = {
    "/v1/models": list(
      { id: "Qwen/Coder", max_model_len: 32_768, capabilities: { vision: true } },
      { id: "Qwen/Small" },
      { id: "bge-m3" },
    ),
  };

  test("counts more than the list; the first override that fits is laid over what is said of all", async () => {
    await using server = await serveRoutes(routes);
    await using upstream = createUpstream(server.url, {
      models: models({
        all: { tools: "native", jsonSchema: "emulated", price: { input: 1, output: 2 } },
        overrides: [
          { match: "qwen/coder", options: { images: "none", contextLength: 100, maxOutputLength: 10 } },
          { match: "qwen/*", options: { tools: "auto", reasoning: "native" } },
          { match: "*", options: { images: "native" } },
        ],
      }),
    });
    const [coder, small, bge] = await upstream.listModels(forever);
    expect(coder).toMatchObject({
      contextLength: 100,
      maxOutputTokens: 10,
      price: { inputPerMillion: 1, outputPerMillion: 2 },
    });
    expect(coder?.capabilities).toMatchObject({
      images: "emulated",
      tools: "native",
      jsonSchema: "emulated",
    });
    expect(small?.capabilities).toMatchObject({ images: "unknown", tools: "unknown", reasoning: "native" });
    expect(bge).toMatchObject({ kind: "embedding" });
    expect(bge?.capabilities).toMatchObject({ images: "native", tools: "native" });
  });

  test("only what is included is offered; an id that the list lacks is, too", async () => {
    await using server = await serveRoutes(routes);
    await using upstream = createUpstream(server.url, {
      models: models({ include: ["qwen/*", "hidden", "nothing-*"] }),
    });
    expect(idsOf(await upstream.listModels(forever))).toEqual(["Qwen/Coder", "Qwen/Small", "hidden"]);
    expect(upstream.describeModel("bge-m3")).toBeUndefined();
    expect(upstream.describeModel("hidden")).toMatchObject({ id: "hidden", kind: "chat" });
  });

  test("models of a server without a list", async () => {
    await using server = await serveRoutes({});
    await using upstream = createUpstream(server.url, { models: models({ include: ["a", "b"] }) });
    expect(upstream.describeModel("a")).toMatchObject({ id: "a" });
    expect(idsOf(await upstream.listModels(forever))).toEqual(["a", "b"]);
  });
});

describe("a list", () => {
  test("that is known is given at once, and renewed in the background when it is old", async () => {
    let time = now;
    let round = 0;
    const gate = createGate();
    await using server = await serve(async (_seen, response) => {
      round += 1;
      const own = round;
      if (own > 1) await gate.opened;
      answerJson(response, 200, list({ id: `m${own}` }));
    });
    await using upstream = createUpstream(
      server.url,
      {},
      { now: () => time, config: readConfig({ MODELS_CACHE_MS: "60000" }) },
    );
    expect(idsOf(await upstream.listModels(forever))).toEqual(["m1"]);
    time += 59_000;
    await upstream.listModels(forever);
    expect(round).toBe(1);
    time += 2000;
    expect(idsOf(await upstream.listModels(forever))).toEqual(["m1"]);
    gate.open();
    time += 20_000;
    expect(idsOf(await upstream.refreshModels(forever))).toEqual(["m2"]);
  });

  test("that does not come is waited for a few seconds, and then not for a while", async () => {
    const timers = createManualTimers();
    let asked = 0;
    const came = createGate();
    await using server = await serve(() => {
      asked += 1;
      came.open();
    });
    await using upstream = createUpstream(server.url, {}, { startTimer: timers.start });
    const first = upstream.listModels(forever);
    await came.opened;
    timers.expire(5000);
    await expect(first).rejects.toMatchObject({ kind: "upstream-timeout" });
    // The request is still under way; who asks now waits for it, too, and no second one begins.
    const second = upstream.listModels(forever);
    timers.expire(60_000);
    await expect(second).rejects.toMatchObject({ kind: "upstream-timeout" });
    await expect(upstream.listModels(forever)).rejects.toMatchObject({ kind: "upstream-timeout" });
    expect(asked).toBe(1);
  });

  test.each([
    [401, {}, "upstream-unauthorized"],
    [404, { error: "no" }, "unsupported"],
    [200, { hello: 1 }, "upstream-protocol"],
    [200, "<html>", "upstream-protocol"],
    [500, {}, "upstream-unavailable"],
  ])(
    "in place of which comes %i %j fails as %s, and the last one stays in use",
    async (status, body, kind) => {
      let time = now;
      let good = false;
      await using server = await serve((_seen, response) =>
        good ? answerJson(response, 200, list({ id: "a" })) : answerJson(response, status, body),
      );
      await using upstream = createUpstream(server.url, {}, { now: () => time });
      await expect(upstream.listModels(forever)).rejects.toMatchObject({ kind });
      good = true;
      time += 20_000;
      expect(idsOf(await upstream.listModels(forever))).toEqual(["a"]);
      good = false;
      time += 20_000;
      expect(idsOf(await upstream.refreshModels(forever))).toEqual(["a"]);
    },
  );

  test("that is refused for its key is not asked for elsewhere", async () => {
    await using server = await serve((_seen, response) => answerJson(response, 401, {}));
    await using upstream = createUpstream(server.url, { type: "ollama" });
    await expect(upstream.listModels(forever)).rejects.toMatchObject({ kind: "upstream-unauthorized" });
    expect(server.seen).toHaveLength(1);
  });

  test("of LM Studio, which answers 200 to what it has not", async () => {
    await using server = await serve((seen, response) =>
      seen.url === "/v1/models"
        ? answerJson(response, 200, list({ id: "a" }))
        : answerJson(response, 200, { error: "Unexpected endpoint or method." }),
    );
    await using upstream = createUpstream(server.url, { type: "lmstudio" });
    expect(idsOf(await upstream.listModels(forever))).toEqual(["a"]);
  });
});

test("a caller that leaves does not wait", async () => {
  const came = createGate();
  await using server = await serve(() => came.open());
  await using upstream = createUpstream(server.url);
  const client = new AbortController();
  const waiting = upstream.listModels(client.signal);
  await came.opened;
  client.abort();
  await expect(waiting).rejects.toMatchObject({ kind: "aborted" });
});

test("nobody says what is left to spend", async () => {
  await using server = await serveRoutes({});
  await using upstream = createUpstream(server.url);
  expect([upstream.budget(), upstream.tokensLeft(), await upstream.allowance(forever)]).toEqual([
    undefined,
    undefined,
    { kind: "unknown" },
  ]);
});

describe("a base URL without /v1", () => {
  test("is mended where the list is below it, and that is said once", async () => {
    await using server = await serveRoutes({
      "/v1/models": list({ id: "a" }),
      "/v1/chat/completions": { choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] },
    });
    const warned: string[] = [];
    const log = { debug() {}, info() {}, warn: (_fields: object, text: string) => void warned.push(text) };
    await using upstream = createUpstream("", { baseUrl: server.url }, { log });
    expect(idsOf(await upstream.listModels(forever))).toEqual(["a"]);
    await upstream.refreshModels(forever);
    expect((await ask(upstream, { model: "a" })).error).toBeUndefined();
    expect(warned).toEqual([
      "mine has its API below /v1, which is used; write it at the end of its base URL",
    ]);
    expect(server.seen.map(({ url }) => url).filter((url) => !url.startsWith("/v1"))).toEqual(["/models"]);
  });

  test.each([
    "404 page not found",
    "Not Found",
    "",
    '{"detail":"Not Found"}',
    "Cannot POST /chat/completions",
  ])("is named where there is nothing: %j", async (words) => {
    await using server = await serve((_seen, response) => response.writeHead(404).end(words));
    await using upstream = createUpstream("", { baseUrl: server.url });
    const wanted = {
      kind: "not-found",
      message: expect.stringMatching(/^mine has no API at this address.* did you mean …\/v1\?$/s) as string,
    };
    await expect(upstream.listModels(forever)).rejects.toMatchObject(wanted);
    expect((await ask(upstream)).error).toMatchObject(wanted);
  });

  test("is no matter where the model is what is not found, or where it has /v1", async () => {
    await using server = await serve((_seen, response) =>
      answerJson(response, 404, { error: { message: "model 'm' not found" } }),
    );
    await using upstream = createUpstream("", { baseUrl: server.url });
    expect((await ask(upstream)).error).toMatchObject({ kind: "model-not-found" });
    await using other = await serve((_seen, response) => response.writeHead(404).end("Not Found"));
    await using right = createUpstream(other.url);
    expect((await ask(right)).error).toMatchObject({ kind: "unsupported" });
  });
});

test("who asks a model for what it can't is told to take another", async () => {
  await using server = await serve((_seen, response) =>
    answerJson(response, 400, { error: { message: "m is not a multimodal model" } }),
  );
  await using upstream = createUpstream(server.url);
  expect((await ask(upstream)).error).toMatchObject({
    message: "mine can't do what was asked: m is not a multimodal model. Use another model.",
  });
});
