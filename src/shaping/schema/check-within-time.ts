import type { JsonSchema } from "../../model/request.ts";
import { withinTime } from "../within-time.ts";

/** Honest patterns need microseconds. */
const patienceMs = 250;
/** Keywords whose check can take more than linear time. */
const slowKeywords = /"(?:pattern|patternProperties|uniqueItems)":/;

/**
 * Makes a check of a schema's `check` that ends in time: a client's regular expression can otherwise stop the
 * gateway for all its clients. A check that takes too long is given up and gives `undefined`.
 */
export function checkWithinTime<T>(
  schema: JsonSchema,
  check: (value: unknown) => T,
): (value: unknown) => T | undefined {
  if (!slowKeywords.test(JSON.stringify(schema))) return check;
  return (value) => withinTime(patienceMs, () => check(value));
}
