import type { Persona } from "../persona.ts";
import { plain, turnsThinkingOff } from "./plain.ts";

const bad = (message: string, param: string | null = null) =>
  ({ status: 400, message, type: "BadRequestError", param }) as const;

/** vLLM of autumn 2026 (`vllm/entrypoints/openai`, `serve/exception_handling`). */
export const vllm: Persona = {
  ...plain,
  name: "vllm",
  headers: { server: "uvicorn" },
  models: [{ id: "Qwen/Qwen3.5-35B-A3B", contextLength: 32_768, reasoning: true }],
  guards: (path) => path.startsWith("/v1"),
  listModels: ({ models, created }) => ({
    object: "list",
    data: models.map(({ id, contextLength = 32_768, details }) => ({
      id,
      object: "model",
      created,
      owned_by: "vllm",
      root: id,
      parent: null,
      max_model_len: contextLength,
      permission: [],
      ...details,
    })),
  }),
  discovery: {
    "GET /health": () => ({ body: "" }),
    "GET /ping": () => ({ body: "" }),
    "GET /version": () => ({ body: { version: "0.18.0" } }),
  },
  error({ message, type = "InternalServerError", param = null, status, more }) {
    // The key and the paths are not checked by its own code, but around it.
    if (status === 401) return { error: message };
    if (type === "path") return { detail: message };
    return { error: { message, type, param, code: status, ...more } };
  },
  wording: {
    ...plain.wording,
    badJson: () => bad("[{'type': 'json_invalid', 'loc': ('body', 0), 'msg': 'JSON decode error'}]"),
    key: () => ({ status: 401, message: "Unauthorized" }),
    unknownPath: () => ({ status: 404, message: "Not Found", type: "path" }),
    unknownModel: (model) => ({
      status: 404,
      message: `The model \`${model}\` does not exist.`,
      type: "NotFoundError",
      param: "model",
    }),
    tooLong({ window, input, output }) {
      if (input >= window) {
        return bad(
          `This model's maximum context length is ${window} tokens. However, you requested ${output} output tokens and your prompt contains at least ${input} input tokens, for a total of at least ${input + output} tokens. Please reduce the length of the input prompt or the number of requested output tokens.`,
          "input_tokens",
        );
      }
      if (input + output <= window) return undefined;
      return bad(
        `'max_tokens' or 'max_completion_tokens' is too large: ${output}. This model's maximum context length is ${window} tokens and your request has ${input} input tokens (${output} > ${window} - ${input}).`,
      );
    },
    noTools: (_model, choice) =>
      bad(
        choice === "auto"
          ? '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
          : 'tool_choice="required" requires --tool-call-parser to be set',
      ),
    noImages: (model) => bad(`${model} is not a multimodal model`),
    noEmbeddings: () => bad("The model does not support Embeddings API"),
    refusal({ body, stream, messages }) {
      if (body["stream_options"] !== undefined && !stream) {
        return bad("Stream options can only be defined when `stream=True`.", "stream_options");
      }
      if (Array.isArray(body["tools"]) && body["tools"].length === 0) {
        return bad("`tools` must not be an empty array. Either provide at least one tool or omit the field.");
      }
      // It goes to the template, and most of them raise.
      return messages.some(({ role }) => role === "developer") ? bad("Unexpected message role.") : undefined;
    },
  },
  request: {
    ...plain.request,
    thinking(body) {
      if (turnsThinkingOff(body, ["template", "effort"])) return "off";
      return body["include_reasoning"] === false ? "hidden" : "field";
    },
  },
  reply: {
    ...plain.reply,
    callId: (_call, index, count) => `chatcmpl-tool-${count}-${index}`,
    reasoning: (text) => ({ reasoning: text }),
    closing: { content: "" },
    finishOfCalls: (choice) => (typeof choice === "object" ? "stop" : "tool_calls"),
    breakOff: ({ message, status }) => [
      { error: { message, type: "InternalServerError", param: null, code: status } },
    ],
  },
};
