import { addTotals } from "./add-totals.ts";
import type { Survey } from "./survey.ts";
import type { Totals } from "./totals.ts";

/** What this process did, and all others of the gateway that `survey` reaches. */
export async function addUpTotals(own: Totals, survey: Survey | undefined): Promise<Totals> {
  // Ours, from other processes.
  const others = ((await survey?.ask("totals")) ?? []) as readonly Totals[];
  return others.reduce(addTotals, own);
}
