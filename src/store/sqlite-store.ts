import path from "node:path";

import { findMissingSqlite } from "./find-missing-sqlite.ts";
import { ConfigError } from "../config.ts";
import { type ResponseStore, StoreError, type StoredResponse } from "./response-store.ts";
import type { ResponseCommand, ResponseQuery, ResponseTableSettings } from "./response-table.ts";
import { createDatabase, type Database, type DatabaseOptions } from "./sqlite/create-database.ts";
import { DatabaseError } from "./sqlite/protocol.ts";
import { siblingModule } from "./sqlite/sibling-module.ts";
import { createStoreWatch, type StoreWatchOptions } from "./store-watch.ts";
import { createUnwrittenResponses } from "./unwritten-responses.ts";

/** Responses may hold images, so a count alone would not bound the file. */
const maximumBytes = 1_073_741_824;

/** What a file store is made from. */
export interface SqliteStoreOptions extends StoreWatchOptions {
  readonly directory: string;
  readonly capacity: number;
  /** Of the file; 1 GiB by default. */
  readonly limitBytes?: number;
  readonly database?: Pick<
    DatabaseOptions,
    "lockWaitMs" | "answerWaitMs" | "maximumWaiting" | "maximumWaitingSize"
  >;
}

async function openOrExplain(
  database: Database<ResponseQuery, ResponseCommand>,
  file: string,
): Promise<void> {
  try {
    await database.open();
  } catch (error) {
    await database.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `DATA_DIR: cannot use ${file}: ${reason}. ` +
        "Give a directory that this user may write to and no other program locks, " +
        "or move a damaged file away; it holds nothing but stored responses.",
    ]);
  }
}

/**
 * Keeps the newest `capacity` responses in `<directory>/responses.sqlite`, which is created when missing
 * and outlives the process. The oldest go sooner when the file would grow larger than `limitBytes`, or the disk is full.
 * What waits to be written is found at once; what could not be written is found for a while, in memory.
 * Rejects with `ConfigError` when the file cannot be opened or written, and on a Node without `node:sqlite`.
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<ResponseStore> {
  const missing = findMissingSqlite();
  if (missing !== undefined) throw new ConfigError([`DATA_DIR: ${missing}`]);
  const { directory, capacity, limitBytes = maximumBytes } = options;
  const file = path.join(directory, "responses.sqlite");
  const database = createDatabase<ResponseQuery, ResponseCommand>({
    ...options.database,
    file,
    table: siblingModule(import.meta.url, "response-table"),
    tableSettings: { capacity, limitBytes } satisfies ResponseTableSettings,
  });
  await openOrExplain(database, file);
  const unwritten = createUnwrittenResponses();
  const watch = createStoreWatch(options, { file: { path: file, holds: "nothing but stored responses" } });

  function fail(call: "get" | "put" | "delete", thrown: unknown): never {
    const error =
      thrown instanceof DatabaseError
        ? thrown
        : new DatabaseError("unavailable", "what is stored is no response");
    watch.failed(call, error);
    throw new StoreError(error.problem, thrown);
  }

  async function find(id: string): Promise<StoredResponse | undefined> {
    try {
      const known = unwritten.find(id);
      const text = known === undefined ? await database.read({ id }) : known.text;
      // What was written here by `put` is a StoredResponse.
      return typeof text === "string" ? (JSON.parse(text) as StoredResponse) : undefined;
    } catch (thrown) {
      return fail("get", thrown);
    }
  }

  async function write(call: "put" | "delete", id: string, text: string | undefined): Promise<unknown> {
    const pending = unwritten.begin(id, text);
    try {
      const answer = await database.write({ id, text }, text?.length ?? 0);
      pending.written();
      return answer;
    } catch (thrown) {
      pending.failed();
      return fail(call, thrown);
    }
  }

  return {
    get problem() {
      return watch.problem;
    },
    get: find,
    async put(stored) {
      await write("put", stored.id, JSON.stringify(stored));
      watch.stored();
    },
    async delete(id) {
      const inMemory = unwritten.find(id)?.text !== undefined;
      try {
        const deleted = await write("delete", id, undefined);
        return deleted === true || inMemory;
      } catch (error) {
        // It may never have been written: then it is gone, now that memory has forgotten it.
        if (inMemory && (await find(id)) === undefined) return true;
        throw error;
      }
    },
    close: () => database.close(),
  };
}
