import type { StartTimer } from "../../../../src/stream/with-idle-timeout.ts";

/** Timers that run out when a test says so. */
export interface ManualTimers {
  readonly start: StartTimer;
  /** How long each timer that runs was started for. */
  readonly running: readonly number[];
  /** The same of all that were ever started. */
  readonly starts: readonly number[];
  /** Lets all timers of this length run out. Throws if there is none. */
  expire(milliseconds: number): void;
}

/** Creates timers without a clock. */
export function createManualTimers(): ManualTimers {
  const timers = new Set<{ readonly milliseconds: number; readonly expire: () => void }>();
  const starts: number[] = [];
  return {
    starts,
    start(milliseconds, expire) {
      const timer = { milliseconds, expire };
      timers.add(timer);
      starts.push(milliseconds);
      return () => timers.delete(timer);
    },
    get running() {
      return [...timers].map(({ milliseconds }) => milliseconds);
    },
    expire(milliseconds) {
      const due = [...timers].filter((timer) => timer.milliseconds === milliseconds);
      if (due.length === 0) throw new Error(`No timer of ${milliseconds} ms runs.`);
      for (const timer of due) {
        timers.delete(timer);
        timer.expire();
      }
    },
  };
}
