import type { KeyStore } from "../access/key-store.ts";
import type { Limits } from "../access/limits.ts";
import type { Ledger } from "../ledger/ledger.ts";
<<<<<<< HEAD
import type { TraceStore } from "../traces/trace-store.ts";
=======
import type { RunStore } from "../responses/run-store.ts";
>>>>>>> 86ae7bd (feat(store): stores that several processes share say so by their runs)
import type { ResponseStore } from "./response-store.ts";

/** All that the gateway keeps, in one place: memory, SQLite in `DATA_DIR`, or PostgreSQL by `DATABASE_URL`. */
export interface Stores {
  readonly responses: ResponseStore;
  readonly keys: KeyStore;
  readonly limits: Limits;
  readonly ledger: Ledger;
<<<<<<< HEAD
  readonly traces: TraceStore;
  /** Where it is: what is in memory is gone when the process ends, and a database is shared with others. */
  readonly place: "memory" | "files" | "database";
  /** Of stores that gateways share: the secret of all, what the first of them has offered. Rejects with `StoreError` while they are away. */
  shareSecret?(offered: string): Promise<string>;
=======
  /** Where processes share their background responses. Absent: there is one process. */
  readonly runs?: RunStore;
>>>>>>> 86ae7bd (feat(store): stores that several processes share say so by their runs)
  /** Writes what waits, then closes. Idempotent. */
  close(): Promise<void>;
}
