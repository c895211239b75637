import type { FinishReason } from "../../model/events.ts";
import type { FailureReason } from "./failure.ts";

/** Words that say that the answer is none. */
const failures: Readonly<Record<string, FailureReason>> = {
  error: "server",
  network_error: "server",
  abort: "truncated",
  aborted: "truncated",
  cancelled: "truncated",
  insufficient_system_resource: "overloaded",
  malformed_function_call: "output-unparsable",
};

const lengths: ReadonlySet<string> = new Set([
  "length",
  "max_tokens",
  "max_output_tokens",
  "max_new_tokens",
  "model_length",
  "model_context_window_exceeded",
]);
const filters: ReadonlySet<string> = new Set([
  "content_filter",
  "safety",
  "sensitive",
  "recitation",
  "refusal",
]);

/** The failure that a server's word for the end means; `undefined` for an end. */
export function toFinishFailure(word: string): FailureReason | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(failures, key) ? failures[key] : undefined;
}

/**
 * What a server's word for the end means. Many say `stop` although calls came (vLLM with a named choice, TGI, Gemini's layer),
 * and some `tool_calls` though none did: the calls decide. Words that are not known mean that the model has ended.
 */
export function toFinishReason(word: string, hasCalls: boolean): FinishReason {
  const key = word.toLowerCase();
  if (lengths.has(key)) return { kind: "length", raw: word };
  if (filters.has(key)) return { kind: "content-filter", raw: word };
  return { kind: hasCalls ? "tool-calls" : "stop", raw: word };
}
