import type { ModelInfo } from "../model/model-info.ts";

/**
 * A model in OpenAI's form. The first seven fields are fixed by row M1 of test/contract.test.ts. The rest
 * are what other servers add and clients read: `context_length` and `default_parameters` (OpenRouter),
 * `max_model_len` (vLLM), `type` (Together). The root of an alias is the model that it leads to.
 */
export function encodeOpenAiModel(model: ModelInfo): Record<string, unknown> {
  const { contextLength, temperature, topP } = model;
  return {
    id: model.id,
    object: "model",
    created: 1_626_777_600,
    owned_by: "Akash Network",
    permission: null,
    root: model.aliasOf ?? model.id,
    parent: null,
    type: model.kind,
    ...(model.name === undefined ? {} : { name: model.name }),
    ...(model.description === undefined ? {} : { description: model.description }),
    ...(contextLength === undefined ? {} : { context_length: contextLength, max_model_len: contextLength }),
    ...(temperature === undefined && topP === undefined
      ? {}
      : { default_parameters: { temperature, top_p: topP } }),
  };
}

/** The answer to `GET /v1/models`. */
export function encodeOpenAiModels(models: readonly ModelInfo[]): Record<string, unknown> {
  return { object: "list", data: models.map(encodeOpenAiModel) };
}
