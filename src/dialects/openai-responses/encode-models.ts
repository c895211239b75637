import { describeShown, modalitiesOf, type ShownModel } from "../shown-model.ts";
import type { ListedModel } from "../../model/leg.ts";
import { codexInstructions } from "./codex-instructions.ts";

/** How much of a tool's output Codex keeps, in tokens: all of it is sent again with each turn. */
const longestOutput = 2000;

/**
 * At what share of its context a conversation is summed up. At a prompt that is too long Codex ends the task, so the rest
 * has room for an answer, for the outputs of several calls, and for back ends that count fewer tokens than the gateway.
 */
const fullest = 0.75;

function encode(shown: ShownModel, index: number): Record<string, unknown> {
  const { model } = shown;
  const name = model.name ?? model.id;
  return {
    // Codex knows a model by exactly this name.
    slug: model.id,
    display_name: model.aliasOf === undefined ? name : `${name} (${model.aliasOf})`,
    description: describe(model),
    // There is no effort to choose.
    supported_reasoning_levels: [],
    shell_type: "unified_exec",
    visibility: "list",
    supported_in_api: true,
    // Of the lowest number is the model that Codex takes when none is configured.
    priority: index + 1,
    upgrade: null,
    base_instructions: codexInstructions,
    supports_reasoning_summaries: false,
    support_verbosity: false,
    truncation_policy: { mode: "tokens", limit: longestOutput },
    // The gateway takes several calls of any model, and keeps to one where that is asked for.
    supports_parallel_tool_calls: true,
    experimental_supported_tools: [],
    // Open models edit better by the shell than in Codex' own patches.
    apply_patch_tool_type: null,
    input_modalities: modalitiesOf(shown).input,
    ...(model.contextLength === undefined
      ? {}
      : {
          context_window: model.contextLength,
          auto_compact_token_limit: Math.floor(model.contextLength * fullest),
        }),
    default_reasoning_summary: "none",
    ...describeShown(model),
  };
}

/** What its picker shows beside the name: who answers, where that is more than one upstream or none of them now. */
function describe({ legs, answersNow }: ListedModel): string | null {
  const names = [...new Set(legs.map(({ upstream }) => upstream))];
  if (answersNow && names.length < 2) return null;
  return `${answersNow ? "" : "Does not answer now. "}At ${names.join(", ")}.`;
}

/**
 * The catalogue that Codex fetches from its `model_catalog_url`: the least that 0.130 to 0.171 accept. One entry that
 * is not valid makes Codex drop all. Source: openai/codex, codex-rs/protocol/src/openai_models.rs.
 */
export function encodeCodexCatalogue(models: readonly ShownModel[]): readonly Record<string, unknown>[] {
  return models.map(encode);
}
