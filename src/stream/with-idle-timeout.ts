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
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
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
 *
 * An item only notes when it came; the timer, when its time is up, goes on for what is left of the time since then. To stop it
 * and start another for each item takes longer than all else that is done for an item here.
 */
export async function withIdleTimeout<Item>(
  source: Source<Item>,
  { firstMs, idleMs, startTimer, now, abort, toError, isOver }: IdleTimeoutOptions,
  sink: Sink<Item>,
): Promise<void> {
  let phase: "first" | "idle" = "first";
  let expired: "first" | "idle" | undefined;
  /** When the last item came, if one came since the timer was started. */
  let movedAt: number | undefined;

  function watch(milliseconds: number): () => void {
    movedAt = undefined;
    return startTimer(milliseconds, look);
  }

  function look(): void {
    if (movedAt !== undefined) stop = watch(Math.ceil(movedAt + idleMs - now()));
    else if (isOver?.() !== true) {
      expired = phase;
      abort();
    }
  }

  let stop = watch(firstMs);
  function goOn(): void {
    stop = watch(idleMs);
  }

  try {
    await source((item) => {
      if (expired !== undefined) return undefined;
      const isFirst = phase === "first";
      phase = "idle";
      const wait = sink(item);
      if (wait === undefined && !isFirst) {
        movedAt = now();
        return undefined;
      }
      stop();
      if (wait !== undefined) return wait.then(goOn);
      goOn();
      return undefined;
    });
  } catch (error) {
    if (expired === undefined) throw error;
  } finally {
    stop();
  }
  if (expired !== undefined) throw toError(expired);
}
