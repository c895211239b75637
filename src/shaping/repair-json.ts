import { jsonrepair } from "jsonrepair";

import { withinTime } from "./within-time.ts";

/** What can't be mended in this time is no near-JSON: the library's time grows with the square of unclosed brackets. */
const patienceMs = 50;
/** What is shorter takes a millisecond at worst, and watching the time takes a third of one: an answer may hold thousands. */
const longestUnwatched = 1000;

/** Mends what a model meant as JSON. Throws `Error` when it is nothing of the kind, or too tangled to tell. */
export function repairJson(text: string): string {
  if (text.length <= longestUnwatched) return jsonrepair(text);
  const repaired = withinTime(patienceMs, () => jsonrepair(text));
  if (repaired === undefined) throw new Error("This takes too long to be mended.");
  return repaired;
}
