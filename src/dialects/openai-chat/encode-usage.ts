import type { Usage } from "../../model/events.ts";

/** OpenAI's `usage` object. */
export interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly completion_tokens_details?: { readonly reasoning_tokens: number };
}

/** OpenAI's `usage`; `undefined` when a count is not known, since a zero would be a lie. */
export function encodeUsage({ inputTokens, outputTokens, reasoningTokens }: Usage): WireUsage | undefined {
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    ...(reasoningTokens === undefined
      ? {}
      : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}
