import type { Logger } from "pino";

import type { KeyStore } from "../access/key-store.ts";
import type { Limits } from "../access/limits.ts";
import { dayMs, hourMs } from "../ledger/time-names.ts";
import { startUnrefTimer } from "../stream/real-timer.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";

/** So long at least keys are kept that have ended, in days: the sums of hours of the ledger stay as long. */
const leastDays = 90;
/** A process may never live for an hour. */
const firstMs = 60_000;

/** What is pruned, and by which clock. */
export interface KeyPruneOptions {
  readonly keys: Pick<KeyStore, "prune">;
  readonly limits: Pick<Limits, "forget">;
  /** So long the ledger shows requests, by the names of their keys. */
  readonly ledgerDays: number;
  /** Told of failures. Without one there are none. */
  readonly log?: Pick<Logger, "error">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly startTimer?: StartTimer;
}

/** Forgets from time to time keys that ended long ago, and what was counted for them alone. What it returns ends that. */
export function pruneKeys(options: KeyPruneOptions): () => void {
  const { keys, limits, ledgerDays, log, now, startTimer = startUnrefTimer } = options;
  const keptMs = Math.max(leastDays, ledgerDays) * dayMs;
  let stopTimer: (() => void) | undefined;
  let isOver = false;

  async function prune(): Promise<void> {
    try {
      const left = await keys.prune(now() - keptMs);
      if (left.length > 0) await limits.forget(left);
    } catch (error) {
      if (log === undefined) throw error;
      // The next time is as good as this one.
      if (!isOver) log.error({ err: error }, "keys that ended long ago could not be forgotten");
    }
  }

  function plan(milliseconds: number): void {
    if (isOver) return;
    stopTimer = startTimer(milliseconds, () => void prune().then(() => plan(hourMs)));
  }

  plan(firstMs);
  return () => {
    isOver = true;
    stopTimer?.();
  };
}
