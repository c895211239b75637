import type { DatabaseSync } from "node:sqlite";

import type { AccessKey, Budget, KeyChange } from "../../access/access-key.ts";
import { applyKeyChange } from "../../access/apply-key-change.ts";
import { type EndedKeys, findEndedKeys } from "../../access/ended-keys.ts";
import type { Table } from "./protocol.ts";

/** All keys in the order in which they were created, unless they are still those of revision `since`. */
export interface KeyQuery {
  readonly since: number | undefined;
}

/** A key as it is kept. */
export interface KeyRow {
  readonly key: AccessKey;
  readonly digest: string;
}

/** What a query is answered; `undefined`: nothing changed. */
export interface KeyRows {
  readonly revision: number;
  readonly rows: readonly KeyRow[];
}

/** Creates a key, changes one, or forgets those that ended before then. */
export type KeyCommand =
  | { readonly create: AccessKey; readonly digest: string }
  | { readonly endedBefore: number }
  | { readonly id: string; readonly change: KeyChange & { readonly revokedAt?: number } };

/** What came of a command. `taken`: the id or the digest is another's; `orphan`: there is no such parent; `none`: no such key. */
export type KeyOutcome =
  | (KeyRow & { readonly kind: "kept"; readonly revision: number })
  | { readonly kind: "pruned"; readonly ended: EndedKeys; readonly revision: number }
  | { readonly kind: "taken" | "orphan" | "none" };

/** The revision counts all changes, so that other processes notice them. */
const schema = `
  CREATE TABLE IF NOT EXISTS keys (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS key_revision (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO key_revision VALUES (1, 0)`;

// What was written here is an AccessKey.
const toRow = ({ digest, body }: Record<string, unknown>): KeyRow => ({
  key: JSON.parse(String(body)) as AccessKey,
  digest: String(digest),
});

/** The keys in a database. Of a budget that several have each row has a copy, and all are changed together. */
export function openKeyRows(database: DatabaseSync): Pick<Table<KeyQuery, KeyCommand>, "read" | "write"> {
  database.exec(schema);
  const selectRevision = database.prepare("SELECT revision FROM key_revision");
  const selectAll = database.prepare("SELECT digest, body FROM keys ORDER BY sequence");
  const selectOne = database.prepare("SELECT digest, body FROM keys WHERE id = ?");
  const selectSame = database.prepare("SELECT 1 FROM keys WHERE id = ? OR digest = ?");
  const insert = database.prepare("INSERT INTO keys (id, digest, body) VALUES (?, ?, ?)");
  const update = database.prepare("UPDATE keys SET body = ? WHERE id = ?");
  const shareBudget = database.prepare(`
    UPDATE keys SET body = json_set(body, '$.budget', json(?))
    WHERE json_extract(body, '$.budget.id') = ?`);
  const selectBudget = database.prepare(`
    SELECT json_extract(body, '$.budget') AS budget FROM keys WHERE json_extract(body, '$.budget.id') = ? LIMIT 1`);
  const remove = database.prepare("DELETE FROM keys WHERE id = ?");
  const countUp = database.prepare("UPDATE key_revision SET revision = revision + 1 RETURNING revision");

  /** The key, with the budget that others have already as it is there. */
  function joined(key: AccessKey): AccessKey {
    if (key.budget === undefined) return key;
    const there = selectBudget.get(key.budget.id)?.["budget"];
    // What was written here is a Budget.
    return typeof there === "string" ? { ...key, budget: JSON.parse(there) as Budget } : key;
  }

  function kept(key: AccessKey, digest: string): KeyOutcome {
    if (key.budget !== undefined) shareBudget.run(JSON.stringify(key.budget), key.budget.id);
    return { kind: "kept", key, digest, revision: Number(countUp.get()?.["revision"]) };
  }

  function prune(endedBefore: number): KeyOutcome {
    const all = selectAll.all().map((row) => toRow(row).key);
    const ended = findEndedKeys(all, endedBefore);
    if (ended.keys.length === 0) return { kind: "none" };
    for (const id of ended.keys) remove.run(id);
    return { kind: "pruned", ended, revision: Number(countUp.get()?.["revision"]) };
  }

  return {
    read({ since }): KeyRows | undefined {
      const revision = Number(selectRevision.get()?.["revision"]);
      return revision === since ? undefined : { revision, rows: selectAll.all().map(toRow) };
    },
    write(command): KeyOutcome {
      if ("endedBefore" in command) return prune(command.endedBefore);
      if ("create" in command) {
        const { create: wished, digest } = command;
        const key = joined(wished);
        if (selectSame.get(key.id, digest) !== undefined) return { kind: "taken" };
        if (key.parent !== undefined && selectOne.get(key.parent) === undefined) return { kind: "orphan" };
        insert.run(key.id, digest, JSON.stringify(key));
        return kept(key, digest);
      }
      const found = selectOne.get(command.id);
      if (found === undefined) return { kind: "none" };
      const row = toRow(found);
      const changed = applyKeyChange(row.key, command.change);
      const key = changed.budget?.id === row.key.budget?.id ? changed : joined(changed);
      update.run(JSON.stringify(key), key.id);
      return kept(key, row.digest);
    },
  };
}
