import type { ModelObject, UpstreamObject } from "../api/types.ts";

/** An allowance that ends before it is renewed, at the pace of the last half hour. */
export interface Forecast {
  /** Ms since the epoch. */
  readonly endsAt: number;
  readonly minutesEarly: number;
}

const paceMs = 1_800_000;

/**
 * When an upstream's allowance will be used up, where that is before it is renewed. Rule (docs/console.md): what is left, at as many tokens a
 * minute as in the last 30 minutes. None while the gateway has run for less, nothing is counted, nothing was used, or all is used.
 */
export function forecast(
  { allowance, pace_tokens: pace }: UpstreamObject,
  now: number,
): Forecast | undefined {
  if (allowance?.state !== "available" || pace === null || pace <= 0) return undefined;
  const { remaining_tokens: left, resets_at: renewal } = allowance;
  if (left === null || renewal === null) return undefined;
  const endsAt = now + (left / pace) * paceMs;
  const minutesEarly = Math.floor((Date.parse(renewal) - endsAt) / 60_000);
  return minutesEarly < 1 ? undefined : { endsAt, minutesEarly };
}

const isPaid = ({ pricing }: ModelObject["upstreams"][number]): boolean =>
  pricing !== null && Object.values(pricing).some((price) => Number(price) > 0);

/** Who answers what `name` no longer does: the upstream that stands behind it at most of its models, and whether any of them costs. */
export function findNext(
  name: string,
  models: readonly ModelObject[],
): { readonly name: string; readonly paid: boolean } | undefined {
  const followers = new Map<string, { count: number; paid: boolean }>();
  for (const { upstreams } of models) {
    const place = upstreams.findIndex((leg) => leg.name === name);
    const next = place < 0 ? undefined : upstreams.slice(place + 1).find((leg) => leg.answers_now);
    if (next === undefined) continue;
    const known = followers.get(next.name) ?? { count: 0, paid: false };
    followers.set(next.name, { count: known.count + 1, paid: known.paid || isPaid(next) });
  }
  const [best] = [...followers].sort(([, one], [, other]) => other.count - one.count);
  return best === undefined ? undefined : { name: best[0], paid: best[1].paid };
}
