import type { KeyHourObject, KeyObject, LimitObject } from "../api/types.ts";

/** A key in its place below the key that made it. */
export interface KeyRow {
  readonly key: KeyObject;
  readonly depth: number;
}

/** Whether a key is good for nothing any more by itself. */
export function isOver({ revoked_at: revoked, expires_at: expires }: KeyObject, now: number): boolean {
  return revoked !== null || (expires !== null && Date.parse(expires) <= now);
}

/** Keys that have not ended, children below their parents, each in the order of the list. A child of one that is over is over. */
export function toKeyRows(keys: readonly KeyObject[], now: number): readonly KeyRow[] {
  const known = new Set(keys.map(({ id }) => id));
  const childrenOf = (parent: string | null) =>
    keys.filter((key) => (key.parent !== null && known.has(key.parent) ? key.parent : null) === parent);
  const rowsBelow = (parent: string | null, depth: number): KeyRow[] =>
    childrenOf(parent).flatMap((key) =>
      isOver(key, now) ? [] : [{ key, depth }, ...rowsBelow(key.id, depth + 1)],
    );
  return rowsBelow(null, 0);
}

/** All keys that end with one: its descendants that have not ended. */
export function listDescendants(id: string, keys: readonly KeyObject[], now: number): readonly KeyObject[] {
  return keys
    .filter((key) => key.parent === id && !isOver(key, now))
    .flatMap((key) => [key, ...listDescendants(key.id, keys, now)]);
}

/** The limit that a key's budget column shows: its budget, else its tokens of a day, and how full it is (1: used up). */
export function findBudget(
  key: KeyObject,
): { readonly limit: LimitObject; readonly share: number } | undefined {
  const own = key.limits.filter(
    ({ id, limit }) =>
      id.startsWith(`${key.id}.`) ||
      (limit === "budget" && key.budget !== null && id.startsWith(`${key.budget.id}.`)),
  );
  const limit =
    own.find((one) => one.limit === "budget") ?? own.find((one) => one.limit === "tokens_per_day");
  if (limit === undefined) return undefined;
  return { limit, share: limit.cap === 0 ? 1 : (limit.used + limit.reserved) / limit.cap };
}

/** The limits of a key, its ancestors' too, that leave nothing now. */
export function findFull({ limits }: KeyObject): readonly LimitObject[] {
  return limits.filter(({ remaining, unit }) => remaining <= 0 && unit !== "requests");
}

/** 24 counts of requests of one key, the last of the hour in which `now` is. */
export function toHours(rows: readonly KeyHourObject[], key: string, now: number): readonly number[] {
  const counts = new Map(rows.filter((row) => row.key === key).map((row) => [row.hour, row.requests]));
  return Array.from({ length: 24 }, (_, index) => {
    const hour = new Date(now - (23 - index) * 3_600_000).toISOString().slice(0, 13);
    return counts.get(hour) ?? 0;
  });
}

/** What is known of requests: how many there were each hour of the last 24, and all since a time (ISO 8601; `undefined`: none are known). */
export interface SeenUse {
  readonly hours: readonly KeyHourObject[];
  readonly since: string | undefined;
}

/** Whether a key is so new that all that was ever asked by it is known: where nothing is, it was never used. */
export function isSeenWhole({ id, created_at: created }: KeyObject, use: SeenUse, now: number): boolean {
  if (created === null) return false;
  if (use.since !== undefined && Date.parse(created) >= Date.parse(use.since)) return true;
  const isOfToday = now - Date.parse(created) < 86_400_000;
  return isOfToday && toHours(use.hours, id, now).every((count) => count === 0);
}

/** Whole days until a key ends; `undefined`: not within a week. */
export function daysLeft({ expires_at: expires }: KeyObject, now: number): number | undefined {
  if (expires === null) return undefined;
  const days = Math.floor((Date.parse(expires) - now) / 86_400_000);
  return days < 7 ? Math.max(0, days) : undefined;
}
