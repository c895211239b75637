import { figureNames } from "../../../ledger/sum-up.ts";
import { dimensions } from "../../../ledger/views.ts";

/** What tells cells apart: the number of the period, of its slot and of the view, and those of the names, 0 where there is none. */
export const cellKeys: readonly string[] = ["period", "slot", "view", ...dimensions];

/** What is added up in them. */
export const cellCounts: readonly string[] = [...figureNames, "recovered"];

/** Times, encoded. */
export const cellTimes: readonly string[] = ["firstTokenTimes", "totalTimes"];
