import { asObject } from "../read-chat.ts";
import type { JsonObject, Persona } from "../persona.ts";

/** What a request says of thinking, in whatever field. */
export function turnsThinkingOff(
  body: JsonObject,
  fields: readonly ("template" | "effort" | "object")[],
): boolean {
  const reasoning = asObject(body["reasoning"]);
  const off = {
    template: asObject(body["chat_template_kwargs"])?.["enable_thinking"] === false,
    effort: body["reasoning_effort"] === "none",
    object: reasoning?.["enabled"] === false || reasoning?.["effort"] === "none",
  };
  return fields.some((field) => off[field]);
}

/** A server as OpenAI's own documentation has it; each persona says where it differs. */
export const plain: Omit<Persona, "name"> = {
  base: "/v1",
  headers: {},
  answerHeaders: () => ({}),
  models: [{ id: "m", contextLength: 32_768 }],
  routes: ["completions", "embeddings", "images", "audio"],
  guards: () => true,
  apiKeyHeader: false,
  isMeant: ({ id }, asked) => id === asked,
  listModels: ({ models, created }) => ({
    object: "list",
    data: models.map(({ id, details }) => ({
      id,
      object: "model",
      created,
      owned_by: "simulator",
      ...details,
    })),
  }),
  discovery: {},
  loading: "refuse",
  error: ({ message, type = "api_error", param = null, status, more }) => ({
    error: { message, type, param, code: status, ...more },
  }),
  wording: {
    badJson: () => ({ status: 400, message: "The body is not valid JSON.", type: "invalid_request_error" }),
    key: () => ({ status: 401, message: "Invalid API key", type: "authentication_error" }),
    unknownPath: (method, path) => ({
      status: 404,
      message: `Unknown request: ${method} ${path}`,
      type: "not_found_error",
    }),
    unknownModel: (model) => ({
      status: 404,
      message: `The model \`${model}\` does not exist.`,
      type: "not_found_error",
      param: "model",
    }),
    tooLong: ({ window, input, output }) =>
      input + output <= window
        ? undefined
        : {
            status: 400,
            message: `This model's maximum context length is ${window} tokens. However, you requested ${input + output} tokens (${input} in the messages, ${output} in the completion). Please reduce the length of the messages or completion.`,
            type: "invalid_request_error",
          },
    noTools: (model) => ({
      status: 400,
      message: `${model} does not support tools`,
      type: "invalid_request_error",
      param: "tools",
    }),
    noImages: (model) => ({
      status: 400,
      message: `${model} does not support images`,
      type: "invalid_request_error",
    }),
    noEmbeddings: (model) => ({
      status: 400,
      message: `${model} does not support embeddings`,
      type: "invalid_request_error",
    }),
    refusal: () => undefined,
  },
  request: {
    limits: ["max_completion_tokens", "max_tokens"],
    toolChoice: "kept",
    parallelToolCalls: "kept",
    n: "kept",
    developer: "kept",
    formats: ["json_object", "json_schema"],
    thinking: (body) => (turnsThinkingOff(body, ["template", "effort"]) ? "off" : "field"),
  },
  reply: {
    answerId: (count) => `chatcmpl-${String(count).padStart(8, "0")}`,
    callId: (_call, index, count) => `call_${count}_${index}`,
    reasoning: (text) => ({ reasoning_content: text }),
    pieces: "small",
    nameFirst: true,
    piece: ({ call, index, id, piece, text }) =>
      piece === 0
        ? { index, id, type: "function", function: { name: call.name, arguments: text } }
        : { index, function: { arguments: text } },
    call: ({ name, input }, id) => ({
      id,
      type: "function",
      function: { name, arguments: JSON.stringify(input) },
    }),
    message: (fields) => ({ role: "assistant", content: null, ...fields }),
    delta: (fields) => fields,
    opening: { role: "assistant", content: "" },
    closing: {},
    choice: {},
    chunk: (chunk) => chunk,
    finishOfCalls: () => "tool_calls",
    usage: "asked",
    counts: (usage) => ({ ...usage }),
    beside: () => ({}),
    comment: undefined,
    commentsFirst: false,
    breakOff: (problem) => [
      {
        error: {
          message: problem.message,
          type: problem.type ?? "api_error",
          param: null,
          code: problem.status,
        },
      },
    ],
    doneAfterError: true,
  },
};
