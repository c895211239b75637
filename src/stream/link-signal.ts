import { createController } from "./create-controller.ts";

/** A signal of its own that also aborts when another does. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  /** Aborts `signal` alone. */
  readonly abort: () => void;
  /** Lets go of the other signal; to be called when the work is over. */
  readonly release: () => void;
}

/** One reason for all: making an exception with its stack for each costs more than all else here. */
const ended = new Error("The work is over.");
ended.name = "AbortError";

/**
 * Links a new signal to `parent`. Does the work of `AbortSignal.any`, whose signals are only let go by the garbage
 * collector: a server that makes one for each request grows by hundreds of MB under load.
 */
export function linkSignal(parent: AbortSignal): LinkedSignal {
  const controller = createController();
  function follow(): void {
    controller.abort(parent.reason);
  }
  if (parent.aborted) follow();
  else parent.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    abort() {
      controller.abort(ended);
    },
    release() {
      parent.removeEventListener("abort", follow);
    },
  };
}
