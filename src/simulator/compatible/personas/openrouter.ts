import type { Persona } from "../persona.ts";
import { asObject } from "../read-chat.ts";
import { plain, turnsThinkingOff } from "./plain.ts";

const provider = { provider_name: "Simulator" };
const perToken = (millions = 0): string => String(Number((millions / 1e6).toPrecision(6)));

/** OpenRouter as its documentation has it: hosts of all kinds behind one address. */
export const openRouter: Persona = {
  ...plain,
  name: "openrouter",
  base: "/api/v1",
  models: [
    {
      id: "qwen/qwen3-235b-a22b",
      contextLength: 131_072,
      maxOutputTokens: 16_384,
      reasoning: true,
      price: { input: 0.15, output: 0.6 },
    },
  ],
  // Anyone may read the list.
  guards: (path) => path !== "/api/v1/models",
  listModels: (seen) => ({
    data: seen.models.map((model) => ({
      id: model.id,
      name: model.id,
      created: seen.created,
      description: "",
      context_length: model.contextLength ?? 32_768,
      architecture: {
        input_modalities: ["text", ...(model.images === true ? ["image"] : [])],
        output_modalities: [model.draws === true ? "image" : "text"],
      },
      pricing: {
        prompt: perToken(model.price?.input),
        completion: perToken(model.price?.output),
        request: "0",
      },
      top_provider: {
        context_length: model.contextLength ?? 32_768,
        max_completion_tokens: model.maxOutputTokens ?? null,
        is_moderated: false,
      },
      supported_parameters: [
        "max_tokens",
        "stop",
        "temperature",
        "response_format",
        "structured_outputs",
        ...(["native", "leaky"].includes(seen.toolsOf(model)) ? ["tools", "tool_choice"] : []),
        ...(model.reasoning === true ? ["reasoning", "include_reasoning"] : []),
      ],
      ...model.details,
    })),
  }),
  error: ({ message, status, more }) => ({ error: { code: status, message, ...more } }),
  wording: {
    ...plain.wording,
    key: () => ({ status: 401, message: "No auth credentials found" }),
    unknownPath: () => ({ status: 404, message: "Not Found" }),
    unknownModel: (model) => ({ status: 400, message: `${model} is not a valid model ID` }),
    tooLong: ({ window, input, output }) =>
      input + output <= window
        ? undefined
        : {
            status: 400,
            message: `This endpoint's maximum context length is ${window} tokens. However, you requested about ${input + output} tokens (${input} of text input, ${output} in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.`,
            more: { metadata: { provider_name: null } },
          },
    noTools: () => ({
      status: 404,
      message:
        "No endpoints found that support tool use. To learn more about provider routing, visit: https://openrouter.ai/docs/provider-routing",
    }),
    noImages: () => ({ status: 404, message: "No endpoints found that support image input" }),
  },
  request: {
    ...plain.request,
    n: "ignored",
    thinking(body) {
      if (turnsThinkingOff(body, ["effort", "object"])) return "off";
      const excluded =
        asObject(body["reasoning"])?.["exclude"] === true || body["include_reasoning"] === false;
      return excluded ? "hidden" : "field";
    },
  },
  reply: {
    ...plain.reply,
    answerId: (count) => `gen-${1_795_000_000 + count}-simulator`,
    reasoning: (text) => ({
      reasoning: text,
      reasoning_details: [{ type: "reasoning.text", text, format: "unknown", index: 0 }],
    }),
    delta: (fields) => ({ role: "assistant", content: "", ...fields }),
    opening: undefined,
    chunk: ({ id, object, created, model, ...rest }) => ({
      id,
      provider: "Simulator",
      model,
      object,
      created,
      ...rest,
    }),
    usage: "always",
    counts: (usage) => ({ ...usage, cost: usage.total_tokens / 1e6 }),
    comment: ": OPENROUTER PROCESSING\n\n",
    commentsFirst: true,
    breakOff: ({ message, status }, chunk) => [
      { ...chunk({ content: "" }, "error"), error: { code: status, message, metadata: provider } },
    ],
    doneAfterError: false,
  },
};
