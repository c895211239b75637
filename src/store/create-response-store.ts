import type { Config } from "../config.ts";
import { createMemoryStore } from "./memory-store.ts";
import type { ResponseStore } from "./response-store.ts";
import { createSqliteStore } from "./sqlite-store.ts";

/**
 * The store that the configuration asks for: a file database in `DATA_DIR` when that is set, otherwise
 * memory; both hold `STORED_RESPONSES` at most. Rejects with `ConfigError` when the file cannot be used.
 */
export async function createResponseStore(
  config: Pick<Config, "DATA_DIR" | "STORED_RESPONSES">,
): Promise<ResponseStore> {
  return config.DATA_DIR === undefined
    ? createMemoryStore(config.STORED_RESPONSES)
    : createSqliteStore(config.DATA_DIR, config.STORED_RESPONSES);
}
