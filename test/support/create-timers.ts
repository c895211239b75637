import type { StartTimer } from "../../src/stream/with-idle-timeout.ts";

/** Timers that expire when the test says so. */
export interface Timers {
  readonly start: StartTimer;
  /** Milliseconds of those that were neither stopped nor have expired. */
  readonly running: readonly number[];
  /** The time of all is up. */
  expireAll(): void;
}

/** Creates timers without a clock. */
export function createTimers(): Timers {
  const running = new Map<object, { readonly milliseconds: number; readonly expire: () => void }>();
  return {
    start(milliseconds, expire) {
      const key = {};
      running.set(key, { milliseconds, expire });
      return () => void running.delete(key);
    },
    get running() {
      return [...running.values()].map(({ milliseconds }) => milliseconds);
    },
    expireAll() {
      const expired = [...running.values()];
      running.clear();
      for (const { expire } of expired) expire();
    },
  };
}
