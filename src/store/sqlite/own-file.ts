import { closeSync, existsSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

import { problemOf } from "./open-database.ts";

/**
 * Takes a file for this process alone, until the connection is closed or the process ends, however it ends: the lock is the
 * operating system's. Throws what SQLite throws, and while another process has it an error of the same code that says so.
 */
export function ownFile(file: string): DatabaseSync {
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  const connection = new DatabaseSync(file);
  try {
    connection.exec("PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return connection;
  } catch (error) {
    connection.close();
    if (problemOf(error) !== "locked") throw error;
    const told = new Error(`another process has taken ${file}`, { cause: error });
    throw Object.assign(told, { errcode: Reflect.get(Object(error), "errcode") as unknown });
  }
}
