/** What requests are told apart by in sums, in the order in which tables have it. */
export const dimensions = ["key", "model", "upstream", "dialect", "error", "client"] as const;

/** One of them. */
export type Dimension = (typeof dimensions)[number];

/** How long a slot of time is, in ms, and its number in tables. Slots are counted from the epoch. */
export interface Period {
  readonly number: number;
  readonly ms: number;
}

/** Of an hour's 48 steps each; of half an hour, an hour and a day (UTC). Each is made of whole ones of those before it. */
export const periods = {
  recent: { number: 0, ms: 75_000 },
  half: { number: 1, ms: 1_800_000 },
  hour: { number: 2, ms: 3_600_000 },
  day: { number: 3, ms: 86_400_000 },
} as const satisfies Record<string, Period>;

/** Cells of requests that share some dimensions. */
export interface View {
  /** In tables; never another one's. */
  readonly number: number;
  readonly dimensions: readonly Dimension[];
  /** Of which periods there are cells, ascending; the last is the day. */
  readonly periods: readonly Period[];
  /** Whether its cells have the times of first tokens and of answers, and when the newest request came. */
  readonly hasTimes: boolean;
}

const { recent, half, hour, day } = periods;

function view(
  number: number,
  names: readonly Dimension[],
  some: readonly Period[],
  { hasTimes }: { hasTimes: boolean },
): View {
  return { number, dimensions: names, periods: some, hasTimes };
}

const timed = { hasTimes: true };
const untimed = { hasTimes: false };

/**
 * All views, from few to many cells. What happened is read from those with times; what is summed up, from the first one that tells enough
 * apart. An upstream and an error are rarely apart, nor are a dialect and a client, so they share views. The last is of days alone: a cell of it stands for few requests.
 */
export const views: readonly View[] = [
  view(1, [], [half, hour, day], timed),
  view(2, ["upstream", "error"], [recent, half, hour, day], timed),
  view(3, ["model"], [recent, half, hour, day], timed),
  view(4, ["dialect", "client"], [hour, day], untimed),
  view(5, ["key"], [half, hour, day], timed),
  view(6, ["key", "upstream", "error"], [recent, half, day], timed),
  view(7, ["key", "model"], [recent, half, day], timed),
  view(8, ["model", "upstream", "dialect", "error", "client"], [hour, day], untimed),
  view(9, ["key", "dialect", "client"], [hour, day], untimed),
  view(10, ["key", "model", "upstream", "dialect", "error", "client"], [day], untimed),
];

/** What a view must have. */
export interface ViewNeeds {
  /** Cells of this period. */
  readonly period?: Period;
  /** Cells of a period that is no longer. */
  readonly upTo?: Period;
  /** Times. */
  readonly hasTimes?: boolean;
}

/** The view with the fewest cells that tells all of these apart, if any. */
export function findView(wanted: Iterable<Dimension>, needs: ViewNeeds = {}): View | undefined {
  const { period, upTo, hasTimes = false } = needs;
  const all = [...wanted];
  return views.find(
    (one) =>
      all.every((dimension) => one.dimensions.includes(dimension)) &&
      (period === undefined || one.periods.includes(period)) &&
      (upTo === undefined || one.periods.some(({ ms }) => ms <= upTo.ms)) &&
      (one.hasTimes || !hasTimes),
  );
}
