import type { Persona } from "../persona.ts";
import { asObject } from "../read-chat.ts";
import { plain, turnsThinkingOff } from "./plain.ts";

const bad = (message: string) => ({ status: 400, message, type: "BadRequestError" }) as const;

/** SGLang (`srt/entrypoints/openai`): flat errors, every member there in every chunk. */
export const sglang: Persona = {
  ...plain,
  name: "sglang",
  headers: { server: "uvicorn" },
  models: [{ id: "moonshotai/Kimi-K2-Instruct", contextLength: 131_072 }],
  guards: (path) => !/^\/(?:health|metrics)/.test(path),
  listModels: ({ models, created }) => ({
    object: "list",
    data: models.map(({ id, contextLength = 32_768, details }) => ({
      id,
      object: "model",
      created,
      owned_by: "sglang",
      root: id,
      parent: null,
      max_model_len: contextLength,
      ...details,
    })),
  }),
  discovery: {
    "GET /health": () => ({ body: "" }),
    "GET /health_generate": () => ({ body: "" }),
    "GET /get_model_info": ({ models: [model] }) => ({
      body: { model_path: model?.id ?? "", tokenizer_path: model?.id ?? "", is_generation: true },
    }),
  },
  error({ message, type = "InternalServerError", param = null, status, more }) {
    if (status === 401) return { error: message };
    if (type === "path") return { detail: message };
    return { object: "error", message, type, param, code: status, ...more };
  },
  wording: {
    ...plain.wording,
    badJson: () => bad("JSON decode error"),
    key: () => ({ status: 401, message: "Unauthorized" }),
    unknownPath: () => ({ status: 404, message: "Not Found", type: "path" }),
    tooLong({ window, input, output }) {
      if (input >= window) {
        return bad(
          `The input (${input} tokens) is longer than the model's context length (${window} tokens).`,
        );
      }
      if (input + output <= window) return undefined;
      return bad(
        `max_completion_tokens is too large: ${output}.This model supports at most ${window - input} completion tokens.`,
      );
    },
    noTools: () => bad("Tool calls are not supported: start the server with --tool-call-parser."),
    noImages: () => bad("This model does not support image input."),
    noEmbeddings: () => bad("This model does not appear to be an embedding model by default."),
    refusal({ format }) {
      const empty = format.kind === "json_schema" && Object.keys(format.schema).length === 0;
      return empty ? bad("schema is required for response_format of type json_schema") : undefined;
    },
  },
  request: {
    ...plain.request,
    thinking(body) {
      if (turnsThinkingOff(body, ["template", "effort"])) return "off";
      return body["separate_reasoning"] === false ? "content" : "field";
    },
  },
  reply: {
    ...plain.reply,
    // Kimi's own form, which the model wants back, counted over the conversation.
    callId: ({ name }, index, _count, before) => `functions.${name}:${before + index}`,
    piece: ({ call, index, id, piece, text }) => ({
      id: piece === 0 ? id : null,
      index,
      type: "function",
      function: { name: piece === 0 ? call.name : null, arguments: text },
    }),
    message: (fields) => ({
      role: "assistant",
      content: null,
      reasoning_content: null,
      tool_calls: null,
      ...fields,
    }),
    delta: (fields) => ({
      role: null,
      content: null,
      reasoning_content: null,
      tool_calls: null,
      ...fields,
    }),
    choice: { logprobs: null, matched_stop: null },
    chunk: (chunk) => ({ ...chunk, usage: asObject(chunk["usage"]) ?? null }),
    breakOff: ({ message, status }) => [
      { error: { object: "error", message, type: "InternalServerError", param: null, code: status } },
    ],
  },
};
