import path from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LedgerRow } from "../../../src/ledger/ledger-row.ts";
import type { LedgerTableSettings } from "../../../src/store/sqlite/ledger/ledger-table.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { midnight, row } from "../contract/ledger-rows.ts";
import { createFolder } from "./open-ledger.ts";

const dayMs = 86_400_000;

let folder: string;
let remove: () => Promise<void>;
let database: DatabaseSync | undefined;

beforeEach(async () => {
  ({ folder, remove } = await createFolder());
});
afterEach(async () => {
  database?.close();
  database = undefined;
  await remove();
});

/** The two sides of a ledger on one connection, without threads. */
async function open(more: Partial<LedgerTableSettings> = {}) {
  const writer = await import("../../../src/store/sqlite/ledger/ledger-table.ts");
  const reports = await import("../../../src/store/sqlite/ledger/ledger-reports.ts");
  const file = path.join(folder, "ledger.sqlite");
  const opened = writer.openFile(file);
  database = opened;
  const table = writer.openTable(opened, { file, days: 30, limitBytes: 100_000_000, ...more });
  const texts = (sql: string) =>
    opened
      .prepare(sql)
      .all()
      .map((found) => Object.values(found)[0]);
  return {
    database: opened,
    write: (rows: readonly LedgerRow[]) => table.write({ rows, now: midnight, prune: false }),
    prune(now: number) {
      while (table.write({ rows: [], now, prune: true }) === true);
    },
    forget: () => table.forget?.(),
    list: () => reports.openTable(opened, { file }).read({ kind: "list", query: { limit: 100 } }),
    sum: () => reports.openTable(opened, { file }).read({ kind: "sum", query: { by: ["client"] } }),
    names: () => texts("SELECT text FROM names ORDER BY text"),
    count: (name: string) => Number(texts(`SELECT count(*) FROM ${name}`)[0]),
  };
}

describe.runIf(hasSqlite)("the tables of a ledger", () => {
  test("a write that finds no room leaves nothing behind, and no name that others would get", async () => {
    const ledger = await open();
    ledger.write([row("1", midnight, { client: "first" })]);
    const pages = Number(ledger.database.prepare("PRAGMA page_count").get()?.["page_count"]);
    ledger.database.exec(`PRAGMA max_page_count = ${pages}; BEGIN`);
    const large = row("2", midnight, { client: "second", session: "x".repeat(1_000_000) });
    expect(() => ledger.write([large])).toThrow(/full/);
    // A full disk may have ended the transaction already.
    if (ledger.database.isTransaction) ledger.database.exec("ROLLBACK");
    ledger.forget();
    ledger.database.exec("PRAGMA max_page_count = 1000000");
    ledger.write([row("3", midnight, { client: "third" }), row("4", midnight, { client: "second" })]);
    expect(ledger.list()).toMatchObject({
      rows: [
        { id: "4", client: "second" },
        { id: "3", client: "third" },
        { id: "1", client: "first" },
      ],
    });
  });

  test("names go with the last row that had them, those of keys and models with the last sum", async () => {
    const ledger = await open();
    const names = { key: "key_1", model: "Qwen3", route: "r", client: "often", upstream: "web" };
    ledger.write([row("1", midnight, { ...names, client: "once" }), row("2", midnight + 20 * dayMs, names)]);
    expect(ledger.names()).toEqual(["Qwen3", "key_1", "often", "once", "r", "web"]);
    ledger.prune(midnight + 40 * dayMs);
    expect(ledger.list()).toMatchObject({ rows: [{ id: "2", ...names }] });
    expect(ledger.names()).toEqual(["Qwen3", "key_1", "often", "r", "web"]);
    ledger.prune(midnight + 60 * dayMs);
    expect(ledger.names()).toEqual(["Qwen3", "key_1"]);
    ledger.prune(midnight + 500 * dayMs);
    expect(ledger.names()).toEqual([]);
  });

  test("sums by hour are kept for 90 days, by day for 400, or as long as rows", async () => {
    const short = await open();
    short.write([row("1", midnight)]);
    for (const [days, requests, hours, sums] of [
      [30, 1, 1, 1],
      [31, 0, 1, 1],
      [90, 0, 1, 1],
      [91, 0, 0, 1],
      [400, 0, 0, 1],
      [401, 0, 0, 0],
    ] as const) {
      short.prune(midnight + days * dayMs);
      const counts = ["requests", "hours", "days"].map(short.count);
      expect([days, ...counts]).toEqual([days, requests, hours, sums]);
    }
  });

  test("rows that are kept longer have their sums as long", async () => {
    const long = await open({ days: 1000 });
    long.write([row("1", midnight)]);
    long.prune(midnight + 1000 * dayMs);
    expect(["requests", "hours", "days"].map(long.count)).toEqual([1, 1, 1]);
  });

  test("where rows alone are not enough to give up, sums go too, and pruning ends", async () => {
    const ledger = await open({ limitBytes: 1 });
    ledger.write(Array.from({ length: 1200 }, (_, index) => row(`${index}`, midnight + index * 60_000)));
    ledger.prune(midnight);
    expect(["requests", "hours", "days"].map(ledger.count)).toEqual([0, 0, 0]);
  });

  test("each index is used by the filter that it is for", async () => {
    const ledger = await open();
    const { selectRows } = await import("../../../src/store/sqlite/ledger/select-rows.ts");
    const filters = {
      requestsByTime: {},
      requestsById: { id: "1" },
      requestsByKey: { key: "key_1" },
      requestsByModel: { model: "Qwen3" },
      requestsByUpstream: { upstream: "web" },
      requestsByDialect: { dialect: "openai-chat" },
      requestsByOutcome: { outcome: "failed" as const },
      requestsByError: { error: "overloaded" },
      requestsBySession: { session: "s1" },
    };
    for (const [index, filter] of Object.entries(filters)) {
      const { sql = "", values = [] } = selectRows({ ...filter, limit: 100 }, () => 1) ?? {};
      const plan = ledger.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
      const steps = plan.map(({ detail }) => String(detail)).join("\n");
      expect([index, steps]).toEqual([index, expect.stringContaining(`INDEX ${index}`)]);
      if (index !== "requestsById") expect(steps).not.toContain("TEMP B-TREE");
    }
  });
});
