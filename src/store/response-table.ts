import type { DatabaseSync } from "node:sqlite";

import type { Table } from "./sqlite/protocol.ts";

/** How much the table may hold. */
export interface ResponseTableSettings {
  readonly capacity: number;
  /** Of the file. */
  readonly limitBytes: number;
}

/** Asks for the text of a response: a string, or undefined. */
export interface ResponseQuery {
  readonly id: string;
}

/** Puts a text (answer: true), or deletes what is there (answer: whether there was something). */
export interface ResponseCommand {
  readonly id: string;
  readonly text: string | undefined;
}

const schema = `
  CREATE TABLE IF NOT EXISTS responses (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
  )`;

/** For the pages of the two trees that change with a row, beside those that hold its text. */
const otherPages = 8;

/**
 * The newest `capacity` responses, in no more than `limitBytes`: then, as on a full disk, the oldest go sooner. Room
 * is made before a response is put.
 */
export function openTable(
  database: DatabaseSync,
  { capacity, limitBytes }: ResponseTableSettings,
): Table<ResponseQuery, ResponseCommand> {
  const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  database.exec(schema);
  const pageBytes = pragma("page_size");
  // SQLite itself refuses to grow the file further; it says so as it says that the disk is full.
  database.exec(`PRAGMA max_page_count = ${Math.ceil(limitBytes / pageBytes)}`);

  const select = database.prepare("SELECT body FROM responses WHERE id = ?");
  const insert = database.prepare("INSERT INTO responses (id, body) VALUES (?, ?)");
  const remove = database.prepare("DELETE FROM responses WHERE id = ?");
  const evict = database.prepare(
    "DELETE FROM responses WHERE sequence = (SELECT min(sequence) FROM responses)",
  );
  const countAll = database.prepare("SELECT count(*) AS stored FROM responses");
  /** How many are stored, once that was counted: to count them, or to look for the last that has room, reads a page for each. */
  let stored: number | undefined;
  /** Another connection, which is another process's, has changed something when this is another number. */
  const readVersion = database.prepare("PRAGMA data_version");
  let version: unknown;

  function count(): number {
    const present = readVersion.get()?.["data_version"];
    if (stored === undefined || present !== version) stored = Number(countAll.get()?.["stored"]);
    version = present;
    return stored;
  }

  function evictOldest(): boolean {
    const isGone = Number(evict.run().changes) > 0;
    if (isGone && stored !== undefined) stored -= 1;
    return isGone;
  }

  return {
    read: ({ id }) => select.get(id)?.["body"],
    write({ id, text }) {
      stored = count();
      const removed = Number(remove.run(id).changes);
      stored -= removed;
      if (text === undefined) return removed > 0;
      while (stored >= capacity && evictOldest());
      // A new sequence: what was put last is the newest.
      insert.run(id, text);
      stored += 1;
      return true;
    },
    makeRoom({ text }) {
      // A deletion needs none but the journal's.
      if (text === undefined) return false;
      const needed = Math.ceil(Buffer.byteLength(text) / pageBytes) + otherPages;
      // All that are stored would not be enough.
      if (needed > pragma("page_count")) return false;
      while (pragma("freelist_count") < needed && evictOldest());
      return true;
    },
    // What was counted may have been undone.
    forget() {
      stored = undefined;
    },
  };
}
