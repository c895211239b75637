import {
  type Counter,
  judgeTake,
  type LimitRefusal,
  longerRefusal,
  rollCounter,
  toLimitState,
} from "../../access/limit-rules.ts";
import type { Limits, Refusal, Reservation } from "../../access/limits.ts";
import { StoreError } from "../response-store.ts";
import { createGatherer } from "./create-gatherer.ts";
import type { Connection, Row } from "./create-connection.ts";
import type { Settler } from "./create-settler.ts";
import { encodeReservations } from "./encode-reservations.ts";
import { PostgresError } from "./postgres-error.ts";

/** What limits are made from. */
export interface PostgresLimitsOptions {
  readonly connection: Connection;
  readonly settler: Settler;
  /** The process that reserves. */
  readonly owner: string;
  /** So many settlements may wait for the database; then nothing more is reserved. */
  readonly maximumSettles?: number;
}

/** In one statement. Its locks are held for less than a ms. */
const most = 64;
const maximumWaiting = 10_000;
/** A request that is open for longer is given back. It can still be settled then. In ms. */
const keepMs = 6 * 3_600_000;
/** After so long, in ms, the database does not begin it any more: its asker has given up. */
const patienceMs = 800;

function readCounter(row: Row): Counter & { at: number } {
  return {
    win: Number(row["win"]),
    used: Number(row["used"]),
    prev: Number(row["prev"]),
    held: Number(row["held"]),
    at: Number(row["seen_at"]),
  };
}

/** Limits that PostgreSQL decides, for all processes that share it. */
export function createPostgresLimits({
  connection,
  settler,
  owner,
  maximumSettles = 10_000,
}: PostgresLimitsOptions): Limits {
  async function reserveAll(reservations: readonly Reservation[]): Promise<readonly (Refusal | undefined)[]> {
    const { values, takes } = encodeReservations(reservations);
    const rows = await connection.ask(
      "SELECT * FROM gateway.reserve($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
      [owner, keepMs, patienceMs, ...values],
    );
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

  return {
    async reserve(reservation) {
      if (settler.waiting >= maximumSettles)
        throw new StoreError("queue-full", new Error("too much waits to be settled"));
      return gatherer.add(reservation);
    },
    settle: (id, spent) => settler.settle(id, spent),
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
    flush: () => settler.flush(),
  };
}
