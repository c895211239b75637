import { InvalidArgumentError } from "commander";

import { parseMoment } from "../../ledger/parse-moment.ts";
import { dayMs, hourMs } from "../../ledger/time-names.ts";

const units: Readonly<Record<string, number>> = { h: hourMs, d: dayMs, w: 7 * dayMs };

/**
 * Reads when a key ends: `30d` (`h`, `d`, `w`) from `now` (ms since the epoch) on, a day such as `2027-01-31`, which is its beginning in UTC, or
 * a time of ISO 8601, of UTC where it has no zone. Gives ISO 8601. Throws `InvalidArgumentError` for what is none of them.
 */
export function readExpiry(text: string, now: number): string {
  const [, amount = "", unit = ""] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  const length = units[unit];
  if (length !== undefined) return new Date(now + Number(amount) * length).toISOString();
  // Other forms of a moment are of the past, or no way to say an end.
  const at = text.includes("-") ? parseMoment(text, "from", now) : undefined;
  if (at !== undefined) return new Date(at).toISOString();
  throw new InvalidArgumentError("must be such as 30d, 12h, 2w, 2027-01-31 or 2027-01-31T12:00:00Z, or none");
}
