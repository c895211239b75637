import type { UsageObject } from "../dialects/encode-gateway-usage.ts";
import { describeWait } from "../upstreams/akash-chat/exhausted-error.ts";

/** An upstream as `GET /v1/usage` tells of it. */
export type UpstreamUsage = UsageObject["upstreams"][number];

/** Now, in ms since the epoch, and where the reader's clock is; default: this machine's. */
export interface Clock {
  readonly now: number;
  readonly timeZone?: string | undefined;
}

/** `14:03`, or `Fri 02:10` when that is not today. */
export function describeTime(time: number, { now, timeZone }: Clock): string {
  const write = (at: number, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat("en-GB", { timeZone, ...options }).format(at);
  const day = { year: "numeric", month: "numeric", day: "numeric" } as const;
  const hours = write(time, { hour: "2-digit", minute: "2-digit" });
  return write(time, day) === write(now, day) ? hours : `${write(time, { weekday: "short" })} ${hours}`;
}

/** A number for people: `14,375`. */
export function describeCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** What is left of a budget and when there is a new one, in one line. */
export function describeBudget(usage: UpstreamUsage, clock: Clock): string {
  if (usage.state === "uncounted") return "no limit: this instance counts nothing";
  if (usage.state === "unknown") return "not known: the upstream does not say";
  return usage.state === "spent" ? `spent; ${describeReset(usage, clock)}` : describeRest(usage, clock);
}

function describeRest(usage: UpstreamUsage, clock: Clock): string {
  const {
    used_percent: percent,
    remaining_tokens: left,
    limit_tokens: limit,
    window_seconds: window,
  } = usage;
  if (limit === null || left === null) {
    return `${Math.max(0, 100 - (percent ?? 0)).toFixed(0)} % left; ${describeReset(usage, clock)}`;
  }
  // The window begins with the first request: until then nobody knows when it ends.
  if (percent === 0 && window !== null) {
    return `all of ${describeCount(limit)} tokens left, for ${describeWait(window * 1000)} from the first request on`;
  }
  return `${describeCount(left)} of ${describeCount(limit)} tokens left; ${describeReset(usage, clock)}`;
}

function describeReset({ resets_at: resetsAt }: UpstreamUsage, clock: Clock): string {
  if (resetsAt === null) return "nobody says when there is a new one";
  const time = Date.parse(resetsAt);
  return `a new budget at ${describeTime(time, clock)} (in ${describeWait(time - clock.now)})`;
}
