import type { LedgerRow } from "./ledger-row.ts";
import { figureNames, type SumFigures, toFigures } from "./sum-up.ts";
import { bucketOf } from "./time-buckets.ts";
import { type Dimension, dimensions, type Period, periods, type View, views } from "./views.ts";

/** The names by which requests of a cell are told apart; absent: they have none, or the view does not tell them apart. */
export type CellNames = Readonly<Partial<Record<Dimension, string | undefined>>>;

/** What some requests came to: those of one slot of time that share a view's dimensions. */
export interface Cell {
  readonly period: Period;
  /** So many of the period since the epoch. */
  readonly slot: number;
  readonly view: View;
  readonly names: CellNames;
  readonly figures: SumFigures;
  /** Answered after another try had failed. */
  readonly recovered: number;
  /** When the newest came, ms since the epoch. */
  readonly lastAt: number;
  /** The buckets of the times until the first token, and of the whole times of what was answered; in no order. */
  readonly firstTokenBuckets: readonly number[];
  readonly totalBuckets: readonly number[];
}

/** Requests that are in the same cells: `ids` are their names as numbers, by the place in `dimensions`. */
interface Group {
  readonly slot: number;
  readonly ids: readonly number[];
  readonly names: CellNames;
  readonly figures: { -readonly [Name in keyof SumFigures]: number };
  recovered: number;
  lastAt: number;
  readonly firstTokenBuckets: number[];
  readonly totalBuckets: number[];
}

/** What one row adds to each of its cells. */
export function toPart(
  row: LedgerRow,
): Pick<Cell, "figures" | "recovered" | "lastAt" | "firstTokenBuckets" | "totalBuckets"> {
  const isAnswered = row.outcome === "answered";
  return {
    figures: toFigures(row),
    recovered: isAnswered && row.attempts.length > 1 ? 1 : 0,
    lastAt: row.at,
    firstTokenBuckets: row.firstTokenMs === undefined ? [] : [bucketOf(row.firstTokenMs)],
    totalBuckets: isAnswered ? [bucketOf(row.ms)] : [],
  };
}

function add(sum: Group, part: Omit<Group, "slot" | "ids" | "names">): void {
  for (const name of figureNames) sum.figures[name] += part.figures[name];
  sum.recovered += part.recovered;
  sum.lastAt = Math.max(sum.lastAt, part.lastAt);
  for (const bucket of part.firstTokenBuckets) sum.firstTokenBuckets.push(bucket);
  for (const bucket of part.totalBuckets) sum.totalBuckets.push(bucket);
}

/** The rows by all that tells them apart, in slots of the shortest period. */
function group(rows: readonly LedgerRow[]): readonly Group[] {
  const groups = new Map<string, Group>();
  const numbers = new Map<string, number>();
  const numberOf = (name: string | undefined) => {
    if (name === undefined) return 0;
    const number = numbers.get(name) ?? numbers.size + 1;
    numbers.set(name, number);
    return number;
  };
  for (const row of rows) {
    const slot = Math.floor(row.at / periods.recent.ms);
    const { key, model, upstream, dialect, error, client } = row;
    const ids = [key, model, upstream, dialect, error, client].map(numberOf);
    const id = `${slot} ${ids.join(" ")}`;
    const { figures, recovered, lastAt, firstTokenBuckets, totalBuckets } = toPart(row);
    const part = {
      slot,
      ids,
      names: { key, model, upstream, dialect, error, client },
      figures: { ...figures },
      recovered,
      lastAt,
      firstTokenBuckets: [...firstTokenBuckets],
      totalBuckets: [...totalBuckets],
    };
    const sum = groups.get(id);
    if (sum === undefined) groups.set(id, part);
    else add(sum, part);
  }
  return [...groups.values()];
}

/** Puts together what a view does not tell apart, in slots that are made of so many of those that there are. */
function project(groups: readonly Group[], view: View, slots: number): readonly Group[] {
  const places = view.dimensions.map((name) => dimensions.indexOf(name));
  const projected = new Map<string, Group>();
  for (const one of groups) {
    const slot = Math.floor(one.slot / slots);
    let id = String(slot);
    for (const place of places) id += ` ${one.ids[place] ?? 0}`;
    const sum = projected.get(id);
    if (sum !== undefined) {
      add(sum, one);
      continue;
    }
    const names = Object.fromEntries(view.dimensions.map((name) => [name, one.names[name]]));
    const { figures, firstTokenBuckets, totalBuckets } = one;
    projected.set(id, {
      ...one,
      slot,
      names,
      figures: { ...figures },
      firstTokenBuckets: [...firstTokenBuckets],
      totalBuckets: [...totalBuckets],
    });
  }
  return [...projected.values()];
}

/** A view's cells of a period, and those that they are made of: as few as tell enough. */
interface Step {
  readonly view: View;
  readonly period: Period;
  /** Absent: the rows. */
  readonly of: Step | undefined;
}

/** How all cells are made, those that others are made of first. */
const steps = views.toReversed().reduce<Step[]>((known, view) => {
  const tells = (other: View) =>
    view.dimensions.every((name) => other.dimensions.includes(name)) && (other.hasTimes || !view.hasTimes);
  for (const period of view.periods) {
    const shorter = known.findLast((step) => step.view === view);
    const wider = known.findLast((step) => step.period === period && tells(step.view));
    known.push({ view, period, of: shorter ?? wider });
  }
  return known;
}, []);

/**
 * All cells of some rows: of each view, period and slot that they are in. `recentFrom`: of what came before that (ms since the epoch) there are
 * none of the shortest period, which is not kept for long.
 */
export function rollUp(rows: readonly LedgerRow[], recentFrom: number): readonly Cell[] {
  const made = new Map<Step | undefined, readonly Group[]>([[undefined, group(rows)]]);
  const { recent } = periods;
  return steps.flatMap((step) => {
    const { view, period, of } = step;
    const groups = project(made.get(of) ?? [], view, period.ms / (of?.period ?? recent).ms);
    made.set(step, groups);
    return groups
      .filter(({ slot }) => period !== recent || slot * recent.ms >= recentFrom)
      .map(({ ids: _, ...cell }): Cell => ({ ...cell, view, period }));
  });
}
