import type { Limit } from "../../access/limits.ts";
import type { LimitCounter } from "../memory/limit-counters.ts";

/** For so long a ceiling stays higher than is needed, in ms: who needs it again would have to wait for it. */
const restMs = 60_000;

interface Ceiling {
  /** The window of the counter for which it is. */
  readonly win: number;
  /** The lowest that the file may hold now. */
  durable: number;
  /** What the file shall hold. */
  wanted: number;
  raisedAt: number;
}

/**
 * What is written ahead of money that is spent: so much, and a bit more, may be spent by the time that the process is killed.
 * Below it nobody waits for the disk; after a kill all of it counts as spent. So a budget is never overdrawn, and what
 * a kill takes from it is what was held at once and a hundredth of its cap, or little more.
 */
export interface MoneyCeilings {
  /** A counter has changed. True when the file shall hold another ceiling for it. */
  note(counter: LimitCounter, at: number): boolean;
  /** Whether the file holds a ceiling of at least `need` for the counter's present window. */
  covers(counter: LimitCounter, need: number): boolean;
  /** Tells the ceiling that is about to be written. Until it is, the lower one counts. */
  begin(counter: LimitCounter): number;
  /** The ceiling for that window was written. */
  written(counter: LimitCounter, win: number, ceiling: number): void;
  /** What the file holds for a counter that was read from it. */
  restore(counter: LimitCounter, ceiling: number): void;
  /** The counter is about to be forgotten by the file. */
  forget(counter: LimitCounter): void;
  /** All counters for which there is one. */
  readonly counters: Iterable<LimitCounter>;
}

/** Whether a limit is one of money to spend. */
export function isMoney({ kind, unit }: Limit): boolean {
  return kind === "budget" && unit === "nano-usd";
}

/** What a crash now would have to count as spent. */
export function needOf({ used, held }: LimitCounter): number {
  return used + held;
}

/** Creates ceilings for counters of which the file holds nothing. */
export function createMoneyCeilings(): MoneyCeilings {
  const ceilings = new Map<LimitCounter, Ceiling>();

  function find(counter: LimitCounter): Ceiling {
    let ceiling = ceilings.get(counter);
    // One for another window says nothing of this one.
    if (ceiling?.win !== counter.win) {
      ceiling = { win: counter.win, durable: 0, wanted: 0, raisedAt: -Infinity };
      ceilings.set(counter, ceiling);
    }
    return ceiling;
  }

  return {
    note(counter, at) {
      const ceiling = find(counter);
      const { cap } = counter.limit;
      const chunk = Math.max(1, Math.ceil(cap / 100));
      const need = needOf(counter);
      const enough = Math.max(need, Math.min(cap, need + chunk));
      const isShort = need > ceiling.wanted - chunk / 2 && enough > ceiling.wanted;
      const isHigh = ceiling.wanted > enough + chunk && at - ceiling.raisedAt >= restMs;
      if (!isShort && !isHigh) return false;
      ceiling.wanted = enough;
      ceiling.raisedAt = at;
      return true;
    },
    covers: (counter, need) => find(counter).durable >= need,
    begin(counter) {
      const ceiling = find(counter);
      ceiling.durable = Math.min(ceiling.durable, ceiling.wanted);
      return ceiling.wanted;
    },
    written(counter, win, value) {
      const ceiling = ceilings.get(counter);
      if (ceiling?.win === win) ceiling.durable = value;
    },
    restore(counter, value) {
      const { win } = counter;
      ceilings.set(counter, { win, durable: value, wanted: value, raisedAt: -Infinity });
    },
    forget: (counter) => void ceilings.delete(counter),
    get counters() {
      return ceilings.keys();
    },
  };
}
