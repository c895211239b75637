import type { Ledger, LedgerGroup } from "../../ledger/ledger.ts";
import { decodePlace, toPage } from "../../ledger/page-place.ts";
import { createSumUp, readFigures } from "../../ledger/sum-up.ts";
import { keptMs } from "../../ledger/retention.ts";
import { dayMs, hourMs, nameDay, nameHour } from "../../ledger/time-names.ts";
import { periods } from "../../ledger/views.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { LedgerWatch } from "../ledger-watch.ts";
import type { Connection } from "./create-connection.ts";
import type { LedgerAdder } from "./create-ledger-adder.ts";
import type { LedgerWriter } from "./create-ledger-writer.ts";
import { toDatabaseError } from "./postgres-error.ts";
import { activityQuery, decodeActivity } from "./activity-query.ts";
import { pageQuery, sumQuery } from "./ledger-queries.ts";
import { decodeRow } from "./ledger-row-columns.ts";

/** What a ledger is made from. */
export interface PostgresLedgerOptions {
  readonly connection: Connection;
  readonly writer: LedgerWriter;
  readonly adder: LedgerAdder;
  readonly watch: LedgerWatch;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** How long rows are found; cells stay longer. */
  readonly days: number;
  /** How large rows may be together. */
  readonly maximumBytes: number;
}

/** A ledger in PostgreSQL. */
export interface PostgresLedger extends Ledger {
  /** Drops what is too old or too much now. */
  prune(): Promise<void>;
  /** Prunes from time to time. */
  start(): void;
  close(): Promise<void>;
}

/** A process may never live for an hour. */
const firstPruneMs = 60_000;

function readGroup(group: LedgerGroup, value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value !== "number") return null;
  return group === "day" ? nameDay(value) : nameHour(value);
}

/** Creates a ledger. */
export function createPostgresLedger(options: PostgresLedgerOptions): PostgresLedger {
  const { connection, writer, adder, watch, now, startTimer, days, maximumBytes } = options;
  let stopTimer: (() => void) | undefined;
  let isClosed = false;

  /** What fails is told; the next time is as good as this one. */
  async function prune(): Promise<void> {
    try {
      const slots = Object.values(periods)
        .toSorted((one, other) => one.number - other.number)
        .map((period) => Math.floor((now() - keptMs(period, days)) / period.ms));
      const before = now() - days * dayMs;
      await connection.askLong("SELECT gateway.prune($1, $2, $3)", [before, maximumBytes, slots]);
    } catch (error) {
      if (connection.isAway) return;
      watch.failed(
        "what is too old or too much could not be taken out of the ledger",
        toDatabaseError(error),
      );
    }
  }

  function plan(milliseconds: number): void {
    if (isClosed) return;
    stopTimer = startTimer(milliseconds, () => {
      void prune().then(() => plan(hourMs));
    });
  }

  return {
    get dropped() {
      return watch.dropped;
    },
    add: (row) => writer.add(row),
    async list({ limit, after, ...filter }) {
      const place = after === undefined ? undefined : decodePlace(after);
      const { sql, values } = pageQuery(filter, place, limit + 1);
      const found = await connection.askLong(sql, values);
      const rows = found.map((row) => ({ row: decodeRow(row), sequence: Number(row["sequence"]) }));
      return toPage(rows, limit);
    },
    async sum(query) {
      const { sql, values } = sumQuery(query);
      const sums = createSumUp(query.by);
      await adder.addUp();
      for (const row of await connection.askLong(sql, values))
        sums.add(
          query.by.map((group, index) => readGroup(group, row[`g${index}`])),
          readFigures(row),
        );
      return sums.sums();
    },
    async activity(query) {
      const { sql, values } = activityQuery(query);
      await adder.addUp();
      return decodeActivity(await connection.askLong(sql, values));
    },
    flush: () => writer.flush(),
    prune,
    start() {
      // A gateway that ended may have left some.
      adder.plan();
      plan(firstPruneMs);
    },
    async close() {
      isClosed = true;
      stopTimer?.();
      adder.close();
      await writer.close();
    },
  };
}
