import type { Texts } from "../../text/en.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long ago something was, in words. */
export function writeAgo(ms: number, t: Texts["common"]): string {
  if (ms < minuteMs) return t.now;
  if (ms < hourMs) return t.minutesAgo(Math.floor(ms / minuteMs));
  return ms < dayMs ? t.hoursAgo(Math.floor(ms / hourMs)) : t.daysAgo(Math.floor(ms / dayMs));
}
