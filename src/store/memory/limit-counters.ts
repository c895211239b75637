import {
  type Counter,
  endOfWindow,
  judgeTake,
  type LimitRefusal,
  longerRefusal,
  rollCounter,
  settleCounter,
  spentOf,
  toLimitState,
} from "../../access/limit-rules.ts";
import type { Limit, LimitState, Refusal, Reservation, Spent } from "../../access/limits.ts";

/** A counter with what it counts. */
export interface LimitCounter extends Counter {
  /** As it was last asked for. */
  limit: Limit;
  /** Until then the window is the present one: so the calendar is not asked for each request. */
  rollsAt: number;
  /** Of how many open reservations it is part. */
  open: number;
}

/** What is held of a counter. */
interface Hold {
  readonly counter: LimitCounter;
  readonly amount: number;
  /** The window of it in which that was reserved. */
  readonly win: number;
}

/** Whether a counter stands as one that was never used. */
export function countsNothing({ used, prev, open }: LimitCounter): boolean {
  return used === 0 && prev === 0 && open === 0;
}

/** Who is told of counters that changed, also of those that are given up because they count nothing. */
export type CounterListener = (counter: LimitCounter) => void;

/** What decides in one thread: each call is atomic, since nothing else runs meanwhile. */
export interface LimitCounters {
  /** Takes all or nothing, and says why nothing was taken. */
  reserve(reservation: Reservation, at: number): Refusal | undefined;
  /** Settles once; what is not open changes nothing. */
  settle(id: string, spent: Spent, at: number): void;
  look(limit: Limit, at: number): LimitState;
  /** The counter of a limit in the window of `at`. */
  find(limit: Limit, at: number): LimitCounter;
  /** Gives a counter up, unless something is reserved of it. */
  forget(id: string): void;
  /** Puts a counter as it was kept. */
  restore(counter: LimitCounter): void;
  readonly size: number;
}

const noneUsed: Readonly<Counter> = { win: 0, used: 0, prev: 0, held: 0 };

/** With fewer counters nobody looks for those that count nothing any more. */
const fewCounters = 1024;

/** What counters are made from. */
export interface LimitCountersOptions {
  readonly isRevoked: (key: string) => boolean;
  /** Told after each change of a counter. */
  readonly changed?: CounterListener;
}

/** Creates counters that stand at 0. They take memory for each limit that counts something, and for each open reservation. */
export function createLimitCounters({ isRevoked, changed }: LimitCountersOptions): LimitCounters {
  const counters = new Map<string, LimitCounter>();
  const holds = new Map<string, readonly Hold[]>();
  let sweepsAt = fewCounters;

  function find(limit: Limit, at: number): LimitCounter {
    let counter = counters.get(limit.id);
    if (counter === undefined) {
      if (counters.size >= sweepsAt) sweep(at);
      counter = { limit, rollsAt: -Infinity, open: 0, ...noneUsed };
      counters.set(limit.id, counter);
    } else if (counter.limit !== limit) {
      if (counter.limit.period !== limit.period) counter.rollsAt = -Infinity;
      counter.limit = limit;
    }
    if (at >= counter.rollsAt) roll(counter, at);
    return counter;
  }

  function sweep(at: number): void {
    for (const [id, counter] of counters) {
      roll(counter, at);
      if (!countsNothing(counter)) continue;
      counters.delete(id);
      changed?.(counter);
    }
    sweepsAt = Math.max(fewCounters, 2 * counters.size);
  }

  function judge(takes: Reservation["takes"], at: number): LimitRefusal | undefined {
    let refusal: LimitRefusal | undefined;
    for (const take of takes) refusal = longerRefusal(refusal, judgeTake(take, find(take.limit, at), at));
    return refusal;
  }

  return {
    reserve({ id, keys, takes }, at) {
      if (keys.some(isRevoked)) return { kind: "revoked" };
      if (holds.has(id)) throw new Error(`the reservation ${id} is open already`);
      const refusal = judge(takes, at);
      if (refusal !== undefined) return refusal;
      const taken = takes.map(({ limit, amount }) => {
        const counter = find(limit, at);
        counter.open += 1;
        if (limit.kind === "rate") counter.used += amount;
        else counter.held += amount;
        changed?.(counter);
        return { counter, amount, win: counter.win };
      });
      holds.set(id, taken);
      return undefined;
    },
    settle(id, spent, at) {
      const taken = holds.get(id);
      if (taken === undefined) return;
      holds.delete(id);
      for (const hold of taken) {
        const { counter, amount } = hold;
        if (at >= counter.rollsAt) roll(counter, at);
        counter.open -= 1;
        settleCounter(counter.limit, counter, hold, spentOf(counter.limit.unit, spent, amount));
        changed?.(counter);
      }
    },
    look(limit, at) {
      // A copy: who only looks changes nothing, whatever period he asks about.
      const counter: Counter = { ...noneUsed, ...counters.get(limit.id) };
      rollCounter(limit, counter, at);
      return toLimitState(limit, counter, at);
    },
    find,
    forget(id) {
      const counter = counters.get(id);
      if (counter === undefined || counter.open > 0) return;
      counters.delete(id);
      changed?.(Object.assign(counter, noneUsed));
    },
    restore: (counter) => void counters.set(counter.limit.id, counter),
    get size() {
      return counters.size;
    },
  };
}

function roll(counter: LimitCounter, at: number): void {
  rollCounter(counter.limit, counter, at);
  counter.rollsAt = endOfWindow(counter.limit, at);
}
