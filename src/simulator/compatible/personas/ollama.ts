import type { CompatibleModel } from "../types.ts";
import type { JsonObject, Persona, Seen } from "../persona.ts";
import { plain, turnsThinkingOff } from "./plain.ts";

const bad = (message: string) => ({ status: 400, message, type: "invalid_request_error" }) as const;

const details = {
  parent_model: "",
  format: "gguf",
  family: "qwen3",
  families: ["qwen3"],
  parameter_size: "8.2B",
  quantization_level: "Q4_K_M",
};

function tagged(id: string): string {
  return id.includes(":") ? id : `${id}:latest`;
}

function entry({ id }: CompatibleModel): JsonObject {
  const name = tagged(id);
  const about = { modified_at: "2026-08-21T12:00:00Z", size: 5_000_000_000, digest: "0".repeat(64), details };
  return { name, model: name, ...about };
}

function capabilities(model: CompatibleModel, seen: Seen): string[] {
  return [
    model.embeddings === undefined ? "completion" : "embedding",
    ...(["native", "leaky"].includes(seen.toolsOf(model)) ? ["tools"] : []),
    ...(model.reasoning === true ? ["thinking"] : []),
    ...(model.images === true ? ["vision"] : []),
  ];
}

function find(seen: Seen, name: unknown): CompatibleModel | undefined {
  return seen.models.find(({ id }) => tagged(id) === tagged(String(name)));
}

/** Ollama of August 2026: its `/v1` (`openai/openai.go`) and what clients ask of its own API (`server/routes.go`). */
export const ollama: Persona = {
  ...plain,
  name: "ollama",
  models: [
    { id: "qwen3:8b", contextLength: 4096, reasoning: true },
    { id: "nomic-embed-text:latest", contextLength: 2048, embeddings: 768 },
  ],
  isMeant: ({ id }, asked) => tagged(id) === tagged(asked),
  listModels: ({ models, created }) => ({
    object: "list",
    data: models.map(({ id, details: more }) => ({
      id: tagged(id),
      object: "model",
      created,
      owned_by: "library",
      ...more,
    })),
  }),
  discovery: {
    "GET /": () => ({ body: "Ollama is running" }),
    "HEAD /": () => ({ body: "Ollama is running" }),
    "GET /api/version": () => ({ body: { version: "0.32.0" } }),
    "GET /api/tags": ({ models }) => ({ body: { models: models.map(entry) } }),
    "GET /api/ps": ({ models }) => ({
      body: {
        models: models.slice(0, 1).map((model) => ({
          ...entry(model),
          expires_at: "2026-08-21T12:05:00Z",
          size_vram: 5_000_000_000,
          context_length: model.contextLength ?? 4096,
        })),
      },
    }),
    "POST /api/show": (seen, { model: name, name: old }) => {
      const model = find(seen, name ?? old);
      if (model === undefined)
        return { status: 404, body: { error: `model '${String(name ?? old)}' not found` } };
      return {
        body: {
          license: "",
          modelfile: "",
          parameters: "",
          template: "{{ .Prompt }}",
          details,
          model_info: { "general.architecture": "qwen3", "qwen3.context_length": 40_960 },
          capabilities: capabilities(model, seen),
          modified_at: "2026-08-21T12:00:00Z",
        },
      };
    },
  },
  loading: "wait",
  error({ message, type, status, more }) {
    if (type === "path") return message;
    const kinds: Readonly<Record<number, string>> = { 400: "invalid_request_error", 404: "not_found_error" };
    return { error: { message, type: kinds[status] ?? "api_error", param: null, code: null, ...more } };
  },
  wording: {
    ...plain.wording,
    badJson: () => bad("invalid character '}' looking for beginning of value"),
    key: () => ({ status: 401, message: "unauthorized" }),
    unknownPath: () => ({ status: 404, message: "404 page not found", type: "path" }),
    unknownModel: (model) => ({ status: 404, message: `model '${model}' not found` }),
    tooLong: ({ window, input }) => (input > window ? "cut" : undefined),
    noTools: (model) => bad(`registry.ollama.ai/library/${tagged(model)} does not support tools`),
    noImages: () => undefined,
    noEmbeddings: (model) => bad(`"${model}" does not support embeddings`),
    refusal({ body, messages }, model) {
      const effort = body["reasoning_effort"];
      if (effort !== undefined && effort !== "none" && model.reasoning !== true) {
        return bad(`"${model.id}" does not support thinking`);
      }
      const remote = JSON.stringify(body["messages"]).includes('"url":"http');
      return remote && messages.some(({ images }) => images > 0) ? bad("invalid image input") : undefined;
    },
  },
  request: {
    ...plain.request,
    limits: ["max_tokens"],
    toolChoice: "ignored",
    parallelToolCalls: "ignored",
    n: "ignored",
    thinking: (body) => (turnsThinkingOff(body, ["effort", "object"]) ? "off" : "field"),
  },
  reply: {
    ...plain.reply,
    // A number below 999: the same ids come again and again.
    answerId: (count) => `chatcmpl-${count % 999}`,
    callId: (_call, index, count) => `call_ab${count}x${index}`,
    reasoning: (text) => ({ content: "", reasoning: text }),
    pieces: "whole",
    nameFirst: false,
    piece: ({ call, index, id, text }) => ({
      id,
      index,
      type: "function",
      function: { name: call.name, arguments: text },
    }),
    call: ({ name, input }, id, index) => ({
      id,
      index,
      type: "function",
      function: { name, arguments: JSON.stringify(input) },
    }),
    message: (fields) => ({ role: "assistant", content: "", ...fields }),
    delta: (fields, first) => ({
      ...(first ? { role: "assistant" } : {}),
      ...(fields["tool_calls"] === undefined ? {} : { content: "" }),
      ...fields,
    }),
    opening: undefined,
    chunk: ({ id, object, created, model, ...rest }) => ({
      id,
      object,
      created,
      model,
      system_fingerprint: "fp_ollama",
      ...rest,
    }),
    // It decodes its own error as an answer without content.
    breakOff: (_problem, chunk) => [chunk({ content: "" }, null)],
    doneAfterError: false,
  },
};
