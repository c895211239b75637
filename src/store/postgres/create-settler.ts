import type { Logger } from "pino";

import type { Spent } from "../../access/limits.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { createSilence } from "../create-silence.ts";
import type { Connection } from "./create-connection.ts";
import { toWhole } from "./encode-reservations.ts";
import { createAwayError, isAway, PostgresError, toDatabaseError } from "./postgres-error.ts";

/** What a settler is made from. */
export interface SettlerOptions {
  readonly connection: Connection;
  readonly log: Pick<Logger, "error">;
  /** Milliseconds of a clock; only differences count. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** Whose reservations they are. */
  readonly owner: string;
}

/** Settles until it is acknowledged, however long the database is away. Nothing is ever dropped: who adds more looks at `waiting` first. */
export interface Settler {
  readonly waiting: number;
  settle(id: string, spent: Spent): void;
  /** Settles with nothing what nobody knows to be reserved or not, so that it can't be any more. */
  cancel(ids: readonly string[]): void;
  /** Settles now what waits, also while the way is closed for others. Rejects when that fails; all is kept then. */
  hurry(): Promise<void>;
  /** Resolves when all that was added so far is settled; rejects when that can't be now. */
  flush(): Promise<void>;
  close(): void;
}

/** What comes within so many ms is settled together; nobody waits for it. */
const gatherMs = 5;
const most = 256;
/** What a statement failed at that is not the database's absence, such as a lock, passes soon. In ms. */
const againMs = 250;
/** How long a cancelled reservation is kept from coming to be: far longer than any packet lives. */
const cancelledMs = 3_600_000;

const nothing: Spent = { tokens: 0, nanoUsd: 0 };

/** Creates a settler. */
export function createSettler({ connection, log, now, startTimer, owner }: SettlerOptions): Settler {
  const settles = new Map<string, Spent>();
  const cancels = new Set<string>();
  const tellNow = createSilence(now);
  let stopTimer: (() => void) | undefined;
  let working: Promise<void> | undefined;

  async function cancelSome(): Promise<void> {
    const ids = [...cancels].slice(0, most);
    await connection.ask("SELECT gateway.cancel($1, $2, $3)", [owner, ids, cancelledMs], true);
    for (const id of ids) {
      cancels.delete(id);
      settles.set(id, nothing);
    }
  }

  async function settleSome(): Promise<void> {
    const some = [...settles].slice(0, most);
    await connection.ask(
      "SELECT gateway.settle($1, $2, $3)",
      [
        some.map(([id]) => id),
        some.map(([, { tokens }]) => toWhole(tokens)),
        some.map(([, { nanoUsd }]) => toWhole(nanoUsd)),
      ],
      true,
    );
    // One that was settled again meanwhile was settled first by what is done now.
    for (const [id] of some) settles.delete(id);
  }

  /** Settles what waits now. */
  async function work(): Promise<void> {
    while (cancels.size > 0) await cancelSome();
    for (let left = settles.size; left > 0; left -= most) await settleSome();
  }

  function workNow(): Promise<void> {
    stopTimer?.();
    stopTimer = undefined;
    working ??= work().finally(() => {
      working = undefined;
    });
    return working;
  }

  async function hurry(): Promise<void> {
    while (settles.size + cancels.size > 0) await workNow();
  }

  async function tryNow(): Promise<void> {
    try {
      await workNow();
      // What has come meanwhile waits for more: each statement keeps reservations of the same limits waiting.
      plan(gatherMs);
    } catch (error) {
      // When it is back, it asks for what waits.
      if (error instanceof PostgresError && isAway(error)) return;
      if (tellNow("settle") !== undefined)
        log.error(
          { reason: toDatabaseError(error).message },
          "what requests have cost could not be settled, and will be tried again",
        );
      plan(againMs);
    }
  }

  function plan(milliseconds: number): void {
    if (stopTimer !== undefined || working !== undefined || connection.isAway) return;
    if (settles.size + cancels.size === 0) return;
    stopTimer = startTimer(milliseconds, () => {
      stopTimer = undefined;
      void tryNow();
    });
  }

  // What was added while the way was being opened.
  connection.onOpen(() => plan(0));

  return {
    get waiting() {
      return settles.size + cancels.size;
    },
    settle(id, spent) {
      // The first counts.
      if (!settles.has(id)) settles.set(id, spent);
      plan(gatherMs);
    },
    cancel(ids) {
      for (const id of ids) cancels.add(id);
      plan(gatherMs);
    },
    hurry,
    async flush() {
      while (settles.size + cancels.size > 0) {
        // Who looks for it is another.
        if (connection.isAway) throw createAwayError();
        await hurry();
      }
    },
    close: () => stopTimer?.(),
  };
}
