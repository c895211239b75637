import type { CompatibleModel } from "../types.ts";
import type { JsonObject, Persona, Seen } from "../persona.ts";
import { plain, turnsThinkingOff } from "./plain.ts";

const bad = (message: string) => ({ status: 400, message }) as const;

function kindOf(model: CompatibleModel): string {
  if (model.embeddings !== undefined) return "embeddings";
  return model.images === true ? "vlm" : "llm";
}

function hasTools(model: CompatibleModel, seen: Seen): boolean {
  return ["native", "leaky"].includes(seen.toolsOf(model));
}

/** An entry of `/api/v0/models`. */
function entry(model: CompatibleModel, seen: Seen): JsonObject {
  return {
    id: model.id,
    object: "model",
    type: kindOf(model),
    publisher: "simulator",
    arch: "qwen3",
    compatibility_type: "gguf",
    quantization: "Q4_K_M",
    state: "loaded",
    max_context_length: 131_072,
    loaded_context_length: model.contextLength ?? 32_768,
    capabilities: hasTools(model, seen) ? ["tool_use"] : [],
  };
}

/** An entry of `/api/v1/models`. */
function newEntry(model: CompatibleModel, seen: Seen): JsonObject {
  return {
    type: model.embeddings === undefined ? "llm" : "embedding",
    publisher: "simulator",
    key: model.id,
    display_name: model.id,
    max_context_length: 131_072,
    loaded_instances: [{ id: model.id, config: { context_length: model.contextLength ?? 32_768 } }],
    capabilities: { vision: model.images === true, trained_for_tool_use: hasTools(model, seen) },
  };
}

/** LM Studio 0.4 as its documentation and its bug tracker describe it. */
export const lmStudio: Persona = {
  ...plain,
  name: "lm-studio",
  headers: { "x-powered-by": "Express" },
  models: [
    { id: "qwen3-8b", contextLength: 32_768 },
    { id: "text-embedding-nomic-embed-text-v1.5", contextLength: 2048, embeddings: 768 },
  ],
  routes: ["completions", "embeddings"],
  listModels: ({ models }) => ({
    data: models.map(({ id, details }) => ({
      id,
      object: "model",
      owned_by: "organization_owner",
      ...details,
    })),
    object: "list",
  }),
  discovery: {
    "GET /api/v0/models": (seen) => ({
      body: { object: "list", data: seen.models.map((model) => entry(model, seen)) },
    }),
    "GET /api/v1/models": (seen) => ({ body: { models: seen.models.map((model) => newEntry(model, seen)) } }),
  },
  loading: "wait",
  error: ({ message }) => ({ error: message }),
  wording: {
    ...plain.wording,
    badJson: () => bad("Unexpected token in JSON"),
    key: () => ({ status: 401, message: "Malformed LM Studio API token provided" }),
    // With 200: lmstudio-bug-tracker #618.
    unknownPath: (method, path) => ({
      status: 200,
      message: `Unexpected endpoint or method. (${method} ${path}). Returning 200 anyway`,
    }),
    unknownModel: (model) => ({ status: 404, message: `Model "${model}" not found` }),
    tooLong: ({ window, input }) =>
      input < window
        ? undefined
        : bad(
            "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input",
          ),
    noImages: () => bad("Model does not support images. Please use a model that does."),
    noEmbeddings: () => bad("Model is not an embedding model"),
    refusal({ toolChoice, format }) {
      if (typeof toolChoice === "object") {
        return bad("Invalid tool_choice type: 'object'. Supported string values: none, auto, required");
      }
      return format.kind === "json_object"
        ? bad("'response_format.type' must be 'json_schema' or 'text'")
        : undefined;
    },
  },
  request: {
    ...plain.request,
    limits: ["max_tokens", "max_completion_tokens"],
    parallelToolCalls: "ignored",
    n: "ignored",
    thinking: (body) => (turnsThinkingOff(body, ["effort"]) ? "off" : "field"),
  },
  reply: {
    ...plain.reply,
    callId: (_call, index, count) => String(193_629_320 + count * 1000 + index),
    reasoning: (text) => ({ reasoning: text }),
    message: (fields) => ({ role: "assistant", content: "", tool_calls: [], ...fields }),
    opening: { role: "assistant" },
    piece: ({ call, index, id, piece, text }) =>
      piece === 0
        ? { index, id, type: "function", function: { name: call.name, arguments: text } }
        : { index, function: { name: "", arguments: text } },
    chunk: ({ id, object, created, model, ...rest }) => ({
      id,
      object,
      created,
      model,
      system_fingerprint: model,
      ...rest,
    }),
    breakOff: ({ message }) => [{ error: message }],
    doneAfterError: false,
  },
};
