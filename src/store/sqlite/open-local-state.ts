import path from "node:path";

import type { KeyStore } from "../../access/key-store.ts";
import type { Limits } from "../../access/limits.ts";
import { ConfigError } from "../../config.ts";
import { startRealTimer } from "../../stream/real-timer.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { findMissingSqlite } from "../find-missing-sqlite.ts";
import { StoreError } from "../response-store.ts";
import { createStoreWatch, type StoreWatchOptions } from "../store-watch.ts";
import { createDatabase, type DatabaseOptions } from "./create-database.ts";
import { openLocalKeys } from "./local-keys.ts";
import { createLocalLimits } from "./local-limits.ts";
import type { LocalCommand, LocalQuery, LocalSettings } from "./local-table.ts";
import { siblingModule } from "./sibling-module.ts";

/** What the state of one process is made from. */
export interface LocalStateOptions extends StoreWatchOptions {
  /** `DATA_DIR` */
  readonly directory: string;
  /**
   * While the disk fails: `serve` (the default) decides in memory alone, `refuse` rejects what is to be reserved. Keys are found in either
   * case, and can't be changed.
   */
  readonly onFailure?: "serve" | "refuse";
  /** After so many ms at most keys are seen that another process made or changed; 1 s by default. */
  readonly freshMs?: number;
  readonly startTimer?: StartTimer;
  readonly database?: Pick<DatabaseOptions, "lockWaitMs" | "answerWaitMs">;
}

/** What one process keeps of keys and limits. */
export interface LocalState {
  readonly keys: KeyStore;
  readonly limits: Limits;
  /**
   * Becomes the process that counts, which a gateway does at its start. While another one is that, the log says so, and this one goes on trying when
   * limits are asked for. Rejects with `ConfigError` when the lock can't be used.
   */
  begin(): Promise<void>;
  /** Writes what waits, then closes. Idempotent. */
  close(): Promise<void>;
}

const keyWords = {
  get: "the keys could not be read again",
  put: "a key could not be kept",
  delete: "a key could not be deleted",
  again: "keys are kept again",
};
const limitWords = {
  get: "what is used of the limits could not be read; requests with limits are refused",
  put: "what is used of the limits could not be written; it is counted in memory",
  delete: "what is used of the limits could not be deleted",
  again: "what is used of the limits is written again",
};

/**
 * Opens `<directory>/gateway.sqlite`, which is created when missing: keys, and counters whose decisions fall in memory. Other processes
 * may open it, too, for the keys; counting is for the first that begins to.
 * Rejects with `ConfigError` when the file can't be used, and on a Node without `node:sqlite`.
 */
export async function openLocalState(options: LocalStateOptions): Promise<LocalState> {
  const missing = findMissingSqlite();
  if (missing !== undefined) throw new ConfigError([`DATA_DIR: ${missing}`]);
  const { directory, now, freshMs = 1000, startTimer = startRealTimer, onFailure = "serve" } = options;
  const file = path.join(directory, "gateway.sqlite");
  const database = createDatabase<LocalQuery, LocalCommand>({
    ...options.database,
    file,
    table: siblingModule(import.meta.url, "local-table"),
    tableSettings: { lock: path.join(directory, "gateway.lock") } satisfies LocalSettings,
  });
  const kept = { path: file, holds: "all keys and what is used of their limits" };
  const keys = await openLocalKeys({
    database,
    watch: createStoreWatch(options, { words: keyWords, file: kept }),
    freshMs,
    startTimer,
  }).catch(async (error: unknown) => {
    await database.close();
    throw new ConfigError([explain(file, error)]);
  });
  const limits = createLocalLimits({
    database,
    watch: createStoreWatch(options, { words: limitWords, file: kept }),
    now,
    startTimer,
    onFailure,
    isRevoked: (id) => keys.isRevoked(id),
  });
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    keys.close();
    await limits.close();
    await database.close();
  }

  return {
    keys,
    limits,
    async begin() {
      try {
        await limits.begin();
      } catch (error) {
        if (!(error instanceof StoreError) || error.problem !== "locked")
          throw new ConfigError([explain(file, error instanceof StoreError ? error.cause : error)]);
        options.log.error({ event: "data-dir-taken", directory }, describeTaken(directory));
      }
    },
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function describeTaken(directory: string): string {
  return (
    `another gateway uses the DATA_DIR ${directory}, and it alone can count what is used of limits: requests with limits get 503 here until it ends. ` +
    "Give each gateway a DATA_DIR of its own, or all of them one DATABASE_URL."
  );
}

function explain(file: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return (
    `DATA_DIR: cannot use ${file}: ${reason}. ` +
    "Give a directory that this user may write to and no other program locks. " +
    "The file holds the keys: without it there are none, so move a damaged one away only to begin anew."
  );
}
