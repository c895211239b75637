import { setImmediate as nextTurn } from "node:timers/promises";

import { createPace, type Pace } from "../stream/pace.ts";

/** Has long work of many requests done one by one. */
export interface Pacer {
  /** The pace of one request's work; it rejects when the signal aborts. */
  start(signal: AbortSignal): Pace;
  /** Resolves in a turn of the event loop that it shares with no other. */
  ownTurn(): Promise<void>;
}

/** Others wait for a slice and the step that ends it: 2 ms at most in all. */
const sliceMs = 1;

/** Creates the pacer; `now` tells milliseconds of a clock that never goes back. */
export function createPacer(now: () => number): Pacer {
  let line: Promise<unknown> = Promise.resolve();

  async function ownTurn(): Promise<void> {
    line = line.then(() => nextTurn());
    await line;
  }

  return {
    start: (signal) => createPace({ now, turn: ownTurn, signal, sliceMs }),
    ownTurn,
  };
}
