import type { Config } from "../config.ts";
import { createMemoryStore } from "./memory-store.ts";
import type { ResponseStore } from "./response-store.ts";
import { createSqliteStore } from "./sqlite-store.ts";
import type { StoreWatchOptions } from "./store-watch.ts";

/**
 * The store that the configuration asks for: a file database in `DATA_DIR` when that is set, otherwise
 * memory; both hold `STORED_RESPONSES` at most. Rejects with `ConfigError` when the file cannot be used.
 */
export async function createResponseStore(
  config: Pick<Config, "DATA_DIR" | "STORED_RESPONSES">,
  watch: StoreWatchOptions,
): Promise<ResponseStore> {
  return config.DATA_DIR === undefined
    ? createMemoryStore(config.STORED_RESPONSES)
    : createSqliteStore({ ...watch, directory: config.DATA_DIR, capacity: config.STORED_RESPONSES });
}
