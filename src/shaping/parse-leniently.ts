import { findExcess, parseBounded } from "./parse-bounded.ts";
import { repairJson } from "./repair-json.ts";
import type { CheckBudget } from "./schema/check-budget.ts";
import { loneBudget } from "./schema/schema-work.ts";

// Deeper values than any tool takes would overflow the stack of those who write them.
const deepestNesting = 256;

/** A value that was read, and whether its text was JSON before it was mended. */
export interface LenientValue {
  readonly value: unknown;
  readonly isJson: boolean;
}

/**
 * Parses JSON, or what a model meant as JSON; `undefined` if it can't be read, is nested beyond reason, holds too much,
 * or can't be mended in the request's time.
 */
export function parseLeniently(text: string, budget: CheckBudget = loneBudget): unknown {
  return readLeniently(text, budget)?.value;
}

/** As `parseLeniently`, and says whether the text is JSON as it stands. */
export function readLeniently(text: string, budget: CheckBudget): LenientValue | undefined {
  if (findExcess(text) !== undefined) return undefined;
  try {
    return parseShallow(text, true, budget);
  } catch {
    try {
      return parseShallow(repairJson(text, budget), false, budget);
    } catch {
      // Neither JSON nor anything near it: the caller says so to the model.
      return undefined;
    }
  }
}

function parseShallow(text: string, isJson: boolean, budget: CheckBudget): LenientValue | undefined {
  return budget.convert(text.length, () => {
    const value = parseBounded(text);
    return isShallow(value) ? { value, isJson } : undefined;
  });
}

/** Whether a value can be worked on and written again without a stack that is deeper than it should be. */
export function isShallow(value: unknown, levels = deepestNesting): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}
