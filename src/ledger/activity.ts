import { addTimes, type Percentiles, percentilesOf, type Times } from "./time-buckets.ts";

/** What is to be told of a time, cut into steps. */
export interface LedgerActivityQuery {
  /**
   * ms since the epoch; the first is in it, the last is not. They and `stepMs` are whole slots: of half an hour, or, where that was within
   * the last two hours, of 75 s. Else a ledger in a database rejects with `RangeError`.
   */
  readonly from: number;
  readonly to: number;
  /** How long a step is, in ms; the first begins at `from`. */
  readonly stepMs: number;
  /** A key's id: of what that one asked. Absent: of all. */
  readonly key?: string;
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

/** What is added to a part of an activity. */
export interface ActivityFigure extends Omit<ActivityFigures, "firstTokenMs" | "totalMs"> {
  readonly firstTokenTimes: Times;
  readonly totalTimes: Times;
}

/** Adds up what belongs to one part. */
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
  readonly #firstTokens = new Map<number, number>();
  readonly #totals = new Map<number, number>();

  add(part: ActivityFigure): void {
    this.#requests += part.requests;
    this.#failed += part.failed;
    this.#refused += part.refused;
    this.#left += part.left;
    this.#recovered += part.recovered;
    this.#inputTokens += part.inputTokens;
    this.#outputTokens += part.outputTokens;
    this.#nanoUsd += part.nanoUsd;
    this.#lastAt = Math.max(this.#lastAt, part.lastAt);
    addTimes(this.#firstTokens, part.firstTokenTimes);
    addTimes(this.#totals, part.totalTimes);
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
      firstTokenMs: percentilesOf(this.#firstTokens),
      totalMs: percentilesOf(this.#totals),
      lastAt: this.#lastAt,
    };
  }
}

function addTo<Of>(tallies: Map<Of, Tally>, of: Of, part: ActivityFigure): void {
  const tally = tallies.get(of) ?? new Tally();
  tallies.set(of, tally);
  tally.add(part);
}

function toParts<Of>(tallies: ReadonlyMap<Of, Tally>): ActivityPart<Of>[] {
  return [...tallies].map(([of, { figures }]) => ({ of, ...figures }));
}

const byUse = (one: ActivityPart<string>, other: ActivityPart<string>) =>
  other.requests - one.requests || (one.of < other.of ? -1 : 1);

const byFrequency = (one: ErrorCount, other: ErrorCount) =>
  other.failed + other.refused - one.failed - one.refused || (one.error < other.error ? -1 : 1);

/** Adds up an activity: what is told of steps, of models, and of upstreams and errors is added apart. */
export interface ActivitySum {
  addStep(step: number, part: ActivityFigure): void;
  addModel(model: string | undefined, part: ActivityFigure): void;
  addFate(upstream: string | undefined, error: string | undefined, part: ActivityFigure): void;
  activity(): LedgerActivity;
}

/** Creates an empty sum. */
export function createActivitySum(): ActivitySum {
  const all = new Map<"all", Tally>();
  const steps = new Map<number, Tally>();
  const models = new Map<string, Tally>();
  const upstreams = new Map<string, Tally>();
  const errors = new Map<string, { failed: number; refused: number }>();

  return {
    addStep(step, part) {
      addTo(all, "all", part);
      addTo(steps, step, part);
    },
    addModel(model, part) {
      if (model !== undefined) addTo(models, model, part);
    },
    addFate(upstream, error, part) {
      if (upstream !== undefined) addTo(upstreams, upstream, part);
      if (error === undefined || part.failed + part.refused === 0) return;
      const count = errors.get(error) ?? { failed: 0, refused: 0 };
      errors.set(error, count);
      count.failed += part.failed;
      count.refused += part.refused;
    },
    activity: () => ({
      all: all.get("all")?.figures,
      steps: toParts(steps).sort((one, other) => one.of - other.of),
      models: toParts(models).sort(byUse),
      upstreams: toParts(upstreams).sort(byUse),
      errors: [...errors].map(([error, count]) => ({ error, ...count })).sort(byFrequency),
    }),
  };
}
