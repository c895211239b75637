import type { Effort } from "../../model/request.ts";
import type { Spellings } from "../dialect.ts";
import { parseEffort, toEffort } from "../parse-effort.ts";
import type { WireGenerationConfig } from "./request-schema.ts";

/** How much the model shall think, and by which fields the body says so. */
export interface ReadEffort {
  readonly effort?: Effort;
  readonly spellings: Pick<Spellings, "effort">;
  /** The same fields, and those that say nothing that could be done anywhere. */
  readonly ignored: readonly string[];
}

const level = "generationConfig.thinkingConfig.thinkingLevel";
const budget = "generationConfig.thinkingConfig.thinkingBudget";

/** Reads the effort: of `thinkingLevel`, else what comes near to `thinkingBudget` (-1: the model's own way); but off is off. */
export function readEffort({
  thinkingConfig: config,
}: Pick<WireGenerationConfig, "thinkingConfig">): ReadEffort {
  const byLevel = parseEffort(config.thinkingLevel);
  const byBudget = config.thinkingBudget === undefined ? undefined : toEffort(config.thinkingBudget);
  const unspecified = /^(?:|thinking_level_unspecified)$/i.test(config.thinkingLevel ?? "");
  const ignored = byLevel === undefined && !unspecified ? [level] : [];
  const effort = byBudget === "none" ? "none" : (byLevel ?? byBudget);
  if (effort === undefined) return { spellings: {}, ignored };
  const names = [...(byLevel === undefined ? [] : [level]), ...(byBudget === undefined ? [] : [budget])];
  return { effort, spellings: { effort: names }, ignored: [...ignored, ...names] };
}
