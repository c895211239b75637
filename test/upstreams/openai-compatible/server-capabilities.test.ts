/** What is known of a server stands in where nothing else says anything of a model. */
import { describe, expect, test } from "vitest";

import type { Capabilities } from "../../../src/model/capabilities.ts";
import type { Parameter } from "../../../src/model/request.ts";
import type { ModelOptions } from "../../../src/upstreams/model-options.ts";
import { servers } from "../../../src/upstreams/openai-compatible/servers/index.ts";
import { answerJson, serve } from "../akash-chat/support/serve.ts";
import { ask, createUpstream, forever } from "./create-upstream.ts";

const usual = { stop: "emulated", outputLimit: "native" } as const;
const forms = { ...usual, jsonSchema: "native", jsonObject: "native" } as const;

const table: Readonly<Record<string, Partial<Capabilities>>> = {
  openai: usual,
  vllm: forms,
  sglang: forms,
  llamacpp: forms,
  ollama: forms,
  lmstudio: { ...usual, jsonSchema: "native", jsonObject: "emulated" },
  tgi: { ...usual, jsonSchema: "native" },
  akashml: { ...usual, jsonObject: "native" },
  openrouter: usual,
  litellm: usual,
};

test("every server is in the table", () => {
  expect(servers.map(({ name }) => name).toSorted()).toEqual(Object.keys(table).toSorted());
});

test.each(servers)("$name", ({ name, capabilities }) => {
  expect(capabilities).toEqual(table[name]);
});

function serveModel(entry: object, reply: (body: string) => string | [number, unknown] = () => thinking) {
  const listed: [number, unknown] = [200, { data: [{ id: "m", ...entry }] }];
  return serve((seen, response) => {
    const answer = seen.method === "GET" ? listed : reply(seen.body);
    if (typeof answer === "string") {
      response.writeHead(200, { "content-type": "text/event-stream" }).end(answer);
    } else answerJson(response, ...answer);
  });
}

const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const thinking = chunk({ reasoning_content: "Hm." }) + chunk({ content: "Hi" }) + chunk({}, "stop");

describe("stands below", () => {
  test.each<[string, object, ModelOptions, Partial<Capabilities>]>([
    ["nothing", {}, {}, { jsonSchema: "native", stop: "emulated", tools: "unknown" }],
    [
      "the list",
      { supported_parameters: ["tools", "temperature", "stop"] },
      {},
      { jsonSchema: "emulated", stop: "emulated", tools: "native" },
    ],
    [
      "the operator",
      { supported_features: ["json_schema"] },
      { stop: "native", jsonSchema: "emulated" },
      { jsonSchema: "emulated", stop: "native" },
    ],
  ])("%s", async (_, entry, all, expected) => {
    await using server = await serveModel({ owned_by: "vllm", ...entry });
    await using upstream = createUpstream(server.url, { models: { all, overrides: [], include: undefined } });
    const [model] = await upstream.listModels(forever);
    expect(model?.capabilities).toMatchObject(expected);
  });

  test("a refusal", async () => {
    const refusal = { error: { message: "response_format is not supported by this model" } };
    await using server = await serveModel({ owned_by: "vllm" }, () => [400, refusal]);
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    const schema = { kind: "json-schema", name: "a", schema: {} } as const;
    expect((await ask(upstream, { responseFormat: schema })).error).toMatchObject({ retry: "same" });
    expect(upstream.describeModel("m")?.capabilities?.jsonSchema).toBe("emulated");
  });
});

const openAi = ["temperature", "topP", "seed", "frequencyPenalty", "presencePenalty"] as const;
const all = [...openAi, "topK", "minP", "repetitionPenalty"] as const;

describe("the parameters of a model", () => {
  test.each<[string, object, readonly Parameter[]]>([
    ["openai", {}, [...openAi, "effort"]],
    ["vllm", {}, [...all, "effort"]],
    ["llamacpp", {}, [...all, "effort"]],
    ["lmstudio", {}, [...openAi, "topK", "repetitionPenalty", "effort"]],
    ["tgi", {}, openAi],
    [
      "akashml",
      { supported_sampling_parameters: ["temperature", "top_k", "stop"] },
      ["temperature", "topK", "effort"],
    ],
    ["akashml", { supported_features: ["chat"], supports_reasoning: false }, all],
    ["openrouter", { supported_parameters: ["tools", "reasoning"] }, [...all, "effort"]],
    ["openrouter", { supported_parameters: ["seed", "reasoning", "max_tokens"] }, ["seed", "effort"]],
    ["openrouter", { supported_parameters: ["seed", "min_p"] }, ["seed", "minP"]],
  ])("at %s, listed with %j", async (type, entry, expected) => {
    await using server = await serveModel(entry);
    await using upstream = createUpstream(server.url, { type });
    const [model] = await upstream.listModels(forever);
    expect(model?.parameters?.toSorted()).toEqual(expected.toSorted());
  });
});

describe("thinking in a field of its own", () => {
  test("shows that a model gives it there, and so takes it back", async () => {
    await using server = await serveModel({});
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    expect(upstream.describeModel("m")?.capabilities?.reasoning).toBe("unknown");
    await ask(upstream);
    expect(upstream.describeModel("m")?.capabilities?.reasoning).toBe("native");
  });

  test("shows nothing where its fields were refused", async () => {
    const refusal = { error: { message: "reasoning_effort is not supported by this model" } };
    await using server = await serveModel({}, (body) =>
      body.includes("reasoning_effort") ? [400, refusal] : thinking,
    );
    await using upstream = createUpstream(server.url);
    await upstream.listModels(forever);
    for (let count = 0; count < 2; count += 1) {
      expect((await ask(upstream, { effort: "low" })).error).toBeUndefined();
      expect(upstream.describeModel("m")).toMatchObject({
        capabilities: { reasoning: "emulated" },
        takesThinking: false,
        parameters: openAi,
      });
    }
    expect(server.seen.filter(({ method }) => method === "POST")).toHaveLength(3);
  });
});
