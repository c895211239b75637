import { Socket } from "node:net";
import type { Logger } from "pino";
import { Pool, type PoolClient, type PoolConfig, types } from "pg";

import { StoreError } from "../response-store.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { createAwayError, describeFailure, isAway, PostgresError } from "./postgres-error.ts";
import type { DatabaseAddress } from "./find-database.ts";
import { toKeepableValue } from "./to-keepable.ts";

/** What a connection is made from. */
export interface ConnectionOptions {
  readonly address: DatabaseAddress;
  readonly log: Pick<Logger, "error" | "warn" | "info">;
  /** Milliseconds of a clock; only differences count. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
}

/** One row of an answer. */
export type Row = Readonly<Record<string, unknown>>;

/** What is done, in this order, when the database is back and before it is used again. It fails for good only when the database is away again. */
export type ReturnStep = () => Promise<unknown>;

/**
 * A database that may go away. A statement rejects with a `PostgresError`; the first that finds the database gone, or gets no answer
 * in a second, closes the way for all others, which are then refused at once. It is tried each half second; what has to be told it first
 * (`onReturn`) is told, then the way is open again.
 */
export interface Connection {
  readonly isAway: boolean;
  /**
   * Opens all connections for what is short, so that none has to be made under load, where that takes so many turns of a busy event loop that the database
   * would be taken for away. Rejects when not even one can be had.
   */
  open(): Promise<void>;
  /** Asks a statement. `force`: also while others are refused. */
  ask(sql: string, values: readonly unknown[], force?: boolean): Promise<readonly Row[]>;
  /** Asks what is large or may take half a minute, on a few connections of its own. It never closes the way, but goes it. */
  askLong(sql: string, values: readonly unknown[]): Promise<readonly Row[]>;
  onReturn(step: ReturnStep): void;
  /** Tells when the way is open again. */
  onOpen(listener: () => void): void;
  /** Waits for what runs. Idempotent. */
  close(): Promise<void>;
}

/** The server gives up before the client does, so that the client knows that nothing was done. In ms. */
const quick = { statement_timeout: 800, lock_timeout: 500, query_timeout: 1000 };
const long = { statement_timeout: 30_000, lock_timeout: 5000, query_timeout: 32_000 };
const idleInTransactionMs = 5000;
/** Who asks often asks one thing at a time: none of these ever waits for another. */
const quickConnections = 6;
const longConnections = 4;
const connectMs = { quick: 1000, long: 5000 };
/** Who asks at length may wait for one of those connections, but not in any number. */
const longWaiting = 200;
const probeMs = 500;
const idleMs = 30_000;

/** A bigint as a number: none here is larger than those are exact. What PostgreSQL calls it: 20. */
const getTypeParser: typeof types.getTypeParser = (oid: number, format?: "text" | "binary") =>
  oid === 20 ? Number : format === "binary" ? types.getTypeParser(oid, "binary") : types.getTypeParser(oid);

async function askOf(from: Pool, sql: string, values: readonly unknown[]): Promise<readonly Row[]> {
  let client: PoolClient;
  try {
    client = await from.connect();
  } catch (error) {
    throw new PostgresError(error, true);
  }
  // A connection that breaks tells its statement, and then everybody.
  client.on("error", ignore);
  let isOver = true;
  try {
    const { rows } = await client.query<Row>(sql, values.map(toKeepableValue));
    isOver = false;
    return rows;
  } catch (error) {
    const failure = new PostgresError(error, false);
    isOver = isAway(failure);
    throw isOver ? failure : new PostgresError(error, true);
  } finally {
    client.off("error", ignore);
    // One of which nobody knows what it does is not used again.
    client.release(isOver);
  }
}

/** For errors that whoever asks next is told. */
function ignore(): void {}

/** Creates a connection; nothing is sent before it is asked. */
export function createConnection({ address, log, now, startTimer }: ConnectionOptions): Connection {
  const sockets = new Set<Socket>();
  const steps: ReturnStep[] = [];
  const listeners: (() => void)[] = [];
  let goneAt: number | undefined;
  let stopTimer: (() => void) | undefined;
  let closing: Promise<void> | undefined;

  function createPool(
    times: typeof quick,
    {
      connectionTimeoutMillis,
      max,
      idleTimeoutMillis,
    }: Pick<PoolConfig, "connectionTimeoutMillis" | "max" | "idleTimeoutMillis">,
  ): Pool {
    const { query_timeout, ...serverTimes } = times;
    const pool = new Pool({
      ...address.config,
      ...(address.takesSettings
        ? { ...serverTimes, idle_in_transaction_session_timeout: idleInTransactionMs }
        : {}),
      application_name: "akashchat-api",
      query_timeout,
      max,
      connectionTimeoutMillis,
      types: { getTypeParser },
      idleTimeoutMillis,
      keepAlive: true,
      stream: () => {
        const socket = new Socket();
        sockets.add(socket.once("close", () => sockets.delete(socket)));
        return socket;
      },
    });
    // A connection that ends while nobody uses it.
    return pool.on("error", ignore);
  }

  const pool = createPool(quick, {
    connectionTimeoutMillis: connectMs.quick,
    max: quickConnections,
    // Never.
    idleTimeoutMillis: 0,
  });
  const longPool = createPool(long, {
    connectionTimeoutMillis: connectMs.long,
    max: longConnections,
    idleTimeoutMillis: idleMs,
  });

  async function open(): Promise<void> {
    await askOf(pool, "SELECT 1", []);
    const others = Array.from({ length: quickConnections }, () => askOf(pool, "SELECT 1", []));
    // Where the server has no room for all of them, those that it has do.
    await Promise.allSettled(others);
  }

  /** Closes the way. Whatever else waits on these sockets would wait in vain. */
  function leave(error: unknown): void {
    if (goneAt !== undefined || closing !== undefined) return;
    goneAt = now();
    log.error({ problem: "unavailable", reason: describeFailure(error) }, "the database is away");
    for (const socket of sockets) socket.destroy();
    void comeBack();
  }

  async function tryStep(step: ReturnStep): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (error instanceof PostgresError && isAway(error)) throw error;
      log.error(
        { reason: describeFailure(error) },
        "the database is back, but does not do all that it should",
      );
    }
  }

  async function comeBack(): Promise<void> {
    try {
      await open();
      for (const step of steps) await tryStep(step);
    } catch {
      if (closing === undefined) stopTimer = startTimer(probeMs, () => void comeBack());
      return;
    }
    const awayMs = Math.round(now() - (goneAt ?? now()));
    goneAt = undefined;
    log.info({ awayMs }, "the database is back");
    for (const listener of listeners) listener();
  }

  return {
    get isAway() {
      return goneAt !== undefined;
    },
    open,
    async ask(sql, values, force = false) {
      if (goneAt !== undefined && !force) throw createAwayError();
      try {
        return await askOf(pool, sql, values);
      } catch (error) {
        if (error instanceof PostgresError && isAway(error)) leave(error.cause);
        throw error;
      }
    },
    async askLong(sql, values) {
      if (goneAt !== undefined) throw createAwayError();
      if (longPool.waitingCount >= longWaiting)
        throw new StoreError("queue-full", new Error("too much waits for the database"));
      return askOf(longPool, sql, values);
    },
    onReturn: (step) => void steps.push(step),
    onOpen: (listener) => void listeners.push(listener),
    close() {
      closing ??= (async () => {
        stopTimer?.();
        await Promise.all([pool.end(), longPool.end()]);
        for (const socket of sockets) socket.destroy();
      })();
      return closing;
    },
  };
}
