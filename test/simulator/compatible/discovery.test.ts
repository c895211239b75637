import { describe, expect, it } from "vitest";

import type { CompatibleModel, PersonaName } from "../../../src/simulator/compatible/index.ts";
import { open } from "./support.ts";

const model: CompatibleModel = {
  id: "a/small",
  contextLength: 8192,
  maxOutputTokens: 1024,
  reasoning: true,
  images: true,
  price: { input: 0.15, output: 0.6 },
  details: { quirk: 1 },
};

describe("the list of models", () => {
  it.each<[PersonaName, object]>([
    ["vllm", { data: [{ id: "a/small", owned_by: "vllm", max_model_len: 8192, quirk: 1 }] }],
    ["sglang", { data: [{ id: "a/small", owned_by: "sglang", max_model_len: 8192 }] }],
    [
      "llama.cpp",
      {
        models: [{ name: "a/small" }],
        data: [{ owned_by: "llamacpp", meta: { n_ctx: 8192, n_ctx_train: 131_072 } }],
      },
    ],
    ["ollama", { data: [{ id: "a/small:latest", owned_by: "library" }] }],
    ["lm-studio", { data: [{ id: "a/small", owned_by: "organization_owner" }] }],
    ["tgi", { data: [{ id: "a/small" }] }],
    [
      "openrouter",
      {
        data: [
          {
            context_length: 8192,
            top_provider: { context_length: 8192, max_completion_tokens: 1024 },
            pricing: { prompt: "1.5e-7", completion: "6e-7" },
            architecture: { input_modalities: ["text", "image"] },
            supported_parameters: expect.arrayContaining(["tools", "reasoning"]) as unknown,
          },
        ],
      },
    ],
    [
      "akashml",
      {
        data: [
          {
            id: "a/small",
            owned_by: "a",
            context_length: 8192,
            max_output_length: 1024,
            supported_features: ["chat", "tools", "streaming", "reasoning"],
            pricing: { input: "0.15", output: "0.6", request: "0" },
          },
        ],
      },
    ],
  ])("of %s", async (persona, expected) => {
    await using session = await open(persona, { models: [model] });
    expect(await (await fetch(`${session.simulator.baseUrl}/models`)).json()).toMatchObject(expected);
  });
});

describe("other routes", () => {
  it.each<[PersonaName, string, object | string]>([
    ["vllm", "/health", ""],
    ["vllm", "/version", { version: "0.18.0" }],
    ["sglang", "/health_generate", ""],
    ["sglang", "/get_model_info", { model_path: "a/small" }],
    ["llama.cpp", "/health", { status: "ok" }],
    [
      "llama.cpp",
      "/props",
      {
        default_generation_settings: { n_ctx: 8192 },
        chat_template_caps: { supports_tool_calls: true },
        modalities: { vision: true },
      },
    ],
    ["ollama", "/", "Ollama is running"],
    ["ollama", "/api/version", { version: "0.32.0" }],
    ["ollama", "/api/tags", { models: [{ name: "a/small:latest", details: { format: "gguf" } }] }],
    ["ollama", "/api/ps", { models: [{ context_length: 8192 }] }],
    [
      "lm-studio",
      "/api/v0/models",
      { data: [{ type: "vlm", loaded_context_length: 8192, capabilities: ["tool_use"] }] },
    ],
    [
      "lm-studio",
      "/api/v1/models",
      { models: [{ key: "a/small", capabilities: { vision: true, trained_for_tool_use: true } }] },
    ],
    ["tgi", "/health", ""],
    ["tgi", "/info", { model_id: "a/small", max_total_tokens: 8192 }],
    ["akashml", "/v1", { status: "ok" }],
  ])("%s: %s", async (persona, path, expected) => {
    await using session = await open(persona, { models: [model] });
    const reply = await fetch(session.simulator.url + path);
    expect(reply.status).toBe(200);
    if (typeof expected === "string") expect(await reply.text()).toBe(expected);
    else expect(await reply.json()).toMatchObject(expected);
  });

  it("Ollama shows what a model can", async () => {
    await using session = await open("ollama", { models: [model], tools: "none-400" });
    const show = async (name: string) =>
      await fetch(`${session.simulator.url}/api/show`, {
        method: "POST",
        body: JSON.stringify({ model: name }),
      });
    expect(await (await show("a/small:latest")).json()).toMatchObject({
      capabilities: ["completion", "thinking", "vision"],
      model_info: { "general.architecture": "qwen3" },
    });
    const gone = await show("gone");
    expect([gone.status, await gone.json()]).toEqual([404, { error: "model 'gone' not found" }]);
  });

  it.each<[PersonaName, string, boolean]>([
    ["vllm", "/health", true],
    ["vllm", "/v1/models", false],
    ["sglang", "/health", true],
    ["llama.cpp", "/v1/health", true],
    ["llama.cpp", "/props", false],
    ["openrouter", "/api/v1/models", true],
    ["akashml", "/v1/models", false],
  ])("%s gives %s away without the key: %s", async (persona, path, free) => {
    await using session = await open(persona, { apiKey: "secret" });
    expect((await fetch(session.simulator.url + path)).status).toBe(free ? 200 : 401);
  });

  it("llama.cpp takes the key in x-api-key too, AkashML does not", async () => {
    for (const [persona, status] of [
      ["llama.cpp", 200],
      ["akashml", 401],
    ] as const) {
      await using session = await open(persona, { apiKey: "secret" });
      expect((await session.chat({}, { headers: { "x-api-key": "secret" } })).status).toBe(status);
    }
  });
});

describe("embeddings", () => {
  const models = [{ id: "e", embeddings: 8 }];

  it.each<PersonaName>(["vllm", "sglang", "llama.cpp", "ollama", "lm-studio"])(
    "%s gives floats and base64 alike",
    async (persona) => {
      await using session = await open(persona, { models });
      const ask = { model: "e", input: ["one red boat", "two"] };
      // The SDK asks for base64 by itself and decodes it.
      const decoded = await session.client.embeddings.create(ask);
      const floats = await session.client.embeddings.create({ ...ask, encoding_format: "float" });
      expect(decoded.data).toEqual(floats.data);
      expect(decoded.data[0]!.embedding).toHaveLength(8);
      expect(Math.hypot(...decoded.data[0]!.embedding)).toBeCloseTo(1);
      expect(decoded.data[0]!.embedding).not.toEqual(decoded.data[1]!.embedding);
      expect(session.simulator.requests[0]!.body).toMatchObject({ encoding_format: "base64" });
    },
  );

  it.each<[PersonaName, number]>([
    ["vllm", 400],
    ["llama.cpp", 501],
    ["ollama", 400],
    ["tgi", 404],
    ["akashml", 404],
  ])("%s refuses them with %i where there are none", async (persona, status) => {
    await using session = await open(persona, { models: [model] });
    const asked = session.client.embeddings.create({ model: "a/small", input: "x" });
    await expect(asked).rejects.toMatchObject({ status });
  });
});

describe("images", () => {
  it("are drawn where a model draws", async () => {
    await using session = await open("openrouter", { models: [{ id: "painter", draws: true }] });
    const drawn = await session.client.images.generate({ model: "painter", prompt: "a boat", n: 2 });
    const bytes = drawn.data!.map(({ b64_json: text = "" }) =>
      Buffer.from(text, "base64").toString("latin1", 8, 12),
    );
    expect(bytes).toEqual(["WEBP", "WEBP"]);
    session.simulator.setModels([model]);
    await expect(session.client.images.generate({ prompt: "a boat" })).rejects.toMatchObject({ status: 404 });
  });
});
