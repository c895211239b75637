import { closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import { problemOf } from "./open-database.ts";

/**
 * Takes a file for this process alone, until the connection is closed or the process ends, however it ends: the lock is the
 * operating system's. Throws an error with the code of SQLite's that names the file, and says so while another process has it.
 */
export function ownFile(file: string): DatabaseSync {
  let connection: DatabaseSync | undefined;
  try {
    if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
    connection = new DatabaseSync(file);
    connection.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return connection;
  } catch (error) {
    connection?.close();
    const reason = error instanceof Error ? error.message : String(error);
    const words = problemOf(error) === "locked" ? `another process has taken ${file}` : `${file}: ${reason}`;
    const told = new Error(words, { cause: error });
    // By which it is told what has failed.
    const { code, errcode } = Object(error) as { readonly code?: unknown; readonly errcode?: unknown };
    throw Object.assign(told, { code, errcode });
  }
}
