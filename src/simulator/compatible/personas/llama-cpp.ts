import type { JsonObject, Persona, Seen } from "../persona.ts";
import { plain, turnsThinkingOff } from "./plain.ts";

const bad = (message: string) => ({ status: 400, message, type: "invalid_request_error" }) as const;

/** What the server was started with: one model, one template. */
function properties({ models: [model], toolsOf }: Seen): JsonObject {
  const tools = model !== undefined && ["native", "leaky"].includes(toolsOf(model));
  return {
    default_generation_settings: { n_ctx: model?.contextLength ?? 32_768, params: {} },
    total_slots: 1,
    model_path: `/models/${model?.id ?? "none"}.gguf`,
    modalities: { vision: model?.images === true, audio: false },
    chat_template: "{{ messages }}",
    chat_template_caps: {
      supports_tools: tools,
      supports_tool_calls: tools,
      supports_system_role: true,
      supports_parallel_tool_calls: tools,
    },
    build_info: "b1-simulator",
  };
}

/** llama.cpp's `llama-server` 0.4 as it was run in September 2026. */
export const llamaCpp: Persona = {
  ...plain,
  name: "llama.cpp",
  headers: { server: "llama.cpp" },
  models: [{ id: "tiny", contextLength: 32_768 }],
  routes: ["completions", "embeddings"],
  guards: (path) => !/^(?:\/v1)?\/health$/.test(path),
  apiKeyHeader: true,
  // There is one, and nobody looks at the name.
  isMeant: () => true,
  listModels: ({ models, created }) => ({
    models: models.map(({ id }) => ({
      name: id,
      model: id,
      capabilities: ["completion"],
      details: { format: "gguf" },
    })),
    object: "list",
    data: models.map(({ id, contextLength = 32_768, details }) => ({
      id,
      aliases: [id],
      tags: [],
      object: "model",
      created,
      owned_by: "llamacpp",
      meta: { n_vocab: 360, n_ctx: contextLength, n_ctx_train: 131_072, n_params: 74_944 },
      ...details,
    })),
  }),
  discovery: {
    "GET /health": () => ({ body: { status: "ok" } }),
    "GET /v1/health": () => ({ body: { status: "ok" } }),
    "GET /props": (seen) => ({ body: properties(seen) }),
  },
  loading: { status: 503, message: "Loading model", type: "unavailable_error" },
  error: ({ message, type = "server_error", status, more }) => ({
    error: { code: status, message, type, ...more },
  }),
  wording: {
    ...plain.wording,
    badJson: () => ({
      status: 500,
      message: "[json.exception.parse_error.101] parse error: syntax error while parsing value",
    }),
    key: () => ({ status: 401, message: "Invalid API Key", type: "authentication_error" }),
    unknownPath: () => ({ status: 404, message: "File Not Found", type: "not_found_error" }),
    tooLong({ window, input }) {
      if (input < window) return undefined;
      return {
        status: 400,
        message: `request (${input} tokens) exceeds the available context size (${window} tokens), try increasing it`,
        type: "exceed_context_size_error",
        more: { n_prompt_tokens: input, n_ctx: window },
      };
    },
    noTools: () => ({ status: 500, message: "tools param requires --jinja flag" }),
    noImages: () => ({
      status: 500,
      message:
        "image input is not supported - hint: if this is unexpected, you may need to provide the mmproj",
    }),
    noEmbeddings: () => ({
      status: 501,
      message: "This server does not support embeddings. Start it with `--embeddings`",
      type: "not_supported_error",
    }),
    refusal: ({ n }) =>
      n > 1 ? bad(`Field 'n': Value must be between 1 <= value <= 1, but got ${n}`) : undefined,
  },
  request: {
    ...plain.request,
    limits: ["max_tokens", "max_completion_tokens"],
    parallelToolCalls: "ignored",
    // It drops any role that it does not know.
    developer: "dropped",
    thinking(body) {
      if (turnsThinkingOff(body, ["template", "effort"])) return "off";
      return body["reasoning_format"] === "none" ? "content" : "field";
    },
  },
  reply: {
    ...plain.reply,
    answerId: (count) => `chatcmpl-A${count}`,
    callId: (_call, index, count) => `nlCIlQE7t4MU7${count}x${index}`,
    nameFirst: false,
    opening: { role: "assistant", content: null },
    chunk: ({ choices, created, id, model, object, usage, ...more }) => ({
      choices,
      created,
      id,
      model,
      system_fingerprint: "b1",
      object,
      ...(usage === undefined ? {} : { usage }),
      ...more,
    }),
    counts: (usage) => ({ ...usage, prompt_tokens_details: { cached_tokens: 0 } }),
    beside: ({ completion_tokens }) => ({ timings: { predicted_n: completion_tokens } }),
    comment: ":\n\n",
    breakOff: ({ message, status, type = "server_error" }) => [{ error: { code: status, message, type } }],
    doneAfterError: false,
  },
};
