import { z } from "zod";

import type { AppliedEdit, ContextEdit } from "../../model/context-edit.ts";

/**
 * `context_management` of a Messages request and of its answer. Source: `BetaContextManagementConfig` and
 * `BetaContextManagementResponse` of `@anthropic-ai/sdk` 1.14 (beta `context-management-2025-06-27`), defaults as the
 * API's guide to context editing has them.
 */

/** So many tokens, uses or turns. A misspelled field would change what is kept, so no unknown ones are read over. */
function amount<Unit extends string>(units: readonly [Unit, ...Unit[]], minimum: number) {
  return z.strictObject({
    type: z.enum(units, { error: `Input should be ${units.map((unit) => `'${unit}'`).join(" or ")}` }),
    value: z
      .int({ error: "Input should be a valid integer" })
      .min(minimum, `Input should be greater than or equal to ${minimum}`),
  });
}

const toolNames = z.array(z.string());

const clearToolUses = z.strictObject({
  type: z.literal("clear_tool_uses_20250919"),
  trigger: amount(["input_tokens", "tool_uses"], 1).nullish(),
  keep: amount(["tool_uses"], 0).nullish(),
  clear_at_least: amount(["input_tokens"], 0).nullish(),
  exclude_tools: toolNames.nullish(),
  clear_tool_inputs: z
    .union([z.boolean(), toolNames], { error: "Input should be a boolean or a list of names of tools" })
    .nullish(),
});

const clearThinking = z.strictObject({
  type: z.literal("clear_thinking_20251015"),
  keep: z
    .union([amount(["thinking_turns"], 1), z.strictObject({ type: z.literal("all") }), z.literal("all")], {
      error: "Input should be 'all', or a number of thinking_turns of at least 1",
    })
    .nullish(),
});

/** Compaction is not done here; it is named as ignored. */
const compact = z.looseObject({ type: z.literal("compact_20260112") });

/** The field of the request. */
export const contextManagement = z.strictObject({
  edits: z
    .array(
      z.discriminatedUnion("type", [clearToolUses, clearThinking, compact], {
        error: "Input should be an edit of type clear_tool_uses_20250919 or clear_thinking_20251015",
      }),
    )
    .max(16, "at most 16 edits are allowed")
    .nullish(),
});

type WireContextManagement = z.output<typeof contextManagement>;
type WireEdit = NonNullable<WireContextManagement["edits"]>[number];

function toEdit(edit: WireEdit): ContextEdit[] {
  switch (edit.type) {
    case "clear_tool_uses_20250919": {
      const { type = "input_tokens", value = 100_000 } = edit.trigger ?? {};
      return [
        {
          kind: "clear-tool-uses",
          trigger: { unit: type === "tool_uses" ? "tool-uses" : "input-tokens", value },
          keep: edit.keep?.value ?? 3,
          clearAtLeast: edit.clear_at_least?.value ?? 0,
          excludeTools: edit.exclude_tools ?? [],
          clearInputs: edit.clear_tool_inputs ?? false,
        },
      ];
    }
    case "clear_thinking_20251015": {
      const keep = edit.keep ?? { type: "thinking_turns", value: 1 };
      return [
        { kind: "clear-thinking", keep: typeof keep === "object" && "value" in keep ? keep.value : "all" },
      ];
    }
    default:
      return [];
  }
}

/** The edits that a request wishes for. */
export function toContextEdits({ edits }: WireContextManagement): readonly ContextEdit[] {
  return (edits ?? []).flatMap(toEdit);
}

/** The edits that have no effect, as `x-ignored-parameters` names them. */
export function listIgnoredEdits({ edits }: WireContextManagement): readonly string[] {
  const isIgnored = (edits ?? []).some(({ type }) => type === "compact_20260112");
  return isIgnored ? ["context_management.edits[compact_20260112]"] : [];
}

/** What an answer says of the edits that were applied. */
export interface WireAppliedEdits {
  readonly applied_edits: readonly Readonly<Record<string, string | number>>[];
}

/** Tells what was applied. */
export function encodeAppliedEdits(applied: readonly AppliedEdit[]): WireAppliedEdits {
  return {
    applied_edits: applied.map(({ kind, cleared, tokens }) =>
      kind === "clear-tool-uses"
        ? { type: "clear_tool_uses_20250919", cleared_tool_uses: cleared, cleared_input_tokens: tokens }
        : { type: "clear_thinking_20251015", cleared_thinking_turns: cleared, cleared_input_tokens: tokens },
    ),
  };
}
