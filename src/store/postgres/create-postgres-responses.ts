import { type ResponseStore, StoreError, type StoredResponse } from "../response-store.ts";
import { createStoreWatch, type StoreWatchOptions } from "../store-watch.ts";
import { createUnwrittenResponses } from "../unwritten-responses.ts";
import type { Connection } from "./create-connection.ts";
import { toDatabaseError } from "./postgres-error.ts";

/** What a response store is made from. */
export interface PostgresResponsesOptions extends StoreWatchOptions {
  readonly connection: Connection;
  /** Of all processes together. */
  readonly capacity: number;
}

const putSql = `
  INSERT INTO gateway.responses (id, body) VALUES ($1, $2)
  ON CONFLICT (id) DO UPDATE SET body = excluded.body, place = nextval('gateway.response_places')`;

/** Who else evicts the same ones is not waited for. */
const evictSql = `
  DELETE FROM gateway.responses WHERE id IN (
    SELECT id FROM gateway.responses
    WHERE place <= (SELECT place FROM gateway.responses ORDER BY place DESC OFFSET $1 LIMIT 1)
    FOR UPDATE SKIP LOCKED)`;

/**
 * Keeps the newest `capacity` responses in PostgreSQL, a hundredth more for moments. What could not be written is found for a while, in
 * memory, by this process.
 */
export function createPostgresResponses({
  connection,
  capacity,
  ...options
}: PostgresResponsesOptions): ResponseStore {
  const watch = createStoreWatch(options);
  const unwritten = createUnwrittenResponses();
  /** To find the oldest takes as long as there are responses: so that is not done each time where there are many. */
  const evictsEach = Math.max(1, Math.floor(capacity / 100));
  let puts = 0;

  function fail(call: "get" | "put" | "delete", thrown: unknown): never {
    const error = thrown instanceof StoreError ? thrown : new StoreError("unavailable", thrown);
    watch.failed(call, toDatabaseError(error));
    throw error;
  }

  async function find(id: string): Promise<StoredResponse | undefined> {
    const known = unwritten.find(id);
    const text =
      known === undefined
        ? (await connection.askLong("SELECT body FROM gateway.responses WHERE id = $1", [id]))[0]?.["body"]
        : known.text;
    // What was written here by `put` is a StoredResponse.
    return typeof text === "string" ? (JSON.parse(text) as StoredResponse) : undefined;
  }

  return {
    get problem() {
      return watch.problem;
    },
    isShared: true,
    get: (id) => find(id).catch((error: unknown) => fail("get", error)),
    async put(stored) {
      const text = JSON.stringify(stored);
      const pending = unwritten.begin(stored.id, text);
      try {
        await connection.askLong(putSql, [stored.id, text]);
        pending.written();
        puts += 1;
        if (puts % evictsEach === 0) await connection.askLong(evictSql, [capacity]);
      } catch (error) {
        pending.failed();
        fail("put", error);
      }
      watch.stored();
    },
    async delete(id) {
      const wasInMemory = unwritten.find(id)?.text !== undefined;
      const pending = unwritten.begin(id, undefined);
      try {
        const gone = await connection.askLong("DELETE FROM gateway.responses WHERE id = $1 RETURNING id", [
          id,
        ]);
        return gone.length > 0 || wasInMemory;
      } catch (error) {
        return fail("delete", error);
      } finally {
        pending.written();
      }
    },
    // What was put was waited for.
    close: async () => {},
  };
}
