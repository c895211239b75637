import path from "node:path";
import { describe } from "vitest";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { testLedger, type LedgerSettings, type OpenedLedger } from "../contract/ledger-contract.ts";
import { holdLock } from "../hold-lock.ts";
import { createFolder, openLedger } from "./open-ledger.ts";

function openIn(folder: string, remove: () => Promise<void>, settings: LedgerSettings): OpenedLedger {
  const { now, days, cramped, maximumWaiting } = settings;
  const limitBytes = cramped ? 600_000 : 100_000_000;
  const ledger = openLedger(folder, { now, days, limitBytes, maximumWaiting });
  return {
    ledger,
    prune: ledger.prune,
    async hold() {
      const lock = await holdLock(path.join(folder, "ledger.sqlite"));
      return () => lock.release();
    },
    async reopen() {
      await ledger.close();
      return openIn(folder, remove, settings);
    },
    async close() {
      await ledger.close();
      await remove();
    },
  };
}

describe.runIf(hasSqlite)("a ledger in a file", () => {
  testLedger("SQLite", {
    isKept: true,
    async open(settings) {
      const { folder, remove } = await createFolder();
      return openIn(folder, remove, settings);
    },
  });
});
