import type { LimitObject } from "../../api/types.ts";
import { writeCount, writeMoney } from "../../domain/figures.ts";
import type { Texts } from "../../text/en.ts";

const million = 1e6;

/** `1.24 of 2.00 M / day`, `50,000 of 50,000 / day`, `$0.31 of $10.00 / month` */
export function writeLimit(limit: LimitObject, t: Texts): string {
  const period = limit.period === null ? undefined : (t.keys.periods[limit.period] ?? limit.period);
  const used = limit.used + limit.reserved;
  if (limit.unit === "usd")
    return t.keys.ofBudget(writeMoney(used, t.locale), writeMoney(limit.cap, t.locale), period);
  if (limit.cap < million)
    return t.keys.ofBudget(writeCount(used, t.locale), writeCount(limit.cap, t.locale), period);
  const ofMillion = (value: number) => (value / million).toFixed(2);
  return t.keys.ofBudget(ofMillion(used), `${ofMillion(limit.cap)} M`, period);
}

/** What the figures of a limit are of; dollars say so themselves. */
export function writeUnit({ unit }: LimitObject, t: Texts): string {
  if (unit === "usd") return "";
  return unit === "tokens" ? t.keys.form.units.tokens : t.overview.requests.toLowerCase();
}
