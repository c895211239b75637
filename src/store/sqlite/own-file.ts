import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/**
 * Takes a file for this process alone, until the connection is closed or the process ends, however it ends: the lock is the
 * operating system's. Throws SQLite's `database is locked` while another process has it.
 */
export function ownFile(file: string): DatabaseSync {
  closeSync(openSync(file, "a", 0o600));
  const connection = new DatabaseSync(file);
  try {
    connection.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}
