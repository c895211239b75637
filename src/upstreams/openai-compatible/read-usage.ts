import type { Usage } from "../../model/events.ts";
import { asCount, asObject } from "./read-json.ts";

/** Reads a `usage` member. `undefined` if it names neither the prompt nor the answer. */
export function readUsage(value: unknown): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  const total = asCount(usage["total_tokens"]);
  const input = asCount(usage["prompt_tokens"]) ?? asCount(usage["input_tokens"]);
  const named = asCount(usage["completion_tokens"]) ?? asCount(usage["output_tokens"]);
  const rest = total === undefined || input === undefined || total < input ? undefined : total - input;
  const details = asObject(usage["completion_tokens_details"]) ?? asObject(usage["output_tokens_details"]);
  const reasoning = asCount(details?.["reasoning_tokens"]) ?? asCount(usage["reasoning_tokens"]);
  // Thinking is a part of the answer. Some count it in the total alone.
  const isApart = reasoning !== undefined && named !== undefined && reasoning > named;
  const output = isApart ? (rest ?? named + reasoning) : (named ?? rest);
  if (input === undefined && output === undefined) return undefined;
  return {
    ...(input === undefined ? {} : { inputTokens: input }),
    ...(output === undefined ? {} : { outputTokens: output }),
    ...(reasoning === undefined || reasoning === 0 || output === undefined || reasoning > output
      ? {}
      : { reasoningTokens: reasoning }),
    estimated: false,
  };
}
