import { findIgnored } from "../find-ignored.ts";
import {
  findIgnoredPartFields,
  findIgnoredStreamOptions,
  findIgnoredToolFields,
  isNamed,
  listOf,
} from "../find-openai-ignored.ts";
import type { RequestBody } from "./request-schema.ts";
import type { PlacedItem } from "./parse-messages.ts";

/** Top-level fields that the gateway acts on, or that are judged below. */
const effective: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "previous_response_id",
  "conversation",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "text",
  "reasoning",
  "temperature",
  "top_p",
  "max_output_tokens",
  "truncation",
  "context_management",
  "stop",
  "stream",
  "stream_options",
  "store",
  "background",
  "metadata",
  "prompt_cache_key",
]);

const formatFields: ReadonlySet<string> = new Set(["format"]);
const summaryFields: ReadonlySet<string> = new Set(["summary", "generate_summary"]);

/** Values of `reasoning` with which it is as it is here: one way to think, of which nothing is sent on. */
const usualReasoning: ReadonlySet<unknown> = new Set(["standard", "auto", "current_turn"]);

function findInReasoning(reasoning: Readonly<Record<string, unknown>>): string[] {
  const asked = Object.entries(reasoning).filter(
    ([name, value]) => !(["mode", "context"].includes(name) && usualReasoning.has(value)),
  );
  return findIgnored(Object.fromEntries(asked), summaryFields, "reasoning.");
}

/** Parameters of a request that have no effect here, as `x-ignored-parameters` shows them. */
export function listIgnored(body: RequestBody): readonly string[] {
  return [
    ...findIgnored(body, effective).filter((name) => isNamed(name, body[name])),
    ...findIgnored(body.text ?? {}, formatFields, "text."),
    ...findInReasoning(body.reasoning ?? {}),
    ...findIgnoredStreamOptions(body.stream_options),
    ...findIgnoredToolFields(body.tools ?? []),
  ];
}

/** What shapes an answer, and so does nothing to notes of a conversation. */
const forAnswers = [
  "instructions",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "text",
  "stop",
  "truncation",
  "context_management",
] as const;

/** Parameters that have no effect on a summary of the conversation. */
export function listIgnoredInSummary(body: RequestBody): readonly string[] {
  return forAnswers.filter((name) => {
    const value: unknown = body[name];
    return value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);
  });
}

/** The parts of an item. A shell's output has others, which are all read. */
function partsOf({ item }: PlacedItem): readonly unknown[] {
  if (item.type === "message") return listOf(item.content);
  return item.type === "function_call_output" || item.type === "custom_tool_call_output"
    ? listOf(item.output)
    : [];
}

/**
 * What of the items the model can't be shown: types, and fields of parts and tools. Thinking is shown to who takes it, and
 * what only tells of an earlier answer (`status`, `phase`, `caller`) asks for nothing.
 */
export function nameIgnoredItems(items: readonly PlacedItem[]): readonly string[] {
  const types = items.flatMap(({ item }) => {
    if (item.type === "other") return item.item.type === "reasoning" ? [] : [`input[${item.item.type}]`];
    const isEffort = item.type === "configuration_update" && item.reasoning !== undefined;
    return isEffort ? ["input[configuration_update].reasoning"] : [];
  });
  return [
    ...new Set(types),
    ...findIgnoredPartFields(items.flatMap(partsOf), "input.content."),
    ...findIgnoredToolFields(items.flatMap(({ item }) => ("tools" in item ? listOf(item.tools) : []))),
  ];
}
