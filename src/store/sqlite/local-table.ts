/** The database of one process that decides by itself: a file with a part for each kind of thing that it keeps. */
import type { DatabaseSync } from "node:sqlite";

import { type KeyCommand, type KeyQuery, openKeyRows } from "./key-rows.ts";
import { type LimitCommand, type LimitQuery, openLimitRows } from "./limit-rows.ts";
import type { Table } from "./protocol.ts";

/** What the file is opened with. */
export interface LocalSettings {
  /** The file that the process owns whose counters count. */
  readonly lock: string;
}

/** Asks one part. */
export type LocalQuery = { readonly keys: KeyQuery } | { readonly limits: LimitQuery };

/** Has one part do something. */
export type LocalCommand = { readonly keys: KeyCommand } | { readonly limits: LimitCommand };

/** Of the schema. A new part needs no new one; what changes a part's tables does. */
const version = 1;

/** Opens all parts. Throws also where a newer version of the program has made the file. */
export function openTable(database: DatabaseSync, settings: LocalSettings): Table<LocalQuery, LocalCommand> {
  const found = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (found > version) throw new Error(`a newer version of this program has made it (${found} > ${version})`);
  const keys = openKeyRows(database);
  const limits = openLimitRows(database, settings.lock);
  if (found !== version) database.exec(`PRAGMA user_version = ${version}`);
  return {
    read: (query) => ("keys" in query ? keys.read(query.keys) : limits.read(query.limits)),
    write: (command) => ("keys" in command ? keys.write(command.keys) : limits.write(command.limits)),
    makeRoom: () => false,
  };
}
