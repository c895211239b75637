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

/** Values that ask for nothing. */
function isNeutral(key: string, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (key === "service_tier") return value === "auto" || value === "default";
  if (Array.isArray(value)) return value.length === 0;
  return value === 0 || value === false;
}

/** Parameters of a request that have no effect here. Names that could not stand in a header are left out. */
export function findIgnored(body: ResponsesBody): readonly string[] {
  const names = Object.entries(body)
    .filter(([key, value]) => !effective.has(key) && !isNeutral(key, value))
    .map(([key]) => key);
  if (body.text?.verbosity !== undefined) names.push("text.verbosity");
  if (body.reasoning?.effort !== undefined) names.push("reasoning.effort");
  return names.filter((name) => /^[\w.-]{1,64}$/.test(name)).slice(0, 40);
}
