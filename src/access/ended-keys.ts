import type { AccessKey, KeyLineage } from "./access-key.ts";

/** All keys with those that they descend from, in the order of `all`. */
export function toLineages(all: readonly AccessKey[]): readonly KeyLineage[] {
  const byId = new Map(all.map((key) => [key.id, key]));
  const parentOf = ({ parent }: AccessKey) => (parent === undefined ? undefined : byId.get(parent));
  return all.map((key) => {
    const ancestors: AccessKey[] = [];
    for (let one = parentOf(key); one !== undefined; one = parentOf(one)) ancestors.push(one);
    return { key, ancestors };
  });
}

/** When a key ends, or has ended: by its own end or that of one that it descends from, whichever comes first. `Infinity`: it does not. */
function endOf({ key, ancestors }: KeyLineage): number {
  const ends = [key, ...ancestors].flatMap(({ revokedAt, expiresAt }) => [revokedAt, expiresAt]);
  return Math.min(...ends.map((end) => end ?? Infinity));
}

/** What may be forgotten, by ids. */
export interface EndedKeys {
  readonly keys: readonly string[];
  /** The limits that may have been counted for them, and bind none of the keys that are left. */
  readonly limits: readonly string[];
}

/**
 * Those of all keys that ended before then (ms since the epoch): with a key all that descend from it. Where that is all of
 * them, the newest without a parent stays, since a gateway that has no key and no token lets everybody in.
 */
export function findEndedKeys(all: readonly AccessKey[], endedBefore: number): EndedKeys {
  let ended = toLineages(all).flatMap((lineage) => (endOf(lineage) < endedBefore ? [lineage.key] : []));
  if (ended.length === all.length) {
    const [newest] = ended
      .filter(({ parent }) => parent === undefined)
      .toSorted((one, other) => other.createdAt - one.createdAt);
    ended = ended.filter((key) => key !== newest);
  }
  return { keys: ended.map(({ id }) => id), limits: limitsLeftBehind(ended, all) };
}

/** Named as `limits-of.ts` does it. */
const keyLimits = ["concurrency", "requests_per_minute", "tokens_per_minute", "tokens_per_day"] as const;
const budgetUnits = ["tokens", "nano-usd"] as const;

function limitsLeftBehind(ended: readonly AccessKey[], all: readonly AccessKey[]): readonly string[] {
  if (ended.length === 0) return [];
  const gone = new Set(ended);
  const budgets = new Set(ended.flatMap(({ budget }) => budget?.id ?? []));
  for (const key of all) if (key.budget !== undefined && !gone.has(key)) budgets.delete(key.budget.id);
  return [
    ...ended.flatMap(({ id }) => keyLimits.map((name) => `${id}.${name}`)),
    ...[...budgets].flatMap((id) => budgetUnits.map((unit) => `${id}.${unit}`)),
  ];
}
