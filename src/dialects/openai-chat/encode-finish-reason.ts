import type { FinishReason } from "../../model/events.ts";

/** OpenAI's `finish_reason`. */
export type WireFinishReason = "stop" | "length" | "tool_calls" | "function_call" | "content_filter";

/** The wire word of a finish reason; `legacy` for answers to `functions`. `other` has no word and is a stop. */
export function encodeFinishReason(reason: FinishReason, legacy: boolean): WireFinishReason {
  switch (reason.kind) {
    case "length":
      return "length";
    case "content-filter":
      return "content_filter";
    case "tool-calls":
      return legacy ? "function_call" : "tool_calls";
    default:
      return "stop";
  }
}
