import {
  type Counter,
  judgeTake,
  type LimitRefusal,
  longerRefusal,
  rollCounter,
  toLimitState,
} from "../../access/limit-rules.ts";
import type { Limits, Refusal, Reservation } from "../../access/limits.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { StoreError } from "../response-store.ts";
import { createGatherer } from "./create-gatherer.ts";
import type { Connection, Row } from "./create-connection.ts";
import { createOutageLimits } from "./create-outage-limits.ts";
import type { Settler } from "./create-settler.ts";
import { encodeReservations } from "./encode-reservations.ts";
import { createAwayError, PostgresError } from "./postgres-error.ts";

/** What limits are made from. */
export interface PostgresLimitsOptions {
  readonly connection: Connection;
  readonly settler: Settler;
  /** The process that reserves. */
  readonly owner: string;
  /** So many settlements may wait for the database; then nothing more is reserved. Default: 10,000. */
  readonly maximumSettles?: number | undefined;
  /** While the database is away: `serve` lets pass what fits into this process's share, `refuse` nothing. */
  readonly onFailure: "serve" | "refuse";
  /** How many processes share the limits. */
  readonly processes: () => number;
  /** Milliseconds since the epoch; asked while the database is away. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
}

/** Limits in PostgreSQL. */
export interface PostgresLimits extends Limits {
  /** How much the database has still to be told. */
  readonly waiting: number;
  /** Tells what was let pass and settled while the database was away. Rejects when that fails; it is kept then. */
  resume(): Promise<void>;
}

const reserveSql =
  "SELECT * FROM gateway.reserve($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

/** In one statement. Its locks are held for less than a ms. */
const most = 64;
const maximumWaiting = 10_000;
/** A request that is open for longer is given back. It can still be settled then. In ms. */
const keepMs = 6 * 3_600_000;
/** After so long, in ms, the database does not begin it any more: its asker has given up. */
const patienceMs = 800;
const noCap = Number.MAX_SAFE_INTEGER;

function readCounter(row: Row): Counter & { at: number } {
  return {
    win: Number(row["win"]),
    used: Number(row["used"]),
    prev: Number(row["prev"]),
    held: Number(row["held"]),
    at: Number(row["seen_at"]),
  };
}

/** A reservation that was made: no cap and no key stands in its way any more. */
function withoutCaps({ id, takes }: Reservation): Reservation {
  return {
    id,
    keys: [],
    takes: takes.map(({ limit, amount }) => ({ limit: { ...limit, cap: noCap }, amount })),
  };
}

/** Limits that PostgreSQL decides, for all processes that share it. */
export function createPostgresLimits(options: PostgresLimitsOptions): PostgresLimits {
  const { connection, settler, owner, onFailure, maximumSettles = 10_000 } = options;

  async function reserveAll(reservations: readonly Reservation[]): Promise<readonly (Refusal | undefined)[]> {
    const { values, takes } = encodeReservations(reservations);
    const rows = await connection.ask(reserveSql, [owner, keepMs, patienceMs, ...values]);
    const refusals: (Refusal | undefined)[] = reservations.map(() => undefined);
    for (const row of rows) {
      const place = Number(row["n"]) - 1;
      const take = takes[Number(row["at"]) - 1];
      if (take === undefined) refusals[place] = { kind: "revoked" };
      else {
        const counter = readCounter(row);
        // One of this statement's refusals is of a limit, or all are.
        const known = refusals[place] as LimitRefusal | undefined;
        refusals[place] = longerRefusal(known, judgeTake(take, counter, counter.at));
      }
    }
    return refusals;
  }

  async function perform(reservations: readonly Reservation[]): Promise<readonly (Refusal | undefined)[]> {
    try {
      return await reserveAll(reservations);
    } catch (error) {
      if (error instanceof PostgresError && !error.isUndone) settler.cancel(reservations.map(({ id }) => id));
      throw error;
    }
  }

  const gatherer = createGatherer<Reservation, Refusal | undefined>({ most, maximumWaiting, perform });

  const outage = createOutageLimits({
    ...options,
    adopt: (reservations) => {
      const { values } = encodeReservations(reservations.map(withoutCaps));
      return connection.ask(reserveSql, [owner, keepMs, patienceMs, ...values], true);
    },
    settle: (id, spent) => settler.settle(id, spent),
  });

  function reserveAlone(reservation: Reservation): undefined {
    if (outage.reserve(reservation)) return;
    throw new PostgresError(
      new Error("the database is away, and it is more than this process's share"),
      true,
    );
  }

  const waiting = () => settler.waiting + outage.waiting;

  return {
    get waiting() {
      return waiting();
    },
    async reserve(reservation) {
      if (waiting() >= maximumSettles)
        throw new StoreError("queue-full", new Error("too much waits to be settled"));
      try {
        return await gatherer.add(reservation);
      } catch (error) {
        const isUndone = error instanceof PostgresError && error.isUndone;
        if (onFailure === "serve" && isUndone && connection.isAway) return reserveAlone(reservation);
        throw error;
      }
    },
    settle(id, spent) {
      if (!outage.settle(id, spent)) settler.settle(id, spent);
    },
    async look(limits) {
      const rows = await connection.askLong(
        `SELECT x.o, coalesce(win, 0) AS win, coalesce(used, 0) AS used, coalesce(prev, 0) AS prev, coalesce(held, 0) AS held,
           gateway.now_ms() AS seen_at
         FROM unnest($1::text[]) WITH ORDINALITY x(id, o) LEFT JOIN gateway.counters USING (id) ORDER BY x.o`,
        [limits.map(({ id }) => id)],
      );
      return limits.map((limit, index) => {
        const row = rows[index];
        if (row === undefined) throw new Error("a row for each");
        const counter = readCounter(row);
        rollCounter(limit, counter, counter.at);
        return toLimitState(limit, counter, counter.at);
      });
    },
    async forget(ids) {
      await connection.askLong("DELETE FROM gateway.counters WHERE id = ANY($1::text[]) AND held = 0", [ids]);
    },
    async flush() {
      if (connection.isAway && waiting() > 0) throw createAwayError();
      await outage.hurry();
      await settler.flush();
    },
    async resume() {
      await outage.hurry();
      await settler.hurry();
    },
  };
}
