import type { Logger } from "pino";

import { createSilence } from "./create-silence.ts";
import { type KeptFile, tellFile } from "./kept-file.ts";
import { DatabaseError } from "./sqlite/protocol.ts";

// Made once: there may be many of them, just when there is much to do.
/** Why rows are dropped that were never tried. */
export const tooManyRows = new DatabaseError("queue-full", "too many requests wait to be noted");
export const ledgerClosed = new DatabaseError("unavailable", "closed");

/** What a watch needs. */
export interface LedgerWatchOptions {
  readonly log: Pick<Logger, "error" | "info">;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Counts what a ledger loses, and tells the operator: at once, then once a minute, and when it is over. */
export interface LedgerWatch {
  /** Rows that are not in the ledger, since the start. */
  readonly dropped: number;
  drop(rows: number, error: unknown): void;
  /** The file could not be opened, or a question not be answered: nothing is lost by that. */
  failed(what: string, error: unknown): void;
  /** Rows were written. */
  written(): void;
}

/** Creates the watch of one ledger, which is kept in `file` if in any. */
export function createLedgerWatch({ log, now }: LedgerWatchOptions, file?: KeptFile): LedgerWatch {
  let dropped = 0;
  /** How many of them were told. */
  let told = 0;
  let recoveryIsNews = false;
  const tellNow = createSilence(now);

  function tell(text: string, error: unknown): boolean {
    const problem = error instanceof DatabaseError ? error.problem : "unavailable";
    if (tellNow(`${problem} ${text}`) === undefined) return false;
    // A database's words hold nothing of what is noted.
    const reason = error instanceof Error ? error.message : String(error);
    const lost = dropped > told ? { dropped: dropped - told } : {};
    log.error({ problem, reason, ...tellFile(file, problem), ...lost }, text);
    told = dropped;
    return true;
  }

  return {
    get dropped() {
      return dropped;
    },
    drop(rows, error) {
      dropped += rows;
      if (tell("requests could not be noted in the ledger", error)) recoveryIsNews = true;
    },
    failed: (what, error) => void tell(what, error),
    written() {
      if (!recoveryIsNews) return;
      recoveryIsNews = false;
      log.info(dropped > told ? { dropped: dropped - told } : {}, "requests are noted in the ledger again");
      told = dropped;
    },
  };
}
