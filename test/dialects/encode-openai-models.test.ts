import { describe, expect, test } from "vitest";

import { encodeOpenAiModel, encodeOpenAiModels } from "../../src/dialects/encode-openai-models.ts";
import { encodePrice } from "../../src/dialects/shown-model.ts";
import { type Capabilities, unknownCapabilities } from "../../src/model/capabilities.ts";
import { type ListedModel, toRoutedModel } from "../../src/model/leg.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";
import { decodeModels } from "../../src/upstreams/openai-compatible/decode-models.ts";
import { shown } from "../support/router-of.ts";

const can = (given: Partial<Capabilities> = {}): Capabilities => ({ ...unknownCapabilities, ...given });
const encode = (model: Partial<ModelInfo>, canSee = false) =>
  encodeOpenAiModel(shown({ id: "m", kind: "chat", ...model }, canSee));

test("of a model of which nothing is known, nothing is made up", () => {
  expect(encode({ capabilities: can() })).toEqual({
    id: "m",
    object: "model",
    created: 1_626_777_600,
    owned_by: "upstream-1",
    permission: null,
    root: "m",
    parent: null,
    type: "chat",
    input_modalities: ["text"],
    output_modalities: ["text"],
    architecture: { modality: "text->text", input_modalities: ["text"], output_modalities: ["text"] },
    supported_parameters: expect.arrayContaining(["tools", "tool_choice", "response_format", "stop"]),
    supported_features: expect.arrayContaining(["tools", "structured_outputs"]),
    answers_now: true,
    tools: "native",
    upstreams: [{ name: "upstream-1", model: "m", answers_now: true, tools: "native" }],
  });
});

describe("who reads calls", () => {
  test.each([
    ["a model that takes text alone", undefined, "emulated"],
    ["a server that does", can({ tools: "native" }), "native"],
    ["a server that does not", can({ tools: "emulated" }), "emulated"],
    ["a server that is tried, as nobody has said", can(), "native"],
  ])("%s", (_what, capabilities, tools) => {
    expect(encode(capabilities === undefined ? {} : { capabilities })).toMatchObject({
      tools,
      upstreams: [{ tools }],
    });
  });
});

test.each([
  ["chat", false, ["text"], ["text"], "text->text"],
  ["chat", true, ["text", "image"], ["text"], "text+image->text"],
  ["image", false, ["text"], ["image"], "text->image"],
  ["embedding", false, ["text"], ["embeddings"], "text->embeddings"],
] as const)("a model of kind %s that sees: %s", (kind, canSee, input, output, modality) => {
  const model = encode({ kind, inputModalities: ["text", "audio"] }, canSee);
  expect(model).toMatchObject({ type: kind, input_modalities: input, output_modalities: output });
  expect(model["architecture"]).toMatchObject({ modality, input_modalities: input });
  for (const name of ["tools", "supported_parameters", "supported_features"])
    expect(name in model).toBe(kind === "chat");
});

test("of a model that is of no use here only what its upstream says is told", () => {
  const whisper = encode({ kind: "other", inputModalities: ["audio"] });
  expect(whisper).toMatchObject({ type: "other", input_modalities: ["audio"] });
  for (const name of ["output_modalities", "architecture", "tools"]) expect(whisper).not.toHaveProperty(name);
});

test("sizes stand where clients of vLLM, OpenRouter and AkashML read them", () => {
  expect(encode({ contextLength: 262_144, maxOutputTokens: 65_536 })).toMatchObject({
    context_length: 262_144,
    max_model_len: 262_144,
    max_output_length: 65_536,
    top_provider: { context_length: 262_144, max_completion_tokens: 65_536 },
  });
  for (const name of ["max_output_length", "top_provider"])
    expect(encode({ contextLength: 262_144 })).not.toHaveProperty(name);
});

test("only a model that is known to think apart is said to", () => {
  expect(encode({ capabilities: can({ reasoning: "native" }) })).toMatchObject({
    supported_parameters: expect.arrayContaining(["reasoning", "include_reasoning"]),
    supported_features: expect.arrayContaining(["reasoning"]),
  });
  for (const reasoning of ["unknown", "emulated"] as const) {
    expect(encode({ capabilities: can({ reasoning }) })["supported_features"]).not.toContain("reasoning");
  }
});

test.each([
  [
    { inputPerMillion: 0.14, outputPerMillion: 0.28 },
    { prompt: "0.00000014", completion: "0.00000028" },
  ],
  [
    { inputPerMillion: 0, outputPerMillion: 30, perRequest: 0.005 },
    { prompt: "0", completion: "0.00003", request: "0.005" },
  ],
  [{ inputPerMillion: 100_000_000 }, { prompt: "100" }],
  [{ perRequest: 12.34 }, { request: "12.34" }],
  [{}, {}],
])("the price %j is told a token, as %j", (price, expected) => {
  expect(encodePrice(price)).toEqual(expected);
  expect(encode({ price })["pricing"]).toEqual(Object.keys(expected).length === 0 ? undefined : expected);
});

/** One model at two upstreams, of which the first does not answer now. */
function merged(): ListedModel {
  const models: ModelInfo[] = [
    { id: "DeepSeek-V3.2", kind: "chat", ownedBy: "Akash Network", contextLength: 64_000 },
    {
      id: "deepseek-ai/DeepSeek-V3.2",
      kind: "chat",
      ownedBy: "deepseek-ai",
      contextLength: 131_072,
      maxOutputTokens: 8192,
      capabilities: can({ tools: "native" }),
      price: { inputPerMillion: 1, outputPerMillion: 2 },
    },
  ];
  const legs = models.map((model, at) => ({ upstream: `u${at}`, model, answersNow: at === 1 }));
  return { ...toRoutedModel("DeepSeek-V3.2", legs, { facts: legs[1] }), legs, answersNow: true };
}

test("a model at several upstreams says what each of them has", () => {
  expect(encodeOpenAiModels([{ model: merged(), canSee: false }])).toMatchObject({
    object: "list",
    data: [
      {
        id: "DeepSeek-V3.2",
        owned_by: "deepseek-ai",
        context_length: 131_072,
        max_output_length: 8192,
        tools: "native",
        pricing: { prompt: "0.000001", completion: "0.000002" },
        answers_now: true,
        upstreams: [
          {
            name: "u0",
            model: "DeepSeek-V3.2",
            answers_now: false,
            context_length: 64_000,
            tools: "emulated",
          },
          {
            name: "u1",
            model: "deepseek-ai/DeepSeek-V3.2",
            answers_now: true,
            context_length: 131_072,
            max_output_length: 8192,
            tools: "native",
            pricing: { prompt: "0.000001", completion: "0.000002" },
          },
        ],
      },
    ],
  });
});

test("another gateway that has this one as its upstream reads the same", () => {
  const [read] = decodeModels(encodeOpenAiModels([{ model: merged(), canSee: true }])) ?? [];
  expect(read).toMatchObject({
    id: "DeepSeek-V3.2",
    kind: "chat",
    contextLength: 131_072,
    maxOutputTokens: 8192,
    inputModalities: ["text", "image"],
    price: { inputPerMillion: 1, outputPerMillion: 2 },
    capabilities: { tools: "native", images: "native", jsonSchema: "native" },
  });
});
