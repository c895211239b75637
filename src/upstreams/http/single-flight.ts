import { waitFor } from "./abort.ts";

/**
 * Lets many callers share one run of a task. A caller that leaves only stops waiting; when the last one
 * has left, the run itself is aborted. The next call after the end starts a new run.
 */
export function createSingleFlight<Value>(
  run: (signal: AbortSignal) => Promise<Value>,
): (signal: AbortSignal) => Promise<Value> {
  let flight: { promise: Promise<Value>; waiting: number; controller: AbortController } | undefined;

  return async (signal) => {
    if (flight === undefined) {
      const controller = new AbortController();
      const started = { promise: run(controller.signal), waiting: 0, controller };
      flight = started;
      const land = (): void => {
        if (flight === started) flight = undefined;
      };
      started.promise.then(land, land);
    }
    const joined = flight;
    joined.waiting += 1;
    try {
      return await waitFor(joined.promise, signal);
    } finally {
      joined.waiting -= 1;
      if (joined.waiting === 0 && signal.aborted) {
        if (flight === joined) flight = undefined;
        joined.controller.abort();
      }
    }
  };
}
