import { setImmediate as turn } from "node:timers/promises";

import type { StartTimer } from "../../src/stream/with-idle-timeout.ts";

/** Time that passes only when the test lets it, for several processes. */
export interface VirtualTime {
  /** In ms. */
  readonly now: () => number;
  /** Timers of one process. `stop`: none of them expires any more, as if it had been killed; until it goes on. */
  createProcess(): {
    readonly startTimer: StartTimer;
    readonly stop: () => void;
    readonly goOn: () => void;
  };
  /** Lets time pass; what expires does so in its order. */
  pass(ms: number): void;
  /** Lets time pass until something has happened. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Lets time pass until something is so. */
  untilTrue(check: () => Promise<boolean>): Promise<void>;
}

interface Timer {
  readonly at: number;
  readonly expire: () => void;
  readonly process: object;
}

/** Creates time. */
export function createVirtualTime(): VirtualTime {
  const timers = new Set<Timer>();
  const stopped = new Set<object>();
  let time = 0;

  function findNext(end: number): Timer | undefined {
    const due = [...timers].filter(({ at, process }) => at <= end && !stopped.has(process));
    return due.sort((one, other) => one.at - other.at)[0];
  }

  function pass(ms: number): void {
    const end = time + ms;
    for (let timer = findNext(end); timer !== undefined; timer = findNext(end)) {
      timers.delete(timer);
      time = Math.max(time, timer.at);
      timer.expire();
    }
    time = end;
  }

  async function passSome(): Promise<void> {
    pass(50);
    await turn();
  }

  return {
    now: () => time,
    createProcess() {
      const process = {};
      return {
        startTimer(ms, expire) {
          const timer = { at: time + ms, expire, process };
          timers.add(timer);
          return () => void timers.delete(timer);
        },
        stop: () => void stopped.add(process),
        goOn: () => void stopped.delete(process),
      };
    },
    pass,
    async until(promise) {
      const state = { isSettled: false };
      const settle = () => {
        state.isSettled = true;
      };
      promise.then(settle, settle);
      while (!state.isSettled) await passSome();
      return promise;
    },
    async untilTrue(check) {
      while (!(await check())) await passSome();
    },
  };
}
