/** "try again in 1m30s", "retry after 20 seconds": hours, minutes, seconds and milliseconds, each only if named. */
const named =
  /\b(?:try again|retry)(?: in| after) (?:(\d[\d.]{0,8}) ?h(?:(?:ou)?rs?)?(?![a-z]))? ?(?:(\d[\d.]{0,8}) ?m(?:in(?:ute)?s?)?(?![a-z]))? ?(?:(\d[\d.]{0,8}) ?s(?:ec(?:ond)?s?)?(?![a-z]))? ?(?:(\d[\d.]{0,8}) ?m(?:illi)?s(?:ec(?:ond)?s?)?(?![a-z]))?/i;
const units = [3_600_000, 60_000, 1000, 1];

/** A back end that names more than this means something else than its load of the moment. */
const longestMs = 24 * 3_600_000;

/** The wait that a back end names in its own words, in ms. */
export function findWait(text: string): number | undefined {
  const numbers = named.exec(text)?.slice(1) ?? [];
  const total = units.reduce((sum, unit, index) => sum + Number(numbers[index] ?? 0) * unit, 0);
  return total > 0 && total <= longestMs ? total : undefined;
}
