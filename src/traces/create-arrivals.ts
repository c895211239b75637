/** So many are kept of one text. */
const most = 64;

/** When how much of a text had come. */
export interface Arrivals {
  /** `units`: UTF-16 units that are there now. `ms` never falls. */
  note(units: number, ms: number): void;
  /** Ascending, at most 64; the first and the last that were noted are among them. */
  get(): readonly (readonly [units: number, ms: number])[];
}

/** Creates the notes of one text. Where they become too many, those that come are noted half as often, and of those that are there every second one goes. */
export function createArrivals(): Arrivals {
  let noted: (readonly [number, number])[] = [];
  let last: readonly [number, number] | undefined;
  // What comes within one ms is one arrival, but for the first.
  let gapMs = 0;
  return {
    note(units, ms) {
      const before = noted.at(-1);
      if (last !== undefined && (before === undefined || (ms > last[1] && last[1] - before[1] >= gapMs)))
        noted.push(last);
      last = [units, ms];
      if (noted.length < most - 1) return;
      gapMs = Math.max(gapMs * 2, 1, (ms - (noted[0]?.[1] ?? 0)) / most);
      noted = noted.filter((_, index) => index % 2 === 0);
    },
    get: () => (last === undefined ? [] : [...noted, last]),
  };
}
