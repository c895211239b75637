import { closeSync, openSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

import { makeFolder } from "../../make-folder.ts";

/** What a deletion writes to the journal at most, with room to spare. In bytes. */
const journalBytes = 131_072;

/**
 * Opens a database file that other processes may use at the same time, and makes what is missing of it and its
 * folder, readable by this user alone. Throws what the file system or SQLite throws, also when another process locks
 * the file.
 *
 * Its rollback journal is what makes it safe on a full disk: a transaction without room leaves nothing behind, and a
 * deletion only needs the few pages for which the journal keeps its room. (A write-ahead log may neither grow nor be
 * moved into the file then, so that even deletions fail.) It also notices that the file was moved away.
 */
export function openDatabase(file: string): DatabaseSync {
  makeFolder(path.dirname(file));
  // Nobody else's to read. SQLite gives its other files the same rights.
  closeSync(openSync(file, "a", 0o600));
  const database = new DatabaseSync(file);
  try {
    // The worker waits instead, without blocking what can be answered meanwhile.
    database.exec("PRAGMA busy_timeout = 0; PRAGMA synchronous = NORMAL");
    keepJournal(database);
    // Takes the write lock for a moment, so that a locked or read-only file shows at the start.
    database.exec("BEGIN IMMEDIATE; COMMIT");
    growJournal(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function keepJournal(database: DatabaseSync): void {
  try {
    database.exec("PRAGMA journal_mode = PERSIST");
  } catch (error) {
    const mode = database.prepare("PRAGMA journal_mode").get()?.["journal_mode"];
    // A gateway of version 0.1 has it open with a write-ahead log: both use that until the next start.
    if (mode !== "wal") throw error;
  }
}

/** Has the journal take its room while there is some: a table that is wiped when dropped goes through it. */
function growJournal(database: DatabaseSync, file: string): void {
  const size = statSync(`${file}-journal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size >= journalBytes) return;
  try {
    database.exec(`
      PRAGMA secure_delete = ON;
      CREATE TABLE IF NOT EXISTS room AS SELECT zeroblob(${journalBytes}) AS body;
      DROP TABLE IF EXISTS room`);
  } catch (error) {
    // The disk is full already. What fails for it later is told then.
    if (problemOf(error) !== "disk-full") throw error;
  } finally {
    database.exec("PRAGMA secure_delete = OFF");
  }
}

/** The primary result codes of SQLite that mean something here (https://sqlite.org/rescode.html). */
const resultCodes = { busy: 5, locked: 6, full: 13 };

/** What a failure of SQLite or the file system means. */
export function problemOf(error: unknown): "disk-full" | "locked" | "unavailable" {
  if (!(error instanceof Error)) return "unavailable";
  if (Reflect.get(error, "code") === "ENOSPC") return "disk-full";
  // The upper bits tell more of the same kind.
  const code = Number(Reflect.get(error, "errcode")) & 0xff;
  if (code === resultCodes.full) return "disk-full";
  return code === resultCodes.busy || code === resultCodes.locked ? "locked" : "unavailable";
}
