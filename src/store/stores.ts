import type { KeyStore } from "../access/key-store.ts";
import type { Limits } from "../access/limits.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { TraceStore } from "../traces/trace-store.ts";
import type { ResponseStore } from "./response-store.ts";

/** All that the gateway keeps, in one place: memory, SQLite in `DATA_DIR`, or PostgreSQL by `DATABASE_URL`. */
export interface Stores {
  readonly responses: ResponseStore;
  readonly keys: KeyStore;
  readonly limits: Limits;
  readonly ledger: Ledger;
  readonly traces: TraceStore;
  /** Whether what is kept outlives the process. */
  readonly outlives: boolean;
  /** Writes what waits, then closes. Idempotent. */
  close(): Promise<void>;
}
