import { describe, expect, test } from "vitest";

import { decodeProperties, decodeShow } from "../../../src/upstreams/openai-compatible/decode-details.ts";
import { decodeModels } from "../../../src/upstreams/openai-compatible/decode-models.ts";

const one = (value: unknown) => decodeModels(value)?.[0];

describe("lists", () => {
  test("AkashML", () => {
    expect(
      one({
        data: [
          {
            id: "deepseek-ai/DeepSeek-V4-Flash",
            owned_by: "deepseek-ai",
            name: "DeepSeek V4 Flash",
            context_length: 262_144,
            max_output_length: 65_536,
            input_modalities: ["text", "image"],
            output_modalities: ["text"],
            supported_sampling_parameters: ["temperature", "stop"],
            supported_features: ["chat", "tools", "streaming", "reasoning"],
            pricing: { input: "0.14", output: "0.28", request: "0" },
          },
        ],
      }),
    ).toEqual({
      id: "deepseek-ai/DeepSeek-V4-Flash",
      kind: "chat",
      name: "DeepSeek V4 Flash",
      ownedBy: "deepseek-ai",
      contextLength: 262_144,
      maxOutputTokens: 65_536,
      inputModalities: ["text", "image"],
      outputModalities: ["text"],
      price: { inputPerMillion: 0.14, outputPerMillion: 0.28, perRequest: 0 },
      capabilities: {
        tools: "native",
        parallelToolCalls: "unknown",
        jsonSchema: "unknown",
        jsonObject: "unknown",
        outputLimit: "unknown",
        reasoning: "native",
        images: "native",
        // That it is taken says nothing of where it is looked for.
        stop: "unknown",
      },
    });
  });

  test("OpenRouter: the top provider's limits, prices of a token, and what is not named is not there", () => {
    expect(
      one({
        data: [
          {
            id: "a/b",
            context_length: 200_000,
            architecture: { input_modalities: ["text"], output_modalities: ["text"] },
            top_provider: { context_length: 131_072, max_completion_tokens: 8192 },
            supported_parameters: ["max_tokens", "response_format", "stop"],
            pricing: { prompt: "0.00000015", completion: "-1" },
          },
        ],
      }),
    ).toMatchObject({
      contextLength: 131_072,
      maxOutputTokens: 8192,
      price: { inputPerMillion: 0.15 },
      capabilities: {
        tools: "emulated",
        jsonSchema: "emulated",
        jsonObject: "native",
        images: "emulated",
        outputLimit: "native",
        stop: "unknown",
      },
    });
  });

  test("LM Studio's newer list: what is loaded counts", () => {
    expect(
      decodeModels({
        models: [
          {
            type: "llm",
            key: "qwen/qwen3",
            display_name: "Qwen3",
            max_context_length: 131_072,
            loaded_instances: [{ id: "qwen/qwen3", config: { context_length: 8192 } }],
            capabilities: { vision: false, trained_for_tool_use: true },
          },
          { type: "embedding", key: "nomic", loaded_instances: [] },
          { type: "llm", key: "seeing", loaded_instances: [], capabilities: { vision: true } },
        ],
      }),
    ).toMatchObject([
      {
        id: "qwen/qwen3",
        name: "Qwen3",
        contextLength: 8192,
        loaded: true,
        capabilities: { tools: "native", images: "emulated" },
      },
      { id: "nomic", kind: "embedding", loaded: false },
      { id: "seeing", capabilities: { images: "native" } },
    ]);
  });

  test("LiteLLM's model info", () => {
    expect(
      one({
        data: [
          {
            model_name: "mine",
            model_info: {
              id: "abc",
              max_input_tokens: 128_000,
              max_output_tokens: 4096,
              supports_function_calling: false,
              supports_vision: true,
              supports_response_schema: null,
              input_cost_per_token: 1e-6,
              mode: "chat",
            },
          },
        ],
      }),
    ).toMatchObject({
      id: "mine",
      contextLength: 128_000,
      maxOutputTokens: 4096,
      price: { inputPerMillion: 1 },
      capabilities: { tools: "emulated", images: "native", jsonSchema: "unknown" },
    });
  });

  test("Mistral's flags, Groq's window, Together's bare list, Ollama's tags", () => {
    expect(
      one({
        data: [
          { id: "m", max_context_length: 32_768, capabilities: { function_calling: true, vision: false } },
        ],
      }),
    ).toMatchObject({
      contextLength: 32_768,
      capabilities: { tools: "native", images: "emulated" },
    });
    expect(one({ data: [{ id: "m", context_window: 8192, max_completion_tokens: 1024 }] })).toMatchObject({
      contextLength: 8192,
      maxOutputTokens: 1024,
    });
    expect(
      one([{ id: "m", type: "chat", context_length: 8192, pricing: { input: 0.2, output: 0.2 } }]),
    ).toMatchObject({
      kind: "chat",
      price: { inputPerMillion: 0.2 },
    });
    expect(
      one({ models: [{ name: "m:latest", model: "m:latest", capabilities: ["completion", "tools"] }] }),
    ).toMatchObject({
      id: "m:latest",
      capabilities: { tools: "native" },
    });
  });

  test("what is no list, and entries that are none", () => {
    expect(decodeModels({ error: "no" })).toBeUndefined();
    expect(decodeModels("x")).toBeUndefined();
    expect(decodeModels({ data: [] })).toEqual([]);
    expect(
      decodeModels({ data: [null, {}, { id: "" }, "bare", { id: "a" }, { id: "a" }] })?.map(({ id }) => id),
    ).toEqual(["bare", "a"]);
  });

  test("nobody has said: unknown, and no number is made up", () => {
    const model = one({ data: [{ id: "m", context_length: 0, pricing: { prompt: "free" } }] });
    expect(new Set(Object.values(model?.capabilities ?? {}))).toEqual(new Set(["unknown"]));
    expect(model).not.toHaveProperty("contextLength");
    expect(model).not.toHaveProperty("price");
  });
});

const show = (parameters: string, capabilities: readonly string[]) =>
  decodeShow({
    parameters,
    model_info: { "general.architecture": "qwen3", "qwen3.context_length": 40_960 },
    capabilities,
  });

describe("one model", () => {
  test("Ollama's show", () => {
    expect(show('stop "x"\nnum_ctx    8192', ["completion", "tools", "thinking"])).toMatchObject({
      contextLength: 8192,
      capabilities: { tools: "native", reasoning: "native", images: "emulated" },
    });
    expect(show("", ["completion", "vision"])).toMatchObject({
      contextLength: 40_960,
      capabilities: { tools: "emulated", images: "native" },
    });
    expect(decodeShow({ error: "model not found" })).toBeUndefined();
  });

  test("llama.cpp's props", () => {
    expect(
      decodeProperties({
        default_generation_settings: { n_ctx: 4096 },
        chat_template_caps: {
          supports_tool_calls: false,
          supports_parallel_tool_calls: false,
          supports_tools: false,
        },
        modalities: { vision: true, audio: false },
      }),
    ).toMatchObject({
      contextLength: 4096,
      capabilities: {
        tools: "emulated",
        parallelToolCalls: "emulated",
        images: "native",
        jsonSchema: "unknown",
      },
    });
    expect(decodeProperties({})).toBeUndefined();
  });

  test("TGI's info", () => {
    expect(decodeProperties({ max_total_tokens: 8192, model_id: "m" })).toMatchObject({
      contextLength: 8192,
    });
  });
});

test.each([
  ["a list that says nothing", { id: "m" }, { kind: "chat", kindUnknown: true }],
  ["a name for vectors", { id: "bge-m3" }, { kind: "embedding" }],
  [
    "llama.cpp's word for all",
    { id: "m", capabilities: ["completion"] },
    { kind: "chat", kindUnknown: true },
  ],
  ["the same, and a name", { id: "nomic-embed", capabilities: ["completion"] }, { kind: "embedding" }],
  ["what only a chat can", { id: "nomic-embed", capabilities: ["completion", "tools"] }, { kind: "chat" }],
  ["a type", { id: "m", type: "llm" }, { kind: "chat" }],
  ["a name of one that hears", { id: "Systran/faster-whisper-small" }, { kind: "transcription" }],
  ["another", { id: "gpt-4o-mini-transcribe" }, { kind: "transcription" }],
  ["a name of one that speaks", { id: "speaches-ai/Kokoro-82M-v1.0-ONNX" }, { kind: "speech" }],
  ["another", { id: "gpt-4o-mini-tts" }, { kind: "speech" }],
  ["OpenAI's oldest", { id: "tts-1-hd" }, { kind: "speech" }],
  ["LiteLLM's mode", { id: "m", mode: "audio_transcription" }, { kind: "transcription" }],
  ["LiteLLM's other mode", { id: "m", mode: "audio_speech" }, { kind: "speech" }],
  ["Speaches' task", { id: "m", type: "automatic-speech-recognition" }, { kind: "transcription" }],
  ["a type of both, and a name", { id: "cartesia/sonic-tts", type: "audio" }, { kind: "speech" }],
  ["a type of both alone", { id: "m", type: "audio" }, { kind: "other" }],
  ["what it gives", { id: "m", architecture: { output_modalities: ["audio"] } }, { kind: "speech" }],
  ["a chat that has a word in its name", { id: "granite-speechless", type: "llm" }, { kind: "chat" }],
])("%s tells what a model is, or not", (_name, entry, expected) => {
  const model = one({ data: [entry] });
  expect({ kind: model?.kind, kindUnknown: model?.kindUnknown }).toEqual(expected);
});
