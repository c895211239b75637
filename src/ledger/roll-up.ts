import type { LedgerRow } from "./ledger-row.ts";
import { addFigures, type SumFigures, toFigures } from "./sum-up.ts";
import { bucketOf } from "./time-buckets.ts";
import { type Dimension, dimensions, type Period, periods, type View, views } from "./views.ts";

/** What some requests add up to. */
export interface CellPart {
  readonly figures: SumFigures;
  /** Answered after another try had failed. */
  readonly recovered: number;
  /** When the newest came, ms since the epoch. */
  readonly lastAt: number;
  /** The buckets of the times until the first token, and of the whole times of what was answered; in no order. */
  readonly firstTokenBuckets: readonly number[];
  readonly totalBuckets: readonly number[];
}

/** What the requests of one slot of time that share a view's dimensions came to. */
export interface Cell extends CellPart {
  readonly period: Period;
  /** So many of the period since the epoch. */
  readonly slot: number;
  readonly view: View;
  /** By the places in `dimensions`; `undefined`: they have none, or the view does not tell them apart. */
  readonly names: readonly (string | undefined)[];
}

/** Adds up what is in the same cell. What is there alone is shared with what it is made of, and copied when more comes. */
class Group implements CellPart {
  readonly slot: number;
  /** The names as numbers, by their places in `dimensions`; 0: none. */
  readonly ids: readonly number[];
  readonly names: readonly (string | undefined)[];
  recovered: number;
  lastAt: number;
  #figures: SumFigures;
  #firstTokenBuckets: readonly number[];
  #totalBuckets: readonly number[];
  #own: { readonly figures: SumFigures; readonly first: number[]; readonly total: number[] } | undefined;

  constructor(slot: number, { ids, names }: Pick<Group, "ids" | "names">, part: CellPart) {
    this.slot = slot;
    this.ids = ids;
    this.names = names;
    this.recovered = part.recovered;
    this.lastAt = part.lastAt;
    this.#figures = part.figures;
    this.#firstTokenBuckets = part.firstTokenBuckets;
    this.#totalBuckets = part.totalBuckets;
  }

  get figures(): SumFigures {
    return this.#figures;
  }

  get firstTokenBuckets(): readonly number[] {
    return this.#firstTokenBuckets;
  }

  get totalBuckets(): readonly number[] {
    return this.#totalBuckets;
  }

  add(part: CellPart): void {
    if (this.#own === undefined) {
      const [first, total] = [[...this.#firstTokenBuckets], [...this.#totalBuckets]];
      this.#own = { figures: { ...this.#figures }, first, total };
      this.#figures = this.#own.figures;
      this.#firstTokenBuckets = first;
      this.#totalBuckets = total;
    }
    addFigures(this.#own.figures, part.figures);
    for (const bucket of part.firstTokenBuckets) this.#own.first.push(bucket);
    for (const bucket of part.totalBuckets) this.#own.total.push(bucket);
    this.recovered += part.recovered;
    this.lastAt = Math.max(this.lastAt, part.lastAt);
  }
}

/** What one row adds to each of its cells. */
export function toPart(row: LedgerRow): CellPart {
  const isAnswered = row.outcome === "answered";
  return {
    figures: toFigures(row),
    recovered: isAnswered && row.attempts.length > 1 ? 1 : 0,
    lastAt: row.at,
    firstTokenBuckets: row.firstTokenMs === undefined ? [] : [bucketOf(row.firstTokenMs)],
    totalBuckets: isAnswered ? [bucketOf(row.ms)] : [],
  };
}

/** The rows by all that tells them apart, in slots of the shortest period. */
function groupRows(rows: readonly LedgerRow[]): readonly Group[] {
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
    const names = dimensions.map((name) => row[name]);
    const ids = names.map(numberOf);
    const id = `${slot} ${ids.join(" ")}`;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, new Group(slot, { ids, names }, toPart(row)));
    else group.add(toPart(row));
  }
  return [...groups.values()];
}

/** Puts together what a view does not tell apart, in slots that are made of so many of those that there are. */
function project(groups: readonly Group[], view: View, slots: number): readonly Group[] {
  const places = view.dimensions.map((name) => dimensions.indexOf(name));
  const projected = new Map<string, Group>();
  for (const group of groups) {
    const slot = Math.floor(group.slot / slots);
    let id = String(slot);
    for (const place of places) id += ` ${group.ids[place] ?? 0}`;
    const sum = projected.get(id);
    if (sum === undefined) projected.set(id, new Group(slot, group, group));
    else sum.add(group);
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

function toCell(group: Group, { view, period }: Step): Cell {
  const isTold = (name: Dimension) => view.dimensions.includes(name);
  return {
    period,
    slot: group.slot,
    view,
    names: dimensions.map((name, place) => (isTold(name) ? group.names[place] : undefined)),
    figures: group.figures,
    recovered: group.recovered,
    lastAt: group.lastAt,
    firstTokenBuckets: group.firstTokenBuckets,
    totalBuckets: group.totalBuckets,
  };
}

/**
 * All cells of some rows: of each view, period and slot that they are in. `recentFrom`: of what came before that (ms since the epoch) there are
 * none of the shortest period, which is not kept for long.
 */
export function rollUp(rows: readonly LedgerRow[], recentFrom: number): readonly Cell[] {
  const made = new Map<Step | undefined, readonly Group[]>([[undefined, groupRows(rows)]]);
  const { recent } = periods;
  return steps.flatMap((step) => {
    const { view, period, of } = step;
    const groups = project(made.get(of) ?? [], view, period.ms / (of?.period ?? recent).ms);
    made.set(step, groups);
    return groups
      .filter(({ slot }) => period !== recent || slot * recent.ms >= recentFrom)
      .map((group) => toCell(group, step));
  });
}
