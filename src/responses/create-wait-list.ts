/** Those who wait for something to change. */
export interface WaitList {
  /** How many do. */
  readonly size: number;
  /** Resolves at the next change, or when `signal` is aborted. */
  wait(signal: AbortSignal): Promise<void>;
  wakeAll(): void;
}

/** Creates an empty list. */
export function createWaitList(): WaitList {
  const waiting = new Set<() => void>();
  return {
    get size() {
      return waiting.size;
    },
    wait: (signal) =>
      new Promise((resolve) => {
        function wake(): void {
          waiting.delete(wake);
          signal.removeEventListener("abort", wake);
          resolve();
        }
        waiting.add(wake);
        signal.addEventListener("abort", wake, { once: true });
      }),
    wakeAll() {
      for (const wake of waiting) wake();
    },
  };
}
