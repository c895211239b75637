import type { Limit, Reservation, Spent } from "../../access/limits.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { createLimitCounters } from "../memory/limit-counters.ts";
import type { Connection } from "./create-connection.ts";
import { isAway, PostgresError } from "./postgres-error.ts";

/** What decides meanwhile is made from. */
export interface OutageLimitsOptions {
  readonly connection: Connection;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** How many processes share the limits. */
  readonly processes: () => number;
  /** Tells the database of reservations that were made without it, whatever the caps say. */
  readonly adopt: (reservations: readonly Reservation[]) => Promise<unknown>;
  /** Settles what the database knows. */
  readonly settle: (id: string, spent: Spent) => void;
}

/** Decides alone while the database is away, by this process's share; what it let pass is told when the database is back. */
export interface OutageLimits {
  /** How many reservations the database does not know yet. */
  readonly waiting: number;
  /** Whether it passes. What does not fit may fit in the whole: nobody knows. */
  reserve(reservation: Reservation): boolean;
  /** Whether it was one that the database does not know: then it is settled when it does. */
  settle(id: string, spent: Spent): boolean;
  /** Tells all now. Rejects when that fails; what was not told is kept then. */
  hurry(): Promise<void>;
}

/** Of a budget of tokens so much may be spent in an outage, by all processes together; of one of money nothing. */
const budgetShare = 0.01;
const most = 64;
const againMs = 250;
const uniqueViolation = "23505";

/** The part of a limit that is this process's alone. */
function shareOf(limit: Limit, processes: number): Limit {
  if (limit.kind !== "budget") return { ...limit, cap: Math.floor(limit.cap / processes) };
  const cap = limit.unit === "nano-usd" ? 0 : Math.floor((limit.cap * budgetShare) / processes);
  return { ...limit, period: "total", cap };
}

interface Unknown {
  readonly reservation: Reservation;
  spent: Spent | undefined;
}

/** Keys that the database knows to be revoked are found out by it. */
function createCounters() {
  return createLimitCounters({ isRevoked: () => false });
}

/** Creates it; each outage begins with nothing used. */
export function createOutageLimits(options: OutageLimitsOptions): OutageLimits {
  const { connection, now, startTimer, processes, adopt, settle } = options;
  const unknown = new Map<string, Unknown>();
  let counters = createCounters();
  /** What is told now; the same again until that is acknowledged, so that it is seen when it was told already. */
  let batch: readonly Unknown[] = [];
  let working: Promise<void> | undefined;

  async function tellSome(): Promise<void> {
    if (batch.length === 0) batch = [...unknown.values()].slice(0, most);
    try {
      await adopt(batch.map(({ reservation }) => reservation));
    } catch (error) {
      if (!(error instanceof PostgresError && error.code === uniqueViolation)) throw error;
    }
    for (const { reservation, spent } of batch) {
      unknown.delete(reservation.id);
      if (spent !== undefined) settle(reservation.id, spent);
    }
    batch = [];
  }

  async function work(): Promise<void> {
    while (unknown.size > 0) await tellSome();
    counters = createCounters();
  }

  function hurry(): Promise<void> {
    working ??= work().finally(() => {
      working = undefined;
    });
    return working;
  }

  /** For what was let pass while the way was being opened. */
  function tellRest(): void {
    if (connection.isAway || unknown.size === 0) return;
    hurry().catch((error: unknown) => {
      // When it is back again, it asks for all.
      if (!(error instanceof PostgresError && isAway(error))) startTimer(againMs, tellRest);
    });
  }
  connection.onOpen(tellRest);

  return {
    get waiting() {
      return unknown.size;
    },
    reserve(reservation) {
      const takes = reservation.takes.map(({ limit, amount }) => ({
        limit: shareOf(limit, processes()),
        amount,
      }));
      if (counters.reserve({ ...reservation, takes }, now()) !== undefined) return false;
      unknown.set(reservation.id, { reservation, spent: undefined });
      return true;
    },
    settle(id, spent) {
      counters.settle(id, spent, now());
      const one = unknown.get(id);
      if (one === undefined) return false;
      one.spent ??= spent;
      return true;
    },
    hurry,
  };
}
