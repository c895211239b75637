import type { Usage } from "../../model/events.ts";
import type { WireUsage } from "./wire.ts";

/** Token counts; `null` when one is not known, since a zero would be a lie. */
export function encodeUsage({ inputTokens, outputTokens, reasoningTokens }: Usage): WireUsage | null {
  if (inputTokens === undefined || outputTokens === undefined) return null;
  return {
    input_tokens: inputTokens,
    // Nothing is ever served from a cache here.
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens ?? 0 },
    total_tokens: inputTokens + outputTokens,
  };
}
