import { jsonrepair } from "jsonrepair";

import type { CheckBudget } from "./schema/check-budget.ts";
import { loneBudget } from "./schema/schema-work.ts";

/**
 * Mends what a model meant as JSON. Throws `Error` when it is nothing of the kind, or when it takes more time than the
 * request has: the library's time grows with the square of unclosed brackets.
 */
export function repairJson(text: string, budget: Pick<CheckBudget, "change"> = loneBudget): string {
  const repaired = budget.change(text.length, () => jsonrepair(text));
  if (repaired === undefined) throw new Error("This takes too long to be mended.");
  return repaired.done;
}
