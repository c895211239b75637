import { createController } from "./create-controller.ts";
import { linkSignal } from "./link-signal.ts";
import type { StartTimer } from "./with-idle-timeout.ts";

/** A signal that aborts when time is up. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Whether the time was up before `release`: then that is why the work failed. */
  readonly expired: boolean;
  /** Stops the timer and lets go of the parent; to be called when the work is over. */
  release(): void;
}

/** What `limitTime` needs. */
export interface TimeLimitOptions {
  readonly milliseconds: number;
  readonly startTimer: StartTimer;
  /** Another signal that aborts the work. Default: none. */
  readonly parent?: AbortSignal;
}

const never = createController().signal;

/**
 * Starts a limit. Does the work of `AbortSignal.timeout` with `AbortSignal.any`, which Node 20 forgets: once the
 * garbage collector has run, a signal of both never aborts. Here the timer itself holds what it aborts.
 */
export function limitTime({ milliseconds, startTimer, parent = never }: TimeLimitOptions): TimeLimit {
  const linked = linkSignal(parent);
  let expired = false;
  const stop = startTimer(milliseconds, () => {
    expired = true;
    linked.abort();
  });
  return {
    signal: linked.signal,
    get expired() {
      return expired;
    },
    release() {
      stop();
      linked.release();
    },
  };
}
