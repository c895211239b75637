import { closeSync, existsSync, openSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";

import { makeFolder } from "../../../make-folder.ts";

/** So much of its log keeps its room on the disk. */
const keptLogBytes = 8_388_608;

/**
 * Opens the file of a ledger for its one writer, and makes what is missing of it and its folder, readable by this user alone. It has a
 * write-ahead log, so that reports and writes never wait for each other: what a full disk does to one is no harm here, where
 * rows may be dropped. Throws what the file system or SQLite throws, also when another process locks the file.
 */
export function openForWriting(file: string): DatabaseSync {
  makeFolder(path.dirname(file));
  // Nobody else's to read. SQLite gives its other files the same rights.
  closeSync(openSync(file, "a", 0o600));
  const database = new DatabaseSync(file);
  try {
    // Before the first table, and before the log writes the file's head: later it would have no effect.
    database.exec("PRAGMA busy_timeout = 0; PRAGMA auto_vacuum = INCREMENTAL");
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384");
    // What is left of a log that somebody's open transaction let grow is given back, when that has ended.
    database.exec(`PRAGMA journal_size_limit = ${keptLogBytes}; PRAGMA wal_checkpoint(TRUNCATE)`);
    // Takes the write lock for a moment, so that a locked or read-only file shows at the start.
    database.exec("BEGIN IMMEDIATE; COMMIT");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opens it for reports, which change nothing. Throws where there is none. */
export function openForReading(file: string): DatabaseSync {
  if (!existsSync(file)) throw new Error(`there is no ${path.basename(file)}`);
  const database = new DatabaseSync(file);
  database.exec("PRAGMA busy_timeout = 0; PRAGMA query_only = ON; PRAGMA cache_size = -16384");
  return database;
}

/**
 * Remembers which file has this name now. What it returns throws once that is another one or none: SQLite would go on with
 * the file that was moved away, in which nobody looks.
 */
export function watchFile(file: string): () => void {
  const opened = statSync(file);
  return () => {
    const present = statSync(file, { throwIfNoEntry: false });
    if (present?.ino !== opened.ino || present.dev !== opened.dev)
      throw new Error("the file was moved away or replaced");
  };
}
