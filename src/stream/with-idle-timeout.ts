import type { Sink, Source } from "./source.ts";

/** Starts a timer; the function that it returns stops it. */
export type StartTimer = (milliseconds: number, expire: () => void) => () => void;

/** What silence is allowed, and what happens after it. */
export interface IdleTimeoutOptions {
  /** Until the first item. */
  readonly firstMs: number;
  /** Between two items. */
  readonly idleMs: number;
  readonly startTimer: StartTimer;
  /** Must make the source fail soon, e.g. by closing its socket. */
  readonly abort: () => void;
  /** The error of the phase that was too silent. */
  readonly toError: (phase: "first" | "idle") => Error;
  /** Whether the source has all that counts and ends soon by itself: its silence is no failure then. */
  readonly isOver?: (() => boolean) | undefined;
}

/**
 * Passes a source's items on and fails (never ends) when it is silent for too long. Only the time in which the source could give
 * something counts: a slow sink cannot time its source out.
 */
export async function withIdleTimeout<Item>(
  source: Source<Item>,
  options: IdleTimeoutOptions,
  sink: Sink<Item>,
): Promise<void> {
  let expired: "first" | "idle" | undefined;

  function watch(phase: "first" | "idle"): () => void {
    return options.startTimer(phase === "first" ? options.firstMs : options.idleMs, () => {
      if (options.isOver?.() === true) return;
      expired = phase;
      options.abort();
    });
  }

  let stop = watch("first");
  function goOn(): void {
    stop = watch("idle");
  }

  try {
    await source((item) => {
      stop();
      if (expired !== undefined) return undefined;
      const wait = sink(item);
      if (wait !== undefined) return wait.then(goOn);
      goOn();
      return undefined;
    });
  } catch (error) {
    if (expired === undefined) throw error;
  } finally {
    stop();
  }
  if (expired !== undefined) throw options.toError(expired);
}
