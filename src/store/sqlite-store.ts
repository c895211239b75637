import { mkdir, open } from "node:fs/promises";
import path from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { ConfigError } from "../config.ts";
import type { ResponseStore, StoredResponse } from "./response-store.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS responses (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
  )`;

/** `node:sqlite` came with Node 22.5 and needs no flag since 22.13; it is loaded only when asked for. */
async function loadSqlite(): Promise<typeof DatabaseSync> {
  try {
    return (await import("node:sqlite")).DatabaseSync;
  } catch {
    throw new ConfigError([
      `DATA_DIR: storing responses in a file needs Node 22.13 or newer, and this is ${process.version}. ` +
        "Update Node, or unset DATA_DIR to keep responses in memory.",
    ]);
  }
}

async function openDatabase(file: string): Promise<DatabaseSync> {
  const Database = await loadSqlite();
  let database: DatabaseSync | undefined;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    // Conversations are nobody else's to read. SQLite gives its other files the same rights.
    await (await open(file, "a", 0o600)).close();
    database = new Database(file);
    // Another process may be writing; WAL lets readers pass, and a second outlasts any honest writer.
    database.exec("PRAGMA busy_timeout = 1000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    database.exec(schema);
    // Takes the write lock for a moment, so that a locked or read-only file shows at the start.
    database.exec("BEGIN IMMEDIATE; COMMIT");
    return database;
  } catch (error) {
    database?.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `DATA_DIR: cannot use ${file}: ${reason}. ` +
        "Give a directory that this user may write to and no other program locks, " +
        "or move a damaged file away; it holds nothing but stored responses.",
    ]);
  }
}

/** Responses may hold images, so a count alone would not bound the file. */
const maximumBytes = 1_073_741_824;

/**
 * Keeps the newest `capacity` responses in `<directory>/responses.sqlite`, which is created when missing
 * and outlives the process. The oldest go sooner when the file would hold more than `limitBytes`. Rejects with `ConfigError` when the file cannot be opened or written, and on a
 * Node without `node:sqlite`.
 */
export async function createSqliteStore(
  directory: string,
  capacity: number,
  limitBytes: number = maximumBytes,
): Promise<ResponseStore> {
  const database = await openDatabase(path.join(directory, "responses.sqlite"));
  const select = database.prepare("SELECT body FROM responses WHERE id = ?");
  // A replaced row gets a new sequence: what was put last is the newest.
  const insert = database.prepare("INSERT OR REPLACE INTO responses (id, body) VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM responses WHERE id = ?");
  const evict = database.prepare(
    "DELETE FROM responses WHERE sequence <= (SELECT sequence FROM responses ORDER BY sequence DESC LIMIT 1 OFFSET ?)",
  );
  const evictOldest = database.prepare(
    "DELETE FROM responses WHERE sequence = (SELECT min(sequence) FROM responses)",
  );
  const size = database.prepare(
    "SELECT (SELECT page_count FROM pragma_page_count) - (SELECT freelist_count FROM pragma_freelist_count) AS pages, " +
      "(SELECT page_size FROM pragma_page_size) AS page",
  );

  function usedBytes(): number {
    const { pages, page } = size.get() ?? {};
    return Number(pages) * Number(page);
  }

  return {
    async get(id) {
      const body = select.get(id)?.["body"];
      // What was written here by `put` is a StoredResponse.
      return typeof body === "string" ? (JSON.parse(body) as StoredResponse) : undefined;
    },
    async put(stored) {
      insert.run(stored.id, JSON.stringify(stored));
      evict.run(capacity);
      while (usedBytes() > limitBytes && Number(evictOldest.run().changes) > 0);
    },
    async delete(id) {
      return Number(remove.run(id).changes) > 0;
    },
    async close() {
      if (database.isOpen) database.close();
    },
  };
}
