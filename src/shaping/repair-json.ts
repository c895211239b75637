import { jsonrepair } from "jsonrepair";

import { withinTime } from "./within-time.ts";

/** What can't be mended in this time is no near-JSON: the library's time grows with the square of unclosed brackets. */
const patienceMs = 250;

/** Mends what a model meant as JSON. Throws `Error` when it is nothing of the kind, or too tangled to tell. */
export function repairJson(text: string): string {
  const repaired = withinTime(patienceMs, () => jsonrepair(text));
  if (repaired === undefined) throw new Error("This takes too long to be mended.");
  return repaired;
}
