import type { Usage } from "../../model/events.ts";

/** Token counts as the API shows them. No prompt is cached, so the cache counts are truly 0. */
export interface WireUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: 0;
  readonly cache_read_input_tokens: 0;
  readonly output_tokens: number;
  readonly output_tokens_details?: { readonly thinking_tokens: number };
}

/**
 * Translates usage. The API has no way to say "unknown": `inputEstimate`, our own count, stands in for unknown
 * input, and 0 for unknown output.
 */
export function encodeUsage(usage: Usage, inputEstimate: number | undefined): WireUsage {
  return {
    input_tokens: usage.inputTokens ?? inputEstimate ?? 0,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: usage.outputTokens ?? 0,
    ...(usage.reasoningTokens === undefined
      ? {}
      : { output_tokens_details: { thinking_tokens: usage.reasoningTokens } }),
  };
}
