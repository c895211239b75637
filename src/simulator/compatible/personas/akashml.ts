import type { Persona } from "../persona.ts";
import { asObject } from "../read-chat.ts";
import { plain, turnsThinkingOff } from "./plain.ts";

/** AkashML, the paid API of Akash, as its documentation has it; the texts of its errors are ours. */
export const akashMl: Persona = {
  ...plain,
  name: "akashml",
  answerHeaders: (count) => ({ "inference-id": `inf-${count}` }),
  models: [
    {
      id: "deepseek-ai/DeepSeek-V4-Flash",
      contextLength: 262_144,
      maxOutputTokens: 65_536,
      reasoning: true,
      images: true,
      price: { input: 0.14, output: 0.28 },
    },
    {
      id: "meta-llama/Llama-3.3-70B-Instruct",
      contextLength: 131_072,
      maxOutputTokens: 16_384,
      price: { input: 0.13, output: 0.4 },
    },
  ],
  routes: ["completions"],
  listModels: (seen) => ({
    object: "list",
    data: seen.models.map((model) => ({
      id: model.id,
      object: "model",
      created: seen.created,
      owned_by: model.id.split("/")[0],
      name: model.id.split("/").at(-1)?.replaceAll("-", " "),
      description: "Played by the offline simulator.",
      context_length: model.contextLength ?? 32_768,
      max_output_length: model.maxOutputTokens ?? 8192,
      input_modalities: ["text", ...(model.images === true ? ["image"] : [])],
      output_modalities: ["text"],
      supported_sampling_parameters: ["temperature", "top_p", "stop", "seed"],
      supported_features: [
        "chat",
        ...(["native", "leaky"].includes(seen.toolsOf(model)) ? ["tools"] : []),
        "streaming",
        ...(model.reasoning === true ? ["reasoning"] : []),
      ],
      quantization: "fp8",
      pricing: {
        input: String(model.price?.input ?? 0),
        output: String(model.price?.output ?? 0),
        request: "0",
      },
      ...model.details,
    })),
  }),
  discovery: { "GET /v1": () => ({ body: { status: "ok" } }) },
  request: {
    ...plain.request,
    thinking(body) {
      if (turnsThinkingOff(body, ["object"])) return "off";
      return asObject(body["reasoning"])?.["exclude"] === true ? "hidden" : "field";
    },
  },
};
