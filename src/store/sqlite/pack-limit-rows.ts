import type { Limit } from "../../access/limits.ts";
import type { LimitRow } from "./limit-rows.ts";

/** Rows as they go from one thread to another: a third of what it takes to clone an object for each. */
export interface PackedLimitRows {
  readonly ids: readonly string[];
  /** So many for each row, in the order of the list below. */
  readonly numbers: Float64Array;
}

const kinds: readonly Limit["kind"][] = ["rate", "budget", "concurrency"];
const units: readonly Limit["unit"][] = ["requests", "tokens", "nano-usd"];
const periods: readonly Limit["period"][] = [undefined, "minute", "hour", "day", "week", "month", "total"];
/** kind, unit, period, win, used, prev, ceiling. */
const perRow = 7;

/** What a column of whole numbers takes: one row that it refused would keep all others from being written. */
function whole(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(Math.ceil(value), Number.MAX_SAFE_INTEGER);
}

/** Packs rows. Figures that are no whole numbers become some. */
export function packLimitRows(rows: readonly LimitRow[]): PackedLimitRows {
  const ids: string[] = [];
  const numbers = new Float64Array(rows.length * perRow);
  for (const { id, kind, unit, period, win, used, prev, ceiling } of rows) {
    let at = ids.length * perRow;
    numbers[at++] = kinds.indexOf(kind);
    numbers[at++] = units.indexOf(unit);
    numbers[at++] = periods.indexOf(period);
    numbers[at++] = whole(win);
    numbers[at++] = whole(used);
    numbers[at++] = whole(prev);
    numbers[at++] = ceiling === undefined ? Number.NaN : whole(ceiling);
    ids.push(id);
  }
  return { ids, numbers };
}

/** The rows that were packed. */
export function unpackLimitRows({ ids, numbers }: PackedLimitRows): readonly LimitRow[] {
  return ids.map((id, index) => {
    const row = numbers.subarray(index * perRow, (index + 1) * perRow);
    const [kind = 0, unit = 0, period = 0, win = 0, used = 0, prev = 0, ceiling = Number.NaN] = row;
    return {
      id,
      kind: kinds[kind] ?? "rate",
      unit: units[unit] ?? "requests",
      period: periods[period],
      win,
      used,
      prev,
      ceiling: Number.isNaN(ceiling) ? undefined : ceiling,
    };
  });
}
