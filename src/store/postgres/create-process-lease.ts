import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { Connection } from "./create-connection.ts";

/** What a lease is made from. */
export interface ProcessLeaseOptions {
  readonly connection: Connection;
  /** Milliseconds of a clock; only differences count. */
  readonly now: () => number;
  readonly startTimer: StartTimer;
  /** Unique for all time. */
  readonly owner: string;
  /** How long a process that says nothing is taken for alive, in ms. */
  readonly leaseMs: number;
  /** Told with each beat whether there is no key. */
  readonly keyless: (isEmpty: boolean) => void;
}

/** Tells all other processes that this one lives, and gives back what dead ones hold. */
export interface ProcessLease {
  /** So many processes shared the database when it was last asked, this one among them. */
  readonly processes: number;
  /** Says that this process lives, after a break: what is done first when the database is back. */
  resume(): Promise<void>;
  /** Beats from now on. */
  start(): void;
  /** What this process holds is given back by another from now on. */
  close(): Promise<void>;
}

const most = 500;

/**
 * Creates the lease of this process. Nobody is taken for dead before this process has had the database for one lease without a break:
 * after a break nobody's lease is renewed, and all would be.
 */
export function createProcessLease({
  connection,
  now,
  startTimer,
  owner,
  leaseMs,
  keyless,
}: ProcessLeaseOptions): ProcessLease {
  let processes = 1;
  let steadySince: number | undefined;
  let stopTimer: (() => void) | undefined;
  let isClosed = false;

  async function beat(): Promise<void> {
    const [row] = await connection.ask("SELECT * FROM gateway.beat($1, $2)", [owner, leaseMs], true);
    steadySince ??= now();
    processes = Math.max(1, Number(row?.["alive"]));
    keyless(row?.["keyless"] === true);
  }

  async function reap(): Promise<void> {
    if (steadySince === undefined || now() - steadySince < leaseMs) return;
    let reaped;
    do {
      const [row] = await connection.ask("SELECT gateway.reap($1) AS reaped", [most]);
      reaped = Number(row?.["reaped"]);
    } while (reaped === most);
  }

  async function work(): Promise<void> {
    // While it is away, whoever looks for it resumes.
    if (!connection.isAway) await beat().then(reap);
  }

  function plan(): void {
    if (isClosed) return;
    stopTimer = startTimer(leaseMs / 5, () => {
      // The connection has told what was wrong; the next beat is as good as this one.
      void work().then(plan, plan);
    });
  }

  return {
    get processes() {
      return processes;
    },
    resume() {
      steadySince = undefined;
      return beat();
    },
    start: plan,
    async close() {
      isClosed = true;
      stopTimer?.();
      if (connection.isAway) return;
      await connection.ask("UPDATE gateway.processes SET lease_until = 0 WHERE id = $1", [owner]);
    },
  };
}
