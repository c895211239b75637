import type { KeyStore } from "../access/key-store.ts";
import type { Limits } from "../access/limits.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { TraceStore } from "../traces/trace-store.ts";
import type { Notices } from "../model/notices.ts";
import type { ConversationStore } from "../responses/conversation-store.ts";
import type { RunStore } from "../responses/run-store.ts";
import type { ResponseStore } from "./response-store.ts";

/** All that the gateway keeps, in one place: memory, SQLite in `DATA_DIR`, or PostgreSQL by `DATABASE_URL`. */
export interface Stores {
  readonly responses: ResponseStore;
  readonly conversations: ConversationStore;
  readonly keys: KeyStore;
  readonly limits: Limits;
  readonly ledger: Ledger;
  readonly traces: TraceStore;
  /** Where it is: what is in memory is gone when the process ends, and a database is shared with others. */
  readonly place: "memory" | "files" | "database";
  /** Of stores that gateways share: the secret of all, what the first of them has offered. Rejects with `StoreError` while they are away. */
  shareSecret?(offered: string): Promise<string>;
  /** Where processes share their background responses. Absent: there is one process. */
  readonly runs?: RunStore | undefined;
  /** Where gateways share the stores: what they know of upstreams. */
  readonly notices?: Notices;
  /** With `runs`: the id of this process among them, unique for all time. */
  readonly owner?: string;
  /** Writes what waits, then closes. Idempotent. */
  close(): Promise<void>;
}
