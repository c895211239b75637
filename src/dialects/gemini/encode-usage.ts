import type { Usage } from "../../model/events.ts";

/** `usageMetadata` of an answer. What is not known is left out. */
export interface WireUsage {
  readonly promptTokenCount?: number;
  /** Without the thoughts. */
  readonly candidatesTokenCount?: number;
  readonly thoughtsTokenCount?: number;
  readonly totalTokenCount?: number;
}

/** Translates usage: here the thoughts are no part of the answer's own count. */
export function encodeUsage({ inputTokens, outputTokens, reasoningTokens }: Usage): WireUsage {
  return {
    ...(inputTokens === undefined ? {} : { promptTokenCount: inputTokens }),
    ...(outputTokens === undefined
      ? {}
      : { candidatesTokenCount: Math.max(0, outputTokens - (reasoningTokens ?? 0)) }),
    ...(reasoningTokens === undefined ? {} : { thoughtsTokenCount: reasoningTokens }),
    ...(inputTokens === undefined || outputTokens === undefined
      ? {}
      : { totalTokenCount: inputTokens + outputTokens }),
  };
}
