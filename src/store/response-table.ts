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
  // Leaves room for one more.
  const evict = database.prepare(
    "DELETE FROM responses WHERE sequence <= (SELECT sequence FROM responses ORDER BY sequence DESC LIMIT 1 OFFSET ?)",
  );
  const evictOldest = database.prepare(
    "DELETE FROM responses WHERE sequence = (SELECT min(sequence) FROM responses)",
  );

  return {
    read: ({ id }) => select.get(id)?.["body"],
    write({ id, text }) {
      const removed = Number(remove.run(id).changes) > 0;
      if (text === undefined) return removed;
      evict.run(capacity - 1);
      // A new sequence: what was put last is the newest.
      insert.run(id, text);
      return true;
    },
    makeRoom({ text }) {
      // A deletion needs none but the journal's.
      if (text === undefined) return false;
      const needed = Math.ceil(Buffer.byteLength(text) / pageBytes) + otherPages;
      // All that are stored would not be enough.
      if (needed > pragma("page_count")) return false;
      while (pragma("freelist_count") < needed && Number(evictOldest.run().changes) > 0);
      return true;
    },
  };
}
