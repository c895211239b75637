import { InvalidArgumentError } from "commander";

const dayMs = 86_400_000;
const units: Readonly<Record<string, number>> = { h: dayMs / 24, d: dayMs, w: 7 * dayMs };

/**
 * Reads when a key ends: `30d` (`h`, `d`, `w`) from `now` (ms since the epoch) on, a day such as `2027-01-31`, which is its beginning in UTC, or
 * a time of ISO 8601. Gives ISO 8601. Throws `InvalidArgumentError` for what is none of them.
 */
export function readExpiry(text: string, now: number): string {
  const [, amount = "", unit = ""] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  const length = units[unit];
  if (length !== undefined) return new Date(now + Number(amount) * length).toISOString();
  const isTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text);
  const at = isTime ? Date.parse(text) : NaN;
  if (!Number.isNaN(at)) return new Date(at).toISOString();
  throw new InvalidArgumentError("must be such as 30d, 12h, 2w, 2027-01-31 or 2027-01-31T12:00:00Z, or none");
}
