import type { FinishReason } from "../../model/events.ts";

/** Why the answer ended, in Anthropic's words. */
export interface WireStop {
  readonly stop_reason: "end_turn" | "max_tokens" | "stop_sequence" | "tool_use" | "refusal";
  readonly stop_sequence: string | null;
  /** Only of a refusal; no reason is known. */
  readonly stop_details?: { readonly type: "refusal"; readonly category: null; readonly explanation: null };
}

/** Translates the finish. An end of unknown kind is a plain end: the answer is complete. */
export function encodeFinishReason(finish: FinishReason): WireStop {
  switch (finish.kind) {
    case "length":
      return { stop_reason: "max_tokens", stop_sequence: null };
    case "tool-calls":
      return { stop_reason: "tool_use", stop_sequence: null };
    case "content-filter":
      return {
        stop_reason: "refusal",
        stop_sequence: null,
        stop_details: { type: "refusal", category: null, explanation: null },
      };
    default:
      return finish.stopSequence === undefined
        ? { stop_reason: "end_turn", stop_sequence: null }
        : { stop_reason: "stop_sequence", stop_sequence: finish.stopSequence };
  }
}
