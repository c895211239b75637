/** Conversations in a file: a row for each, and one for each item. Loaded by the thread that owns the file. */
import type { DatabaseSync } from "node:sqlite";

import type { ConversationOutcome } from "../../responses/conversation-store.ts";
import type { Table } from "./protocol.ts";

/** How much the table may hold. */
export interface ConversationTableSettings {
  readonly capacity: number;
  /** Of the file. */
  readonly limitBytes: number;
}

/** Asks for a conversation as `ConversationRows`, or undefined. */
export interface ConversationQuery {
  readonly id: string;
  readonly withItems: boolean;
}

/** A conversation as it was written. */
export interface ConversationRows {
  /** JSON. */
  readonly head: string;
  readonly version: number;
  /** JSON of each. */
  readonly items: readonly string[];
}

/** An item that is added. */
export interface ItemRow {
  readonly id: string;
  readonly text: string;
}

/** A change. `now` is in ms since the epoch. The answer is a `ConversationOutcome`, or `missing`. */
export type ConversationCommand = { readonly id: string } & (
  | { readonly kind: "create"; readonly head: string; readonly items: readonly ItemRow[] }
  | { readonly kind: "metadata"; readonly metadata: unknown }
  | { readonly kind: "delete" }
  | {
      readonly kind: "add";
      readonly items: readonly ItemRow[];
      readonly holder: string | undefined;
      readonly now: number;
    }
  | { readonly kind: "remove"; readonly item: string; readonly now: number }
  | {
      readonly kind: "lock";
      readonly holder: string;
      readonly version: number;
      readonly now: number;
      readonly leaseMs: number;
    }
  | { readonly kind: "unlock"; readonly holder: string }
);

/** Versions are never given twice, also when the rows that had them are gone. */
const schema = `
  CREATE TABLE IF NOT EXISTS conversations (
    version INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    head TEXT NOT NULL,
    holder TEXT,
    held_until INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE IF NOT EXISTS items (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS items_conversation ON items (conversation)`;

/** For the pages of trees that change with a row, beside those that hold its text. */
const otherPages = 16;

/** The conversations that were added to last, `capacity` of them, in no more than `limitBytes`. */
export function openTable(
  database: DatabaseSync,
  { capacity, limitBytes }: ConversationTableSettings,
): Table<ConversationQuery, ConversationCommand> {
  const pragma = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name]);
  database.exec(schema);
  const pageBytes = pragma("page_size");
  // SQLite itself refuses to grow the file further; it says so as it says that the disk is full.
  database.exec(`PRAGMA max_page_count = ${Math.ceil(limitBytes / pageBytes)}`);

  const find = database.prepare("SELECT version, head, holder, held_until FROM conversations WHERE id = ?");
  const listItems = database.prepare("SELECT body FROM items WHERE conversation = ? ORDER BY place");
  const insert = database.prepare("INSERT INTO conversations (id, head) VALUES (?, ?)");
  const insertItem = database.prepare("INSERT INTO items (conversation, id, body) VALUES (?, ?, ?)");
  const setHead = database.prepare("UPDATE conversations SET head = ? WHERE id = ?");
  const setHolder = database.prepare("UPDATE conversations SET holder = ?, held_until = ? WHERE id = ?");
  const unlock = database.prepare("UPDATE conversations SET holder = NULL WHERE id = ? AND holder = ?");
  const remove = database.prepare("DELETE FROM conversations WHERE id = ?");
  const removeItems = database.prepare("DELETE FROM items WHERE conversation = ?");
  const removeItem = database.prepare("DELETE FROM items WHERE conversation = ? AND id = ?");
  const oldest = database.prepare("SELECT id FROM conversations ORDER BY version LIMIT 1");
  const surplus = database.prepare("SELECT id FROM conversations ORDER BY version DESC LIMIT -1 OFFSET ?");
  /** To find the surplus takes as long as there are conversations: so that is not done each time where there are many. */
  const evictsEach = Math.max(1, Math.floor(capacity / 100));
  let created = 0;

  function forget(id: unknown): void {
    remove.run(String(id));
    removeItems.run(String(id));
  }

  function addItems(id: string, items: readonly ItemRow[]): void {
    for (const item of items) insertItem.run(id, item.id, item.text);
  }

  /** Makes it the newest, and free. */
  function renew(id: string, head: string): void {
    remove.run(id);
    insert.run(id, head);
  }

  function evict(): void {
    created += 1;
    if (created % evictsEach !== 0) return;
    for (const { id } of surplus.all(capacity)) forget(id);
  }

  function write(command: ConversationCommand): ConversationOutcome | "missing" {
    const { id } = command;
    if (command.kind === "create") {
      insert.run(id, command.head);
      addItems(id, command.items);
      evict();
      return "done";
    }
    const row = find.get(id);
    if (row === undefined) return "gone";
    const head = String(row["head"]);
    const holder = row["holder"];
    const isHeldAt = (now: number) => holder !== null && Number(row["held_until"]) >= now;
    switch (command.kind) {
      case "metadata":
        setHead.run(JSON.stringify({ ...JSON.parse(head), metadata: command.metadata }), id);
        return "done";
      case "delete":
        forget(id);
        return "done";
      case "add":
        if (command.holder === undefined ? isHeldAt(command.now) : holder !== command.holder) return "locked";
        renew(id, head);
        addItems(id, command.items);
        return "done";
      case "remove":
        if (isHeldAt(command.now)) return "locked";
        if (Number(removeItem.run(id, command.item).changes) === 0) return "missing";
        renew(id, head);
        return "done";
      case "lock":
        if (Number(row["version"]) !== command.version) return "locked";
        if (holder !== command.holder && isHeldAt(command.now)) return "locked";
        setHolder.run(command.holder, command.now + command.leaseMs, id);
        return "done";
      default:
        unlock.run(id, command.holder);
        return "done";
    }
  }

  return {
    read({ id, withItems }): ConversationRows | undefined {
      const row = find.get(id);
      if (row === undefined) return undefined;
      const items = withItems ? listItems.all(id).map(({ body }) => String(body)) : [];
      return { head: String(row["head"]), version: Number(row["version"]), items };
    },
    write,
    makeRoom(command) {
      if (command.kind !== "create" && command.kind !== "add") return false;
      const bytes = command.items.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
      const needed = Math.ceil(bytes / pageBytes) + otherPages;
      // All that are kept would not be enough.
      if (needed > pragma("page_count")) return false;
      while (pragma("freelist_count") < needed) {
        const first = oldest.get()?.["id"];
        // The one that is added to is no room for itself.
        if (first === undefined || first === command.id) break;
        forget(first);
      }
      return true;
    },
  };
}
