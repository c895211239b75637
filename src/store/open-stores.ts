import type { Config } from "../config.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { orClose } from "../or-close.ts";
import { createResponseStore } from "./create-response-store.ts";
import { startRealTimer } from "../stream/real-timer.ts";
import { createMemoryConversations } from "./memory/memory-conversations.ts";
import { createMemoryKeys } from "./memory/memory-keys.ts";
import { createMemoryLedger } from "./memory/memory-ledger.ts";
import { createMemoryLimits } from "./memory/memory-limits.ts";
import { createMemoryStore } from "./memory-store.ts";
import { createMemoryTraces } from "./memory/memory-traces.ts";
import type { PostgresStoresOptions } from "./postgres/open-postgres-stores.ts";
import { pruneKeys } from "./prune-keys.ts";
import type { StoreWatchOptions } from "./store-watch.ts";
import type { Stores } from "./stores.ts";

/** What all stores are opened with. */
type DatabaseWatchOptions = StoreWatchOptions & Pick<PostgresStoresOptions, "log" | "gateway">;

/** The settings that say where and how much is kept. */
export type StoreSettings = Pick<
  Config,
  "DATABASE_URL" | "DATA_DIR" | "STORED_RESPONSES" | "STORE_FAILURE" | "LEDGER_DAYS" | "LEDGER_LIMIT_BYTES"
>;

/**
 * Opens all that the gateway keeps: a database that other gateways share (`DATABASE_URL`), files in `DATA_DIR`, or memory, which forgets it at the
 * end. Rejects with `ConfigError` when the database or a file can't be used.
 */
export async function openStores(config: StoreSettings, watch: DatabaseWatchOptions): Promise<Stores> {
  const { DATABASE_URL: url, DATA_DIR: directory } = config;
  if (url !== undefined) return openInDatabase(url, config, watch);
  return directory === undefined ? createMemoryStores(config, watch) : openInFiles(directory, config, watch);
}

/** Stores that are gone with the process, whatever `DATA_DIR` says. */
export function createMemoryStores(
  config: Pick<StoreSettings, "STORED_RESPONSES" | "LEDGER_DAYS">,
  { now }: Pick<StoreWatchOptions, "now">,
): Stores {
  const responses = createMemoryStore(config.STORED_RESPONSES);
  const keys = createMemoryKeys();
  const ledger = config.LEDGER_DAYS === 0 ? noLedger : createMemoryLedger({ days: config.LEDGER_DAYS, now });
  const limits = createMemoryLimits({ now, isRevoked: (id) => keys.isRevoked(id) });
  const stopPruning = pruneKeys({ keys, limits, ledgerDays: config.LEDGER_DAYS, now });
  return {
    place: "memory",
    responses,
    conversations: createMemoryConversations({ capacity: config.STORED_RESPONSES, now }),
    keys,
    limits,
    ledger,
    traces: createMemoryTraces(),
    close() {
      stopPruning();
      return responses.close();
    },
  };
}

interface Closable {
  close(): Promise<void>;
}

function closeTogether(all: readonly Closable[]): Closable {
  return {
    async close() {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}

async function openInFiles(
  directory: string,
  config: StoreSettings,
  watch: StoreWatchOptions,
): Promise<Stores> {
  const responses = await createResponseStore(config, watch);
  // Threads and files that nobody needs who keeps nothing.
  const { openLocalState } = await import("./sqlite/open-local-state.ts");
  const { openSqliteConversations } = await import("./sqlite/sqlite-conversations.ts");
  const capacity = config.STORED_RESPONSES;
  const conversations = await orClose(responses, openSqliteConversations({ ...watch, directory, capacity }));
  const both = closeTogether([conversations, responses]);
  const opening = openLocalState({ ...watch, directory, onFailure: config.STORE_FAILURE });
  const local = await orClose(both, opening);
  await orClose(closeTogether([local, both]), local.begin());
  const ledger = await openLedger(directory, config, watch);
  const stopPruning = pruneKeys({ ...watch, ...local, ledgerDays: config.LEDGER_DAYS });
  return {
    place: "files",
    responses,
    conversations,
    keys: local.keys,
    limits: local.limits,
    ledger,
    traces: createMemoryTraces(),
    async close() {
      stopPruning();
      await Promise.all([local.close(), ledger.close(), both.close()]);
    },
  };
}

async function openInDatabase(
  url: string,
  config: StoreSettings,
  watch: DatabaseWatchOptions,
): Promise<Stores> {
  const { openPostgresStores } = await import("./postgres/open-postgres-stores.ts");
  const { LEDGER_DAYS: ledgerDays } = config;
  const shared = await openPostgresStores({
    ...watch,
    url,
    startTimer: startRealTimer,
    storedResponses: config.STORED_RESPONSES,
    ledgerDays: Math.max(1, ledgerDays),
    ledgerBytes: config.LEDGER_LIMIT_BYTES,
    onFailure: config.STORE_FAILURE,
  });
  const stopPruning = pruneKeys({ ...watch, ...shared, ledgerDays });
  return {
    place: "database",
    responses: shared.responses,
    conversations: shared.conversations,
    keys: shared.keys,
    limits: shared.limits,
    ledger: ledgerDays === 0 ? noLedger : shared.ledger,
    traces: createMemoryTraces(),
    runs: shared.runs,
    owner: shared.owner,
    notices: shared.notices,
    shareSecret: (offered) => shared.shareSecret(offered),
    close() {
      stopPruning();
      return shared.close();
    },
  };
}

async function openLedger(
  directory: string,
  { LEDGER_DAYS: days, LEDGER_LIMIT_BYTES: limitBytes }: StoreSettings,
  watch: StoreWatchOptions,
): Promise<Ledger & { close(): Promise<void> }> {
  if (days === 0) return { ...noLedger, close: async () => {} };
  const { createSqliteLedger } = await import("./sqlite/ledger/create-sqlite-ledger.ts");
  return createSqliteLedger({ ...watch, directory, days, limitBytes });
}

/** `LEDGER_DAYS=0`: nothing is remembered. */
const noLedger: Ledger = {
  add() {},
  dropped: 0,
  list: async () => ({ rows: [] }),
  sum: async () => [],
  activity: async () => ({ all: undefined, steps: [], models: [], upstreams: [], errors: [] }),
  flush: async () => {},
};
