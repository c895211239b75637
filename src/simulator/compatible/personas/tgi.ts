import { asObject } from "../read-chat.ts";
import type { Persona } from "../persona.ts";
import { plain } from "./plain.ts";

const validation = (message: string) =>
  ({ status: 422, message: `Input validation error: ${message}`, type: "validation" }) as const;

/** Hugging Face's text-generation-inference 3 (`router/src/chat.rs`). */
export const tgi: Persona = {
  ...plain,
  name: "tgi",
  models: [{ id: "meta-llama/Llama-3.3-70B-Instruct", contextLength: 8192 }],
  routes: ["completions"],
  // There is one, and nobody looks at the name.
  isMeant: () => true,
  listModels: ({ models, created }) => ({
    object: "list",
    data: models.map(({ id, details }) => ({ id, object: "model", created, owned_by: id, ...details })),
  }),
  discovery: {
    "GET /health": () => ({ body: "" }),
    "GET /info": ({ models: [model] }) => ({
      body: {
        model_id: model?.id ?? "",
        max_input_tokens: (model?.contextLength ?? 8192) - 1,
        max_total_tokens: model?.contextLength ?? 8192,
        version: "3.3.6",
        router: "text-generation-router",
      },
    }),
  },
  error: ({ message, type = "generation", more }) =>
    type === "path" ? "" : { error: message, error_type: type, ...more },
  wording: {
    ...plain.wording,
    badJson: () => ({ status: 422, message: "Failed to parse the request body as JSON", type: "validation" }),
    key: () => ({ status: 401, message: "Unauthorized", type: "authorization" }),
    unknownPath: () => ({ status: 404, message: "", type: "path" }),
    tooLong({ window, input, output }) {
      if (input >= window)
        return validation(`\`inputs\` must have less than ${window - 1} tokens. Given: ${input}`);
      if (input + output <= window) return undefined;
      return validation(
        `\`inputs\` tokens + \`max_new_tokens\` must be <= ${window}. Given: ${input} \`inputs\` tokens and ${output} \`max_new_tokens\``,
      );
    },
    noTools: () => validation("tools are not supported"),
    noImages: () => validation("images are not supported"),
  },
  request: {
    ...plain.request,
    limits: ["max_tokens"],
    parallelToolCalls: "ignored",
    n: "ignored",
    thinking: () => "content",
  },
  reply: {
    ...plain.reply,
    answerId: () => "",
    callId: (_call, index) => String(index),
    nameFirst: false,
    piece: ({ call, index, id, piece, text }) => ({
      index,
      id,
      type: "function",
      function: { name: piece === 0 ? call.name : null, arguments: text },
    }),
    // In whole answers the arguments are no text.
    call: ({ name, input }, id) => ({
      id,
      type: "function",
      function: { description: null, name, arguments: input },
    }),
    delta: (fields) => ({ role: "assistant", ...fields }),
    opening: undefined,
    closing: { content: "" },
    choice: { logprobs: null },
    chunk: ({ object, id, created, model, choices, usage }) => ({
      object,
      id,
      created,
      model,
      system_fingerprint: "3",
      choices,
      usage: asObject(usage) ?? null,
    }),
    finishOfCalls: () => "stop",
    breakOff: ({ message, status }) => [{ error: { message, http_status_code: status } }],
    doneAfterError: false,
  },
};
