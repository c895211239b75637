import type { LimitObject } from "../../api/types.ts";
import { writeAmount, writeMoney } from "../../domain/figures.ts";
import type { Texts } from "../../text/en.ts";

function writeFigure(value: number, { unit }: LimitObject, locale: string): string {
  return unit === "usd" ? writeMoney(value, locale) : writeAmount(value, locale);
}

/** `1.24 M of 2.00 M / day` */
export function writeLimit(limit: LimitObject, t: Texts): string {
  const period = limit.period === null ? undefined : (t.keys.periods[limit.period] ?? limit.period);
  return t.keys.ofBudget(
    writeFigure(limit.used + limit.reserved, limit, t.locale),
    writeFigure(limit.cap, limit, t.locale),
    period,
  );
}

/** What the figures of a limit are of; dollars say so themselves. */
export function writeUnit({ unit }: LimitObject, t: Texts): string {
  if (unit === "usd") return "";
  return unit === "tokens" ? t.keys.form.units.tokens : t.overview.requests.toLowerCase();
}
