import type { FinishReason } from "../../model/events.ts";

/** `finishReason` of a candidate, as far as models here end. */
export type WireFinishReason = "STOP" | "MAX_TOKENS" | "SAFETY";

/** Translates the finish. Answers with calls end by STOP, and so do those that end for a reason of no known name: they are complete. */
export function encodeFinishReason({ kind }: FinishReason): WireFinishReason {
  switch (kind) {
    case "length":
      return "MAX_TOKENS";
    case "content-filter":
      return "SAFETY";
    default:
      return "STOP";
  }
}
