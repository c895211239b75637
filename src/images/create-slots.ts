import { GatewayError } from "../errors.ts";

/** A bounded number of places, given out in the order of asking. */
export interface Slots {
  /**
   * Waits for a place and resolves with the function that gives it back; calling that twice does no harm.
   * Rejects with kind `aborted` when `signal` aborts first (the place in the queue is free at once) and with
   * kind `overloaded` when too many wait already.
   */
  acquire(signal: AbortSignal): Promise<() => void>;
  /** How many wait now. */
  readonly waiting: number;
}

/** Creates `size` places and a queue of at most `queueLimit` callers. */
export function createSlots(size: number, queueLimit: number): Slots {
  let free = size;
  // A Set keeps the order of insertion and forgets a caller who left without a search.
  const queue = new Set<() => void>();

  function createRelease(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = queue;
      if (next === undefined) free += 1;
      else next();
    };
  }

  return {
    async acquire(signal) {
      if (signal.aborted) throw createAborted(signal);
      if (free > 0) {
        free -= 1;
        return createRelease();
      }
      if (queue.size >= queueLimit) {
        throw new GatewayError("overloaded", "Too many images are waiting already. Try again later.");
      }
      return new Promise((resolve, reject) => {
        const leave = () => {
          queue.delete(enter);
          reject(createAborted(signal));
        };
        const enter = () => {
          queue.delete(enter);
          signal.removeEventListener("abort", leave);
          resolve(createRelease());
        };
        signal.addEventListener("abort", leave, { once: true });
        queue.add(enter);
      });
    },
    get waiting() {
      return queue.size;
    },
  };
}

function createAborted(signal: AbortSignal): GatewayError {
  return new GatewayError("aborted", "The client left while its image waited for its turn.", {
    cause: signal.reason,
  });
}
