import type { Config } from "../config.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { createResponseStore } from "./create-response-store.ts";
import { createMemoryKeys } from "./memory/memory-keys.ts";
import { createMemoryLedger } from "./memory/memory-ledger.ts";
import { createMemoryLimits } from "./memory/memory-limits.ts";
import { createMemoryStore } from "./memory-store.ts";
import { createMemoryTraces } from "./memory/memory-traces.ts";
import type { StoreWatchOptions } from "./store-watch.ts";
import type { Stores } from "./stores.ts";

/** The settings that say where and how much is kept. */
export type StoreSettings = Pick<
  Config,
  "DATA_DIR" | "STORED_RESPONSES" | "STORE_FAILURE" | "LEDGER_DAYS" | "LEDGER_LIMIT_BYTES"
>;

/**
 * Opens all that the gateway keeps: files in `DATA_DIR`, or memory, which forgets it at the end. Rejects with `ConfigError` when a file can't be
 * used.
 */
export async function openStores(config: StoreSettings, watch: StoreWatchOptions): Promise<Stores> {
  const { DATA_DIR: directory } = config;
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
  return {
    outlives: false,
    responses,
    keys,
    limits: createMemoryLimits({ now, isRevoked: keys.isRevoked }),
    ledger,
    traces: createMemoryTraces(),
    close: () => responses.close(),
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
  const local = await openLocalState({ ...watch, directory, onFailure: config.STORE_FAILURE }).catch(
    async (error: unknown) => {
      await responses.close();
      throw error;
    },
  );
  const ledger = await openLedger(directory, config, watch);
  return {
    outlives: true,
    responses,
    keys: local.keys,
    limits: local.limits,
    ledger,
    traces: createMemoryTraces(),
    async close() {
      await Promise.all([local.close(), ledger.close(), responses.close()]);
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
  flush: async () => {},
};
