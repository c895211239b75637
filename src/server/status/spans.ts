const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long back a status looks, by its name in a query. */
export const spans = { "1h": hourMs, "24h": dayMs, "7d": 7 * dayMs, "30d": 30 * dayMs } as const;

/** A name of one. */
export type SpanName = keyof typeof spans;

/** So many steps are told of each. */
export const stepCount = 48;

/** A span as it lies now: its last step is the one that is not over. */
export interface Window {
  /** Ms since the epoch; the first is in it, the last is not. */
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

/** The window that ends with the step in which `now` is; so steps stay what they are as long as they are seen. */
export function windowAt(span: SpanName, now: number): Window {
  const length = spans[span];
  const stepMs = length / stepCount;
  const to = (Math.floor(now / stepMs) + 1) * stepMs;
  return { from: to - length, to, stepMs };
}
