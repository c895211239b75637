import { GatewayError } from "../../errors.ts";
import { linkSignal } from "../../stream/link-signal.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";

/** The error of a request that its caller gave up. */
export function createAbortError(): GatewayError {
  return new GatewayError("aborted", "The request was cancelled.");
}

/** Throws kind `aborted` if the caller has left. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw createAbortError();
}

/** Waits for a promise that others wait for too: the signal ends the waiting, not the work. */
export function waitFor<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  if (signal.aborted) return Promise.reject(createAbortError());
  return new Promise<Value>((resolve, reject) => {
    function leave(): void {
      reject(createAbortError());
    }
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

/** Sleeps, at most until the signal aborts (then rejects with kind `aborted`). */
export function pause(milliseconds: number, signal: AbortSignal, startTimer: StartTimer): Promise<void> {
  if (signal.aborted) return Promise.reject(createAbortError());
  return new Promise<void>((resolve, reject) => {
    const stop = startTimer(milliseconds, () => {
      signal.removeEventListener("abort", leave);
      resolve();
    });
    function leave(): void {
      stop();
      reject(createAbortError());
    }
    signal.addEventListener("abort", leave, { once: true });
  });
}

/**
 * Runs a generator with a signal of its own that aborts with the caller's and also when the caller stops
 * iterating, even while it waits for the next item. The generator can abort itself, too.
 */
export function withAbort<Item>(
  signal: AbortSignal,
  run: (signal: AbortSignal, abort: () => void) => AsyncGenerator<Item, void, undefined>,
): AsyncIterable<Item> {
  return {
    [Symbol.asyncIterator]() {
      const own = linkSignal(signal);
      const items = run(own.signal, own.abort);

      async function next(): Promise<IteratorResult<Item, void>> {
        try {
          const result = await items.next();
          if (result.done === true) own.release();
          return result;
        } catch (error) {
          own.release();
          throw error;
        }
      }
      return {
        next,
        async return() {
          own.release();
          own.abort();
          return items.return();
        },
      };
    },
  };
}
