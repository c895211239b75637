import { findIgnored } from "../ignored-parameters.ts";
import type { ResponsesBody } from "./request-schema.ts";

/** Top-level fields that the gateway acts on, or whose only purpose is to be repeated in the answer. */
const effective = new Set([
  "model",
  "input",
  "instructions",
  "previous_response_id",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "text",
  "reasoning",
  "temperature",
  "top_p",
  "max_output_tokens",
  "truncation",
  "stop",
  "stream",
  "store",
  "background",
  "metadata",
]);

/** Values of `service_tier` that leave the choice to us. */
const anyTier = new Set<unknown>(["auto", "default"]);

/** Parameters of a request that have no effect here, as `x-ignored-parameters` shows them. */
export function listIgnored(body: ResponsesBody): readonly string[] {
  const ignored = findIgnored(body, effective).filter(
    (name) => name !== "service_tier" || !anyTier.has(body["service_tier"]),
  );
  if (body.text?.verbosity !== undefined) ignored.push("text.verbosity");
  if (body.reasoning?.effort !== undefined) ignored.push("reasoning.effort");
  return ignored;
}
