import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { LedgerWatch } from "../ledger-watch.ts";
import type { Connection } from "./create-connection.ts";
import { toDatabaseError } from "./postgres-error.ts";

/** What an adder is made from. */
export interface LedgerAdderOptions {
  readonly connection: Pick<Connection, "askLong" | "isAway">;
  readonly watch: Pick<LedgerWatch, "failed">;
  readonly startTimer: StartTimer;
}

/** Adds up the requests that wait for it, which all gateways have noted. */
export interface LedgerAdder {
  /** Some wait now: they are added up within some seconds, unless another gateway was faster. */
  plan(): void;
  /** Resolves when all are added up that were noted before. Rejects as `Connection.askLong` does. */
  addUp(): Promise<void>;
  close(): void;
}

/** More at once cost less each. */
const restMs = 2000;
/** So many take a quarter of a second. */
const most = 5000;

/** Creates an adder. */
export function createLedgerAdder({ connection, watch, startTimer }: LedgerAdderOptions): LedgerAdder {
  let stopTimer: (() => void) | undefined;
  let isClosed = false;

  /** `wait`: for others who are at it; else what they leave is theirs. */
  async function addAll(wait: boolean): Promise<void> {
    const [row] = await connection.askLong("SELECT gateway.roll_up($1, $2) AS added", [most, wait]);
    if (Number(row?.["added"]) >= most && !isClosed) await addAll(wait);
  }

  function plan(): void {
    if (isClosed) return;
    stopTimer ??= startTimer(restMs, () => {
      stopTimer = undefined;
      addAll(false).catch((error: unknown) => {
        // The next request that is noted brings the next time.
        if (!connection.isAway)
          watch.failed("the ledger's requests could not be added up", toDatabaseError(error));
      });
    });
  }

  return {
    plan,
    addUp: () => addAll(true),
    close() {
      isClosed = true;
      stopTimer?.();
    },
  };
}
