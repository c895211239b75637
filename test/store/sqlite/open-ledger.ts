import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  createSqliteLedger,
  type SqliteLedger,
  type SqliteLedgerOptions,
} from "../../../src/store/sqlite/ledger/create-sqlite-ledger.ts";
import { noon } from "../contract/ledger-rows.ts";
import { recordWatch } from "../open-store.ts";

/** Opens a ledger that waits for locks as long as a test may last. */
export function openLedger(directory: string, more: Partial<SqliteLedgerOptions> = {}): SqliteLedger {
  return createSqliteLedger({
    log: recordWatch().options.log,
    now: () => noon,
    directory,
    days: 30,
    limitBytes: 100_000_000,
    lockWaitMs: 600_000,
    answerWaitMs: 600_000,
    ...more,
  });
}

/** A folder of its own for a test. */
export async function createFolder(): Promise<{
  readonly folder: string;
  readonly remove: () => Promise<void>;
}> {
  const folder = await mkdtemp(path.join(tmpdir(), "ledger-"));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
