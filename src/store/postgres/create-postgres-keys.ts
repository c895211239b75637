import type { AccessKey, KeyLineage } from "../../access/access-key.ts";
import { applyKeyChange } from "../../access/apply-key-change.ts";
import { findEndedKeys } from "../../access/ended-keys.ts";
import type { KeyStore } from "../../access/key-store.ts";
import { StoreError } from "../response-store.ts";
import type { Connection } from "./create-connection.ts";
import { createGatherer } from "./create-gatherer.ts";
import { createKeyCache, type KeyCache } from "./create-key-cache.ts";
import { PostgresError } from "./postgres-error.ts";
import { lineageSql, listSql, readKey, readLineages } from "./read-keys.ts";

/** What a key store is made from. */
export interface PostgresKeysOptions {
  readonly connection: Connection;
  /** Milliseconds of a clock; only differences count. */
  readonly now: () => number;
  /** Whether keys that were known before the database went away are known while it is. */
  readonly servesStale: boolean;
}

/** Keys in PostgreSQL. */
export interface PostgresKeys extends KeyStore {
  /** What the process has heard: whether there is no key. */
  noteEmpty(isEmpty: boolean): void;
}

/** In one statement, and how many may wait for it: whoever guesses keys gets no further. */
const most = 256;
const maximumWaiting = 10_000;

const uniqueViolation = "23505";
const foreignKeyViolation = "23503";

/** What the caller did wrong is no failure of the store. */
function explain(error: unknown, { id, parent }: AccessKey): unknown {
  if (!(error instanceof PostgresError)) return error;
  if (error.code === uniqueViolation) return new Error(`the key ${id} is kept already`, { cause: error });
  if (error.code === foreignKeyViolation)
    return new Error(`there is no key ${parent}, of which ${id} is a child`, { cause: error });
  return error;
}

/** A budget that is there stays as it is: whoever joins it has read it a while ago. */
const createSql = `
  WITH b AS (
    INSERT INTO gateway.budgets SELECT $5, $6 WHERE $5::text IS NOT NULL ON CONFLICT (id) DO NOTHING)
  INSERT INTO gateway.keys (id, digest, parent, created_at, budget, revoked_at, body) VALUES ($1, $2, $3, $4, $5, $7, $8)`;

/** The key's own budget changes for all; another one stays as it is. */
const changeSql = `
  WITH b AS (
    INSERT INTO gateway.budgets SELECT $2, $3 WHERE $3::text IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE gateway.budgets.id = $7)
  UPDATE gateway.keys SET budget = $2, revoked_at = $4, body = $5 WHERE id = $1 AND body = $6 AND budget IS NOT DISTINCT FROM $7
  RETURNING id`;

/** What was changed since it was read stays. */
const forgetSql = `
  DELETE FROM gateway.keys k USING unnest($1::text[], $2::text[]) AS ended (id, body) WHERE k.id = ended.id AND k.body = ended.body
  RETURNING k.id`;

const forgetBudgetsSql = `
  DELETE FROM gateway.budgets b WHERE b.id = ANY($1::text[]) AND NOT EXISTS (SELECT FROM gateway.keys k WHERE k.budget = b.id)`;

function encodeKey({ budget: _budget, ...key }: AccessKey): string {
  return JSON.stringify(key);
}

/** Creates a key store. It answers for less than a second from memory, so that a change is seen everywhere within that. */
export function createPostgresKeys({ connection, now, servesStale }: PostgresKeysOptions): PostgresKeys {
  let isEmpty = true;

  function createCache(by: "digest" | "id"): KeyCache {
    const gatherer = createGatherer<string, KeyLineage | undefined>({
      most,
      maximumWaiting,
      perform: async (asked) => {
        const lineages = readLineages(await connection.ask(lineageSql(by), [asked]));
        return asked.map((one) => lineages.get(one));
      },
    });
    return createKeyCache({ load: (one) => gatherer.add(one), now, servesStale });
  }

  const [byDigest, byId] = [createCache("digest"), createCache("id")];

  function forget(): void {
    byDigest.forget();
    byId.forget();
  }

  /** By the rule `refuse` nobody is known while the database is away, also in the moment for which a key is remembered. */
  async function look(cache: KeyCache, asked: string): Promise<KeyLineage | undefined> {
    if (connection.isAway && !servesStale)
      throw new StoreError("unavailable", new Error("the database is away"));
    return cache.find(asked);
  }

  /** As it is now. */
  async function read(id: string): Promise<KeyLineage | undefined> {
    return readLineages(await connection.askLong(lineageSql("id"), [[id]])).get(id);
  }

  return {
    get isEmpty() {
      return isEmpty;
    },
    noteEmpty(was) {
      // It was looked before a key was made here, maybe; and the last key never goes.
      isEmpty &&= was;
    },
    find: (digest) => look(byDigest, digest),
    get: (id) => look(byId, id),
    list: async () => (await connection.askLong(listSql, [])).map(readKey),
    async create(key, digest) {
      const { id, parent, createdAt, budget, revokedAt } = key;
      const budgetBody = budget === undefined ? undefined : JSON.stringify(budget);
      try {
        await connection.askLong(createSql, [
          id,
          digest,
          parent,
          createdAt,
          budget?.id,
          budgetBody,
          revokedAt,
          encodeKey(key),
        ]);
      } catch (error) {
        throw explain(error, key);
      }
      isEmpty = false;
      forget();
    },
    async prune(endedBefore) {
      const rows = await connection.askLong(listSql, []);
      const all = rows.map(readKey);
      const { keys, limits } = findEndedKeys(all, endedBefore);
      if (keys.length === 0) return [];
      const ended = new Set(keys);
      const bodies = rows.flatMap(({ body }, index) => (ended.has(all[index]?.id ?? "") ? [body] : []));
      const budgets = all.flatMap(({ id, budget }) =>
        ended.has(id) && budget !== undefined ? [budget.id] : [],
      );
      const gone = await connection.askLong(forgetSql, [keys, bodies]);
      await connection.askLong(forgetBudgetsSql, [budgets]);
      forget();
      // What of them another process has changed or forgotten meanwhile may be bound by them still.
      return gone.length === keys.length ? limits : [];
    },
    async change(id, change) {
      // Until nobody else has changed it between reading and writing.
      for (;;) {
        const present = (await read(id))?.key;
        if (present === undefined) return undefined;
        const changed = applyKeyChange(present, change);
        const budgetBody =
          change.budget === undefined || change.budget === null ? undefined : JSON.stringify(change.budget);
        const written = await connection.askLong(changeSql, [
          id,
          changed.budget?.id,
          budgetBody,
          changed.revokedAt,
          encodeKey(changed),
          encodeKey(present),
          present.budget?.id,
        ]);
        forget();
        if (written.length > 0) return change.budget ? (await read(id))?.key : changed;
      }
    },
  };
}
