import { randomUUID } from "node:crypto";
import type { Logger } from "pino";

import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { Notices } from "../../model/notices.ts";
import type { RunBounds, RunStore } from "../../responses/run-store.ts";
import type { Stores } from "../stores.ts";
import { createLedgerWatch } from "../ledger-watch.ts";
import { createConnection } from "./create-connection.ts";
import { createLedgerAdder } from "./create-ledger-adder.ts";
import { createLedgerWriter } from "./create-ledger-writer.ts";
import { createPostgresConversations } from "./create-postgres-conversations.ts";
import { createPostgresKeys } from "./create-postgres-keys.ts";
import { createPostgresLedger, type PostgresLedger } from "./create-postgres-ledger.ts";
import { createPostgresLimits } from "./create-postgres-limits.ts";
import { createPostgresNotices } from "./create-postgres-notices.ts";
import { createPostgresResponses } from "./create-postgres-responses.ts";
import { createPostgresRuns } from "./create-postgres-runs.ts";
import { createProcessLease } from "./create-process-lease.ts";
import { createSettler } from "./create-settler.ts";
import { findDatabase } from "./find-database.ts";
import { migrate } from "./migrate.ts";
import { shareSecret } from "./share-secret.ts";

/** What the stores in a database are made from. */
export interface PostgresStoresOptions {
  /** `postgres://user:password@host:5432/database?sslmode=…`. A secret: it is in no log and no error. */
  readonly url: string;
  readonly log: Pick<Logger, "error" | "warn" | "info">;
  /** Milliseconds since the epoch. Of limits, leases and periods the database's own clock decides. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** Of all processes of one gateway, unique for all time: what one publishes of upstreams, only other gateways hear. Default: of this process. */
  readonly gateway?: string | undefined;
  /** How many responses are stored, and how many conversations, by all processes together. */
  readonly storedResponses: number;
  /** How long rows of the ledger are kept, and how large they may be together. */
  readonly ledgerDays: number;
  readonly ledgerBytes?: number;
  /** So many rows may wait to be written; then they are dropped. Default: 10,000. */
  readonly ledgerWaiting?: number;
  /** So many settlements may wait to be written; then reservations are refused. Default: 10,000. */
  readonly settlesWaiting?: number;
  /**
   * While the database is away (`STORE_FAILURE`): `refuse` refuses what wants a limit or a key; `serve` knows the keys that it knew before,
   * and lets pass what fits into this process's share of rates and of requests at once (their caps divided by the processes that shared them), of
   * budgets of tokens into that of 1 % of them, of money nothing. All of that is charged when the database is back.
   */
  readonly onFailure: "serve" | "refuse";
  /** How long a process that says nothing is taken for alive, in ms. Default: 5000. */
  readonly leaseMs?: number;
  /** How long a holder of a conversation that says nothing is taken for alive, in ms. Default: `usualHoldMs`. */
  readonly holdMs?: number;
  /** Of background responses. */
  readonly runBounds?: Partial<RunBounds>;
}

/** The stores in a database, and what only many processes have. */
export interface PostgresStores extends Pick<
  Stores,
  "responses" | "conversations" | "keys" | "limits" | "close"
> {
  readonly ledger: PostgresLedger;
  readonly runs: RunStore;
  /** What gateways on the database know of upstreams. */
  readonly notices: Notices;
  /** Whether the database can't be used now. It is looked for until it is back. */
  readonly isAway: boolean;
  /** So many processes shared the database when it was last asked, this one among them. */
  readonly processes: number;
  /** Of this process, unique for all time: by it the database knows whose reservations are whose. */
  readonly owner: string;
  /** The secret of all gateways that share the database: what the first of them has offered. Rejects with `StoreError` while it is away. */
  shareSecret(offered: string): Promise<string>;
}

/**
 * Opens what is kept in PostgreSQL, and makes what is missing there. Rejects with `ConfigError` when the database can't be reached or
 * used, or is of a newer version of this program.
 */
export async function openPostgresStores(options: PostgresStoresOptions): Promise<PostgresStores> {
  const { log, now, startTimer, onFailure, storedResponses: capacity, leaseMs = 5000 } = options;
  const address = await findDatabase(options.url, log);
  await migrate(address.config);

  const owner = randomUUID();
  const connection = createConnection({ address, log, now, startTimer });
  const settler = createSettler({ connection, log, now, startTimer, owner });
  const keys = createPostgresKeys({ connection, now, servesStale: onFailure === "serve" });
  const keyless = (isEmpty: boolean) => keys.noteEmpty(isEmpty);
  const lease = createProcessLease({ connection, now, startTimer, owner, leaseMs, keyless });
  const limits = createPostgresLimits({
    connection,
    settler,
    owner,
    onFailure,
    now,
    startTimer,
    processes: () => lease.processes,
    maximumSettles: options.settlesWaiting,
  });
  const watch = createLedgerWatch({ log, now });
  const adder = createLedgerAdder({ connection, watch, startTimer });
  const writer = createLedgerWriter({
    connection,
    watch,
    startTimer,
    onWritten: () => adder.plan(),
    owner,
    maximumWaiting: options.ledgerWaiting ?? 10_000,
  });
  const ledger = createPostgresLedger({
    connection,
    writer,
    adder,
    watch,
    now,
    startTimer,
    days: options.ledgerDays,
    maximumBytes: options.ledgerBytes ?? Number.MAX_SAFE_INTEGER,
  });
  const responses = createPostgresResponses({ connection, log, now, capacity });
  const conversations = createPostgresConversations({
    connection,
    log,
    now,
    capacity,
    ...(options.holdMs === undefined ? {} : { leaseMs: options.holdMs }),
  });
  const runs = createPostgresRuns({
    connection,
    log,
    now,
    ...(options.runBounds && { bounds: options.runBounds }),
  });

  const notices = createPostgresNotices({
    connection,
    log,
    now,
    startTimer,
    gateway: options.gateway ?? owner,
  });

  // That this process lives, then what it owes; after that new requests.
  connection.onReturn(() => lease.resume());
  connection.onReturn(() => limits.resume());

  async function closeAll(): Promise<void> {
    let failure: unknown;
    notices.close();
    // Each of them ends, whatever became of the one before it.
    for (const end of [() => limits.flush(), () => ledger.close(), () => lease.close()])
      await end().catch((error: unknown) => {
        failure ??= error;
      });
    settler.close();
    const { waiting } = limits;
    await connection.close();
    if (failure === undefined) return;
    // What can't be written now is lost, which is told.
    log.error({ err: failure, waiting, dropped: ledger.dropped }, "the database was not told all at the end");
  }

  try {
    await connection.open();
    await lease.resume();
    await notices.start();
  } catch (error) {
    await connection.close();
    throw error;
  }
  lease.start();
  ledger.start();
  let closed: Promise<void> | undefined;
  return {
    responses,
    conversations,
    keys,
    limits,
    ledger,
    runs,
    notices,
    owner,
    get isAway() {
      return connection.isAway;
    },
    get processes() {
      return lease.processes;
    },
    shareSecret: (offered) => shareSecret(connection, offered),
    close: () => (closed ??= closeAll()),
  };
}
