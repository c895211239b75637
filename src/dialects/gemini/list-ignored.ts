import { findIgnored } from "../find-ignored.ts";
import { requestSchema, type RequestBody, type WireGenerationConfig } from "./request-schema.ts";

/** `labels` only tell of a request, for bills. */
const understood: ReadonlySet<string> = new Set([...Object.keys(requestSchema.shape), "labels"]);

const configFields: ReadonlySet<string> = new Set([
  "temperature",
  "topP",
  "maxOutputTokens",
  "stopSequences",
  "candidateCount",
  "responseMimeType",
  "responseSchema",
  "responseJsonSchema",
  "responseFormat",
  "thinkingConfig",
  // Refused, or judged apart.
  "responseModalities",
  "responseLogprobs",
  "logprobs",
  // Asks for something though it is 0.
  "seed",
]);

const thinkingFields: ReadonlySet<string> = new Set(["includeThoughts", "thinkingBudget", "thinkingLevel"]);

/** Whether an answer in text is only a part of what is asked for. */
function wantsMore({ responseModalities: wanted = [] }: WireGenerationConfig): boolean {
  return wanted.some((modality) => !/^(?:text|modality_unspecified)$/i.test(modality));
}

/**
 * Parameters of a valid body that have no effect where the upstream takes no more than the usual ones, as `x-ignored-parameters` shows them. Those
 * of tools are found by `parseTools`, the effort by `readEffort`.
 */
export function listIgnored(body: RequestBody): string[] {
  const { generationConfig: config } = body;
  return [
    ...findIgnored(body, understood),
    ...findIgnored(config, configFields, "generationConfig."),
    ...(config.seed === undefined ? [] : ["generationConfig.seed"]),
    ...findIgnored(config.thinkingConfig, thinkingFields, "generationConfig.thinkingConfig."),
    ...(wantsMore(config) ? ["generationConfig.responseModalities"] : []),
  ];
}
