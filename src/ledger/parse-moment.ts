import { dayMs, hourMs } from "./time-names.ts";

/** Where a time begins or ends: a whole day in it, and the day as an end is that day's own end. */
export type MomentRole = "from" | "to";

/** How a moment is written, for messages. */
export const momentForms = "a day (2026-11-27), a time (2026-11-27T09:00:00Z), or how long ago (7d, 12h)";

/** Larger numbers are no times of anything here. */
const latest = Date.UTC(10_000, 0, 1) - 1;

/**
 * The moment (ms since the epoch) that a text means; `undefined` if none. All is UTC where nothing else is said:
 * - `2026-11-27`: the beginning of that day; as `to` its end, so that the day is in it;
 * - `2026-11-27T09:00:00Z`, `…+01:00`, or without a zone;
 * - `7d`, `12h`: the beginning of the day, or hour, that was so long before `now`, so that no day of a table is half a day;
 * - `1795780000`: seconds since the epoch.
 */
export function parseMoment(text: string, role: MomentRole, now: number): number | undefined {
  const ago = /^(\d{1,5})([dh])$/.exec(text);
  if (ago !== null) {
    const step = ago[2] === "d" ? dayMs : hourMs;
    return Math.floor(now / step) * step - Number(ago[1]) * step;
  }
  if (/^\d{1,12}$/.test(text)) return within(Number(text) * 1000);
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:\d{2})?)?$/i.exec(text);
  if (match === null) return undefined;
  const [, day = "", time, zone = "Z"] = match;
  const parsed = Date.parse(`${day}T${time ?? "00:00"}${zone.toUpperCase()}`);
  // 2026-02-30 would be a day of March.
  if (Number.isNaN(parsed) || !new Date(Date.parse(`${day}T00:00Z`)).toISOString().startsWith(day))
    return undefined;
  return within(time === undefined && role === "to" ? parsed + dayMs : parsed);
}

function within(at: number): number | undefined {
  return at >= 0 && at <= latest ? at : undefined;
}
