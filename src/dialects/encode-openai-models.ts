import { describeShown, hasNativeReasoning, modalitiesOf, type ShownModel } from "./shown-model.ts";

/** What every model that writes has, whoever does it: its upstream or the gateway. By OpenRouter's words. */
const parameters = [
  "max_tokens",
  "temperature",
  "top_p",
  "stop",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "response_format",
  "structured_outputs",
];
const features = ["chat", "streaming", "tools", "json_mode", "structured_outputs"];
/** Of models that are known to think apart from their text. */
const reasoningParameters = ["reasoning", "include_reasoning"];

/**
 * A model in OpenAI's form. The first seven fields are fixed by row M1 of test/contract.test.ts. The rest
 * are what other servers add and clients read: `context_length`, `architecture`, `top_provider`, `pricing`, `supported_parameters` and
 * `default_parameters` (OpenRouter, https://openrouter.ai/docs/models), `max_output_length`, the modalities beside the id and
 * `supported_features` (AkashML, and who offers models to OpenRouter), `max_model_len` (vLLM), `type` (Together). What is
 * not known is left out. The root of an alias is the model that it leads to.
 */
export function encodeOpenAiModel(shown: ShownModel): Record<string, unknown> {
  const { model } = shown;
  const { contextLength, maxOutputTokens, temperature, topP } = model;
  return {
    id: model.id,
    object: "model",
    created: 1_626_777_600,
    owned_by: model.ownedBy ?? model.legs[0]?.upstream,
    permission: null,
    root: model.aliasOf ?? model.id,
    parent: null,
    type: model.kind,
    ...(model.name === undefined ? {} : { name: model.name }),
    ...(model.description === undefined ? {} : { description: model.description }),
    ...(contextLength === undefined ? {} : { context_length: contextLength, max_model_len: contextLength }),
    ...(maxOutputTokens === undefined ? {} : { max_output_length: maxOutputTokens }),
    ...encodeTopProvider(shown),
    ...encodeModalities(shown),
    ...(model.kind === "chat" ? encodeAbilities(shown) : {}),
    ...(temperature === undefined && topP === undefined
      ? {}
      : { default_parameters: { temperature, top_p: topP } }),
    ...describeShown(model),
  };
}

/** Where OpenRouter has the limit of an answer. */
function encodeTopProvider({ model }: ShownModel): Record<string, unknown> {
  const { contextLength, maxOutputTokens } = model;
  if (maxOutputTokens === undefined) return {};
  return {
    top_provider: {
      ...(contextLength === undefined ? {} : { context_length: contextLength }),
      max_completion_tokens: maxOutputTokens,
    },
  };
}

function encodeModalities(shown: ShownModel): Record<string, unknown> {
  const { input, output } = modalitiesOf(shown);
  const both = {
    ...(input === undefined ? {} : { input_modalities: input }),
    ...(output === undefined ? {} : { output_modalities: output }),
  };
  if (input === undefined || output === undefined) return both;
  const modality = `${input.join("+")}->${output.join("+")}`;
  return { ...both, architecture: { modality, ...both } };
}

function encodeAbilities({ model }: ShownModel): Record<string, unknown> {
  const thinks = hasNativeReasoning(model);
  return {
    supported_parameters: [...parameters, ...(thinks ? reasoningParameters : [])],
    supported_features: [...features, ...(thinks ? ["reasoning"] : [])],
  };
}

/** The answer to `GET /v1/models`. */
export function encodeOpenAiModels(models: readonly ShownModel[]): Record<string, unknown> {
  return { object: "list", data: models.map(encodeOpenAiModel) };
}
