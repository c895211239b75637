import type { LedgerRow } from "./ledger-row.ts";

/**
 * What is to be told of a time, cut into steps. Of requests for an answer alone: what asked one of the APIs, by its dialect; lists and
 * looks at the gateway are none.
 */
export interface LedgerActivityQuery {
  /** ms since the epoch; the first is in it, the last is not. */
  readonly from: number;
  readonly to: number;
  /** How long a step is, in ms; the first begins at `from`. */
  readonly stepMs: number;
  /** A key's id: of what that one asked. Absent: of all. */
  readonly key?: string;
}

/** A median, and what 95 of 100 did not exceed, in ms: values that occurred (the nearest rank, from below). */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

/** What some requests came to. */
export interface ActivityFigures {
  readonly requests: number;
  readonly failed: number;
  readonly refused: number;
  readonly left: number;
  /** Answered after another try had failed. */
  readonly recovered: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly nanoUsd: number;
  /** Of those that had a first token; `undefined`: none had. */
  readonly firstTokenMs: Percentiles | undefined;
  /** Of those that were answered. */
  readonly totalMs: Percentiles | undefined;
  /** When the newest came, ms since the epoch. */
  readonly lastAt: number;
}

/** The same of one step, model or upstream. */
export interface ActivityPart<Of> extends ActivityFigures {
  readonly of: Of;
}

/** How often requests ended with one kind of error. */
export interface ErrorCount {
  readonly error: string;
  readonly failed: number;
  readonly refused: number;
}

/** What happened in a time. Parts without a request are left out. */
export interface LedgerActivity {
  /** `undefined`: nothing. */
  readonly all: ActivityFigures | undefined;
  /** By number, ascending: step 0 begins at `from`. */
  readonly steps: readonly ActivityPart<number>[];
  /** The most used first; those that nobody was asked for are in none. */
  readonly models: readonly ActivityPart<string>[];
  readonly upstreams: readonly ActivityPart<string>[];
  /** The most frequent first. */
  readonly errors: readonly ErrorCount[];
}

/** What is read of a row for it. */
export type ActivityRow = Pick<
  LedgerRow,
  | "at"
  | "outcome"
  | "model"
  | "upstream"
  | "error"
  | "inputTokens"
  | "outputTokens"
  | "nanoUsd"
  | "firstTokenMs"
  | "ms"
> & { readonly tries: number };

/** The value below or at which a share of sorted values lies. */
function rank(sorted: Float64Array, share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
}

/** Percentiles of values in any order; `undefined` of none. */
export function toPercentiles(values: readonly number[]): Percentiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95) };
}

/** Adds up the rows of one part. */
class Tally {
  #requests = 0;
  #failed = 0;
  #refused = 0;
  #left = 0;
  #recovered = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #nanoUsd = 0;
  #lastAt = -Infinity;
  readonly #firstTokens: number[] = [];
  readonly #totals: number[] = [];

  add(row: ActivityRow): void {
    this.#requests += 1;
    if (row.outcome === "failed") this.#failed += 1;
    else if (row.outcome === "refused") this.#refused += 1;
    else if (row.outcome === "left") this.#left += 1;
    else {
      this.#totals.push(row.ms);
      if (row.tries > 1) this.#recovered += 1;
    }
    this.#inputTokens += row.inputTokens ?? 0;
    this.#outputTokens += row.outputTokens ?? 0;
    this.#nanoUsd += row.nanoUsd ?? 0;
    if (row.firstTokenMs !== undefined) this.#firstTokens.push(row.firstTokenMs);
    this.#lastAt = Math.max(this.#lastAt, row.at);
  }

  get figures(): ActivityFigures {
    return {
      requests: this.#requests,
      failed: this.#failed,
      refused: this.#refused,
      left: this.#left,
      recovered: this.#recovered,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      nanoUsd: this.#nanoUsd,
      firstTokenMs: toPercentiles(this.#firstTokens),
      totalMs: toPercentiles(this.#totals),
      lastAt: this.#lastAt,
    };
  }
}

function addTo<Of>(tallies: Map<Of, Tally>, of: Of, row: ActivityRow): void {
  const tally = tallies.get(of) ?? new Tally();
  tallies.set(of, tally);
  tally.add(row);
}

function toParts<Of>(tallies: ReadonlyMap<Of, Tally>): ActivityPart<Of>[] {
  return [...tallies].map(([of, { figures }]) => ({ of, ...figures }));
}

/** The order in which parts and errors stand, whoever has added them up. */
export const activityOrder = {
  steps: (one: ActivityPart<number>, other: ActivityPart<number>) => one.of - other.of,
  parts: (one: ActivityPart<string>, other: ActivityPart<string>) =>
    other.requests - one.requests || (one.of < other.of ? -1 : 1),
  errors: (one: ErrorCount, other: ErrorCount) =>
    other.failed + other.refused - one.failed - one.refused || (one.error < other.error ? -1 : 1),
};

/** Adds up rows that fit a query. */
export interface ActivitySum {
  add(row: ActivityRow): void;
  activity(): LedgerActivity;
}

/** Creates an empty sum; only rows of its time and key may be added. */
export function createActivitySum({ from, stepMs }: LedgerActivityQuery): ActivitySum {
  const all = new Map<"all", Tally>();
  const steps = new Map<number, Tally>();
  const models = new Map<string, Tally>();
  const upstreams = new Map<string, Tally>();
  const errors = new Map<string, { failed: number; refused: number }>();

  return {
    add(row) {
      addTo(all, "all", row);
      addTo(steps, Math.floor((row.at - from) / stepMs), row);
      if (row.model !== undefined) addTo(models, row.model, row);
      if (row.upstream !== undefined) addTo(upstreams, row.upstream, row);
      if (row.error === undefined || (row.outcome !== "failed" && row.outcome !== "refused")) return;
      const count = errors.get(row.error) ?? { failed: 0, refused: 0 };
      errors.set(row.error, count);
      count[row.outcome] += 1;
    },
    activity: () => ({
      all: all.get("all")?.figures,
      steps: toParts(steps).sort(activityOrder.steps),
      models: toParts(models).sort(activityOrder.parts),
      upstreams: toParts(upstreams).sort(activityOrder.parts),
      errors: [...errors].map(([error, count]) => ({ error, ...count })).sort(activityOrder.errors),
    }),
  };
}
