import {
  type Conversation,
  type ConversationItem,
  type ConversationOutcome,
  type ConversationStore,
  usualHoldMs,
} from "../../responses/conversation-store.ts";
import { StoreError } from "../response-store.ts";
import { createStoreWatch, type StoreWatchOptions } from "../store-watch.ts";
import type { Connection, Row } from "./create-connection.ts";
import { toDatabaseError } from "./postgres-error.ts";

/** What a store of conversations is made from. */
export interface PostgresConversationsOptions extends StoreWatchOptions {
  readonly connection: Connection;
  /** Of all processes together. */
  readonly capacity: number;
  /** Default: `usualHoldMs`. */
  readonly leaseMs?: number;
}

const words = {
  get: "a conversation could not be read",
  put: "a conversation could not be kept",
  delete: "a conversation could not be deleted",
  again: "conversations are kept again",
};

const insertItems = `
  INSERT INTO gateway.conversation_items (conversation, place, number, id, body)
  SELECT o.id, o.place, x.number, x.id, x.body
  FROM o CROSS JOIN unnest($2::text[], $3::text[]) WITH ORDINALITY x(id, body, number)`;

const createSql = `
  WITH o AS (INSERT INTO gateway.conversations (id, body, metadata) VALUES ($1, $4, $5) RETURNING id, place)
  ${insertItems}`;

const headSql = "SELECT body AS head, metadata FROM gateway.conversations WHERE id = $1";

const readSql = `
  SELECT c.body AS head, c.metadata, c.place, i.body
  FROM gateway.conversations c LEFT JOIN gateway.conversation_items i ON i.conversation = c.id
  WHERE c.id = $1 ORDER BY i.place, i.number`;

const metadataSql = "UPDATE gateway.conversations SET metadata = $2 WHERE id = $1 RETURNING id";

/** Nobody holds it. */
const isFree = "(holder IS NULL OR held_until < gateway.clock_ms())";

/** What each change answers: whether it was done, and whether there is such a conversation. */
const isThere = "EXISTS (SELECT FROM gateway.conversations WHERE id = $1) AS there";

const free = "holder = NULL, held_until = 0, place = nextval('gateway.conversation_places')";

const addSql = `
  WITH o AS (
    UPDATE gateway.conversations SET ${free}
    WHERE id = $1 AND CASE WHEN $4::text IS NULL THEN ${isFree} ELSE holder = $4 END
    RETURNING id, place),
  added AS (${insertItems})
  SELECT EXISTS (SELECT FROM o) AS done, ${isThere}`;

const removeSql = `
  WITH o AS (
    UPDATE gateway.conversations SET ${free}
    WHERE id = $1 AND ${isFree}
      AND EXISTS (SELECT FROM gateway.conversation_items WHERE conversation = $1 AND id = $2)
    RETURNING id),
  removed AS (
    DELETE FROM gateway.conversation_items i USING o WHERE i.conversation = o.id AND i.id = $2)
  SELECT EXISTS (SELECT FROM o) AS done, ${isThere},
    EXISTS (SELECT FROM gateway.conversation_items WHERE conversation = $1 AND id = $2) AS item`;

const lockSql = `
  WITH o AS (
    UPDATE gateway.conversations SET holder = $2, held_until = gateway.clock_ms() + $4
    WHERE id = $1 AND place = $3 AND (holder = $2 OR ${isFree})
    RETURNING id)
  SELECT EXISTS (SELECT FROM o) AS done, ${isThere}`;

const unlockSql = "UPDATE gateway.conversations SET holder = NULL WHERE id = $1 AND holder = $2";

/** Who else evicts the same ones is not waited for. */
const evictSql = `
  DELETE FROM gateway.conversations WHERE id IN (
    SELECT id FROM gateway.conversations
    WHERE place <= (SELECT place FROM gateway.conversations ORDER BY place DESC OFFSET $1 LIMIT 1)
    FOR UPDATE SKIP LOCKED)`;

function toOutcome(row: Row | undefined): ConversationOutcome {
  if (row?.["done"] === true) return "done";
  return row?.["there"] === true ? "locked" : "gone";
}

function idsOf(items: readonly ConversationItem[]): readonly string[] {
  return items.map(({ id }) => id);
}

function textsOf(items: readonly ConversationItem[]): readonly string[] {
  return items.map((item) => JSON.stringify(item));
}

// What was written here is what is read.
function toHead({ head, metadata }: Row): Conversation {
  return {
    ...(JSON.parse(String(head)) as Omit<Conversation, "metadata">),
    metadata: JSON.parse(String(metadata)) as Conversation["metadata"],
  };
}

function toItem(text: string): ConversationItem {
  return JSON.parse(text) as ConversationItem;
}

/** Keeps the `capacity` conversations in PostgreSQL that were added to last, a hundredth more for moments. Its clock says how long they are held. */
export function createPostgresConversations({
  connection,
  capacity,
  leaseMs = usualHoldMs,
  ...options
}: PostgresConversationsOptions): ConversationStore {
  const watch = createStoreWatch(options, { words });
  /** To find the oldest takes as long as there are conversations: so that is not done each time where there are many. */
  const evictsEach = Math.max(1, Math.floor(capacity / 100));
  let created = 0;

  async function ask(
    call: "get" | "put" | "delete",
    sql: string,
    values: readonly unknown[],
  ): Promise<readonly Row[]> {
    try {
      const rows = await connection.askLong(sql, values);
      if (call === "put") watch.stored();
      return rows;
    } catch (thrown) {
      const error = thrown instanceof StoreError ? thrown : new StoreError("unavailable", thrown);
      watch.failed(call, toDatabaseError(error));
      throw error;
    }
  }

  return {
    leaseMs,
    async create(conversation, items) {
      const { metadata, ...head } = conversation;
      const texts = [JSON.stringify(head), JSON.stringify(metadata)];
      await ask("put", createSql, [head.id, idsOf(items), textsOf(items), ...texts]);
      created += 1;
      if (created % evictsEach === 0) await ask("put", evictSql, [capacity]);
    },
    async get(id) {
      const [row] = await ask("get", headSql, [id]);
      return row && toHead(row);
    },
    async read(id) {
      const rows = await ask("get", readSql, [id]);
      const [first] = rows;
      if (first === undefined) return undefined;
      const texts = rows.flatMap(({ body }) => (typeof body === "string" ? [body] : []));
      return {
        conversation: toHead(first),
        items: texts.map(toItem),
        characters: texts.reduce((sum, text) => sum + text.length, 0),
        version: Number(first["place"]),
      };
    },
    async setMetadata(id, metadata) {
      return (await ask("put", metadataSql, [id, JSON.stringify(metadata)])).length > 0;
    },
    async delete(id) {
      const sql = "DELETE FROM gateway.conversations WHERE id = $1 RETURNING id";
      return (await ask("delete", sql, [id])).length > 0;
    },
    async add(id, items, holder) {
      const [row] = await ask("put", addSql, [id, idsOf(items), textsOf(items), holder ?? null]);
      return toOutcome(row);
    },
    async remove(id, item) {
      const [row] = await ask("delete", removeSql, [id, item]);
      const outcome = toOutcome(row);
      return outcome === "locked" && row?.["item"] !== true ? "missing" : outcome;
    },
    async lock(id, holder, version) {
      const [row] = await ask("put", lockSql, [id, holder, version, leaseMs]);
      return toOutcome(row);
    },
    async unlock(id, holder) {
      await ask("put", unlockSql, [id, holder]);
    },
  };
}
