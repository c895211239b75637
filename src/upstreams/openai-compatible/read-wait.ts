import { findWait } from "../http/find-wait.ts";
import { asNumber } from "./read-json.ts";

/** Reads a header by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/** Longer than any limit lasts. */
const longestMs = 366 * 24 * 3_600_000;

/** Go's way to write a time, as OpenAI's reset headers have it: `6m0s`, `120ms`. */
const duration = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/;

/**
 * When a server says that it will answer again, in ms from `now` (ms since the epoch): by `Retry-After` (seconds or a date) and
 * `Retry-After-Ms`, by a reset time of the limit that is used up, or by its words. Never invented.
 */
export function readWait(header: HeaderReader, words: string, now: number): number | undefined {
  const waits = [
    toSensible(asNumber(header("retry-after-ms"))),
    toRetryAfter(header("retry-after"), now),
    ...["requests", "tokens"].map((what) =>
      isUsedUp(header(`x-ratelimit-remaining-${what}`))
        ? toReset(header(`x-ratelimit-reset-${what}`), now)
        : undefined,
    ),
    toReset(header("x-ratelimit-reset"), now),
    findWait(words),
  ];
  return waits.find((wait) => wait !== undefined);
}

function isUsedUp(remaining: string | undefined): boolean {
  return remaining !== undefined && Number(remaining) <= 0;
}

function toRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const seconds = asNumber(text);
  if (seconds !== undefined) return toSensible(seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : toSensible(date - now);
}

/** Seconds or milliseconds since the epoch, seconds from now, or a duration. */
function toReset(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const value = asNumber(text);
  if (value !== undefined) {
    if (value > 1e11) return toSensible(value - now);
    return toSensible(value > 1e9 ? value * 1000 - now : value * 1000);
  }
  const found = duration.exec(text)?.slice(1);
  if (found === undefined) return undefined;
  const units = [3_600_000, 60_000, 1000, 1];
  return toSensible(units.reduce((sum, unit, index) => sum + Number(found[index] ?? 0) * unit, 0));
}

/** Never negative; `undefined` for what can't be meant. */
function toSensible(waitMs: number | undefined): number | undefined {
  return waitMs !== undefined && waitMs <= longestMs ? Math.max(0, waitMs) : undefined;
}
