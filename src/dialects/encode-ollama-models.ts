import type { ListedModel } from "../model/leg.ts";
import { hasNativeReasoning, modalitiesOf, type ShownModel } from "./shown-model.ts";

/**
 * The version of Ollama's API that is spoken here. Bare numbers: clients compare them (VS Code wants 0.6.4 or newer), and read a suffix
 * as none.
 */
export const ollamaVersion = "0.32.0";

/** When models were changed, which nobody knows: the same as in OpenAI's list. RFC 3339. */
const modified = new Date(1_626_777_600_000).toISOString();

/** What the models have for an architecture, by whose name clients look up the context length. */
const architecture = "gateway";

/** The name as Ollama's lists have it: with the tag `:latest`, if it has none of its own. */
export function toOllamaName(id: string): string {
  return /:[^/]*$/.test(id) ? id : `${id}:latest`;
}

/** The id of a digest: 64 hexadecimal digits, the same for the same text. */
export type DigestOf = (text: string) => string;

/** All of these are wanted by clients, known or not: OllamaKit reads none of a list in which one is missing. */
function encodeDetails({ aliasOf }: ListedModel): Record<string, unknown> {
  return {
    parent_model: aliasOf === undefined ? "" : toOllamaName(aliasOf),
    format: "",
    family: architecture,
    families: [architecture],
    parameter_size: "",
    quantization_level: "",
  };
}

/** What a model can, in Ollama's words. Everything that writes calls tools here, by itself or by the gateway. */
function encodeCapabilities(shown: ShownModel): string[] {
  const { model } = shown;
  if (model.kind === "embedding") return ["embedding"];
  if (model.kind === "image") return ["completion", "image"];
  const sees = modalitiesOf(shown).input?.includes("image") === true;
  return [
    "completion",
    "tools",
    ...(sees ? ["vision"] : []),
    ...(hasNativeReasoning(model) ? ["thinking"] : []),
  ];
}

/** The models that can be asked for anything, in the order of the list. */
function isOfUse({ model }: ShownModel): boolean {
  return model.kind !== "other";
}

/** The answer to `GET /api/tags`. Sizes are not known. Source: `ListModelResponse` of Ollama. */
export function encodeOllamaTags(models: readonly ShownModel[], digestOf: DigestOf): Record<string, unknown> {
  return {
    models: models.filter(isOfUse).map((shown) => {
      const name = toOllamaName(shown.model.id);
      return {
        name,
        model: name,
        modified_at: modified,
        size: 0,
        digest: digestOf(name),
        details: encodeDetails(shown.model),
        capabilities: encodeCapabilities(shown),
      };
    }),
  };
}

/** The answer to `POST /api/show`. Source: `ShowResponse` of Ollama. */
export function encodeOllamaModel(shown: ShownModel): Record<string, unknown> {
  const { model } = shown;
  const { contextLength, temperature, topP } = model;
  const defaults = [
    ...(temperature === undefined ? [] : [`temperature ${temperature}`]),
    ...(topP === undefined ? [] : [`top_p ${topP}`]),
  ];
  return {
    license: "",
    modelfile: "",
    parameters: defaults.join("\n"),
    template: "",
    system: "",
    details: encodeDetails(model),
    model_info: {
      "general.architecture": architecture,
      // VS Code shows it.
      "general.basename": model.name ?? model.id,
      ...(contextLength === undefined ? {} : { [`${architecture}.context_length`]: contextLength }),
    },
    capabilities: encodeCapabilities(shown),
    modified_at: modified,
  };
}
