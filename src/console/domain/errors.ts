import type { ErrorCountObject } from "../api/types.ts";

/** A kind of error as it is shown: `key-limit` is a limit or budget of a key, whichever kind the gateway answers with. */
export interface ErrorRow {
  readonly kind: string;
  readonly count: number;
}

const limits: ReadonlySet<string> = new Set(["rate-limited", "budget-exhausted"]);

/** Errors by kind, the most frequent first; what is refused for a key's limit apart from what an upstream refuses. */
export function toErrorRows(errors: readonly ErrorCountObject[], most: number): readonly ErrorRow[] {
  const counts = new Map<string, number>();
  const add = (kind: string, count: number) => {
    if (count > 0) counts.set(kind, (counts.get(kind) ?? 0) + count);
  };
  for (const { error, failed, refused } of errors) {
    add(error, failed);
    add(limits.has(error) ? "key-limit" : error, refused);
  }
  const rows = [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((one, other) => other.count - one.count || (one.kind < other.kind ? -1 : 1));
  if (rows.length <= most) return rows;
  const rest = rows.slice(most - 1).reduce((sum, { count }) => sum + count, 0);
  return [...rows.slice(0, most - 1), { kind: "other", count: rest }];
}
