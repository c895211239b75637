import path from "node:path";

import { ConfigError } from "../../config.ts";
import {
  type Conversation,
  type ConversationItem,
  type ConversationOutcome,
  type ConversationStore,
  usualHoldMs,
} from "../../responses/conversation-store.ts";
import { StoreError } from "../response-store.ts";
import { createStoreWatch, type StoreWatchOptions } from "../store-watch.ts";
import type {
  ConversationCommand,
  ConversationQuery,
  ConversationRows,
  ConversationTableSettings,
  ItemRow,
} from "./conversation-table.ts";
import { createDatabase, type DatabaseOptions } from "./create-database.ts";
import { DatabaseError } from "./protocol.ts";
import { siblingModule } from "./sibling-module.ts";

/** What a file store is made from. */
export interface SqliteConversationsOptions extends StoreWatchOptions {
  readonly directory: string;
  readonly capacity: number;
  /** Of the file; 1 GiB by default. */
  readonly limitBytes?: number;
  /** Default: `usualHoldMs`. */
  readonly leaseMs?: number;
  readonly database?: Pick<DatabaseOptions, "lockWaitMs" | "answerWaitMs">;
}

/** Items may hold images, so a count alone would not bound the file. */
const maximumBytes = 1_073_741_824;

const words = {
  get: "a conversation could not be read",
  put: "a conversation could not be kept",
  delete: "a conversation could not be deleted",
  again: "conversations are kept again",
};

function toRows(items: readonly ConversationItem[]): readonly ItemRow[] {
  return items.map((item) => ({ id: item.id, text: JSON.stringify(item) }));
}

/** A file store, and its end. */
export interface SqliteConversations extends ConversationStore {
  /** Waits for what was begun. Idempotent. */
  close(): Promise<void>;
}

/**
 * Keeps conversations in `<directory>/conversations.sqlite`, which is created when missing and outlives the process: the `capacity` that were added
 * to last, fewer when the file would grow larger than `limitBytes`, or the disk is full. Rejects with `ConfigError` when the file can't be used.
 */
export async function openSqliteConversations(
  options: SqliteConversationsOptions,
): Promise<SqliteConversations> {
  const { directory, capacity, limitBytes = maximumBytes, leaseMs = usualHoldMs, now } = options;
  const file = path.join(directory, "conversations.sqlite");
  const database = createDatabase<ConversationQuery, ConversationCommand>({
    ...options.database,
    file,
    table: siblingModule(import.meta.url, "conversation-table"),
    tableSettings: { capacity, limitBytes } satisfies ConversationTableSettings,
  });
  try {
    await database.open();
  } catch (error) {
    await database.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `DATA_DIR: cannot use ${file}: ${reason}. Move a damaged file away; it holds nothing but conversations.`,
    ]);
  }
  const watch = createStoreWatch(options, {
    words,
    file: { path: file, holds: "nothing but conversations" },
  });

  function fail(call: "get" | "put" | "delete", thrown: unknown): never {
    const error =
      thrown instanceof DatabaseError
        ? thrown
        : new DatabaseError("unavailable", "what is stored is no conversation");
    watch.failed(call, error);
    throw new StoreError(error.problem, thrown);
  }

  async function find(id: string, withItems: boolean) {
    try {
      // What the table's `read` gives, and what was written here.
      const found = (await database.read({ id, withItems })) as ConversationRows | undefined;
      if (found === undefined) return undefined;
      const characters = found.items.reduce((sum, text) => sum + text.length, 0);
      const items = found.items.map((text) => JSON.parse(text) as ConversationItem);
      const conversation = JSON.parse(found.head) as Conversation;
      return { conversation, items, characters, version: found.version };
    } catch (thrown) {
      return fail("get", thrown);
    }
  }

  /** What the table's `write` gives for the command. */
  async function change(command: ConversationCommand): Promise<unknown> {
    const items = "items" in command ? command.items : [];
    try {
      const size = items.reduce((sum, { text }) => sum + text.length, 0);
      const outcome = await database.write(command, size);
      watch.stored();
      return outcome;
    } catch (thrown) {
      return fail(command.kind === "delete" || command.kind === "remove" ? "delete" : "put", thrown);
    }
  }

  return {
    leaseMs,
    async create(conversation, items) {
      const { id } = conversation;
      await change({ kind: "create", id, head: JSON.stringify(conversation), items: toRows(items) });
    },
    get: async (id) => (await find(id, false))?.conversation,
    read: (id) => find(id, true),
    setMetadata: async (id, metadata) => (await change({ kind: "metadata", id, metadata })) === "done",
    delete: async (id) => (await change({ kind: "delete", id })) === "done",
    add: (id, items, holder) =>
      change({ kind: "add", id, items: toRows(items), holder, now: now() }) as Promise<ConversationOutcome>,
    remove: (id, item) =>
      change({ kind: "remove", id, item, now: now() }) as Promise<ConversationOutcome | "missing">,
    lock: (id, holder, version) =>
      change({ kind: "lock", id, holder, version, now: now(), leaseMs }) as Promise<ConversationOutcome>,
    async unlock(id, holder) {
      await change({ kind: "unlock", id, holder });
    },
    close: () => database.close(),
  };
}
