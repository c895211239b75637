import path from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LedgerGroup, LedgerSumQuery } from "../../../src/ledger/ledger.ts";
import type { LedgerRow } from "../../../src/ledger/ledger-row.ts";
import type { LedgerTableSettings } from "../../../src/store/sqlite/ledger/ledger-table.ts";
import { type PackedSums, unpackSums } from "../../../src/store/sqlite/ledger/packed-sums.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { fullRow, midnight, row } from "../contract/ledger-rows.ts";
import { sumNaively } from "../contract/naive-ledger.ts";
import { createFolder } from "./open-ledger.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

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
  database?.close();
  const opened = writer.openFile(file);
  database = opened;
  let table = writer.openTable(opened, { file, days: 30, limitBytes: 100_000_000, ...more });
  const texts = (sql: string) =>
    opened
      .prepare(sql)
      .all()
      .map((found) => Object.values(found)[0]);
  return {
    database: opened,
    write: (rows: readonly LedgerRow[]) => table.write({ rows, now: midnight, prune: false }),
    step: (now: number) => table.write({ rows: [], now, prune: true }) === true,
    prune(now: number) {
      while (table.write({ rows: [], now, prune: true }) === true);
    },
    /** From now on the file may be so large. */
    shrink(limitBytes: number) {
      table = writer.openTable(opened, { file, days: 30, ...more, limitBytes });
    },
    forget: () => table.forget?.(),
    list: () => reports.openTable(opened, { file }).read({ kind: "list", query: { limit: 100 } }),
    // What reports answer to a sum.
    sum: (by: readonly LedgerGroup[] = ["client"]) =>
      unpackSums(reports.openTable(opened, { file }).read({ kind: "sum", query: { by } }) as PackedSums),
    tables: () => texts("SELECT name FROM sqlite_master WHERE type = 'table'"),
    /** Whether there are cells of each period. */
    periods: () =>
      [0, 1, 2, 3].map((period) =>
        Number(texts(`SELECT count(*) > 0 FROM cells WHERE period = ${period}`)[0]),
      ),
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

  test("names go with the last row that had them, those that cells have with the last cell", async () => {
    const ledger = await open();
    const names = { key: "key_1", model: "Qwen3", route: "r", client: "often", upstream: "web" };
    ledger.write([row("1", midnight, { ...names, finish: "stop" }), row("2", midnight + 20 * dayMs, names)]);
    expect(ledger.names()).toEqual(["Qwen3", "key_1", "often", "r", "stop", "web"]);
    ledger.prune(midnight + 40 * dayMs);
    expect(ledger.list()).toMatchObject({ rows: [{ id: "2", ...names }] });
    expect(ledger.names()).toEqual(["Qwen3", "key_1", "often", "r", "web"]);
    ledger.prune(midnight + 60 * dayMs);
    expect(ledger.names()).toEqual(["Qwen3", "key_1", "often", "web"]);
    ledger.prune(midnight + 500 * dayMs);
    expect(ledger.names()).toEqual([]);
  });

  test("cells of 75 s are kept for 3 hours, of half hours for 35 days, of days for 400, or as long as rows", async () => {
    const short = await open();
    short.write([row("1", midnight)]);
    for (const [hours, requests, recent, half, hour, day] of [
      [3, 1, 1, 1, 1, 1],
      [3.1, 1, 0, 1, 1, 1],
      [30 * 24, 1, 0, 1, 1, 1],
      [31 * 24, 0, 0, 1, 1, 1],
      [35 * 24, 0, 0, 1, 1, 1],
      [36 * 24, 0, 0, 0, 0, 1],
      [400 * 24, 0, 0, 0, 0, 1],
      [401 * 24, 0, 0, 0, 0, 0],
    ] as const) {
      short.prune(midnight + hours * hourMs);
      expect([hours, short.count("requests"), ...short.periods()]).toEqual([
        hours,
        requests,
        recent,
        half,
        hour,
        day,
      ]);
    }
  });

  test("rows that are kept longer have their cells as long", async () => {
    const long = await open({ days: 1000 });
    long.write([row("1", midnight)]);
    long.prune(midnight + 1000 * dayMs);
    expect([long.count("requests"), ...long.periods()]).toEqual([1, 0, 1, 1, 1]);
  });

  test("what comes too late for the last hours is in the others alone", async () => {
    const ledger = await open();
    ledger.write([row("1", midnight - 4 * hourMs)]);
    expect(ledger.periods()).toEqual([0, 1, 1, 1]);
  });

  test("where rows alone are not enough to give up, cells go too, and pruning ends", async () => {
    const ledger = await open({ limitBytes: 1 });
    ledger.write(Array.from({ length: 1200 }, (_, index) => row(`${index}`, midnight + index * 60_000)));
    ledger.prune(midnight);
    expect([ledger.count("requests"), ledger.count("cells")]).toEqual([0, 0]);
  });

  test("of what is too much the rows of the last day outlive cells, which clients may fill with names", async () => {
    const ledger = await open();
    const rows = Array.from({ length: 600 }, (_, index) =>
      row(`${index}`, midnight - index * 1000, { client: `client ${index}` }),
    );
    ledger.write([...rows, row("old", midnight - 2 * dayMs)]);
    const before = ledger.count("cells");
    ledger.shrink(0.9 * 4096 * Number(ledger.database.prepare("PRAGMA page_count").get()?.["page_count"]));
    ledger.prune(midnight);
    expect(ledger.count("requests")).toBe(600);
    expect(ledger.count("cells")).toBeGreaterThan(0);
    expect(ledger.count("cells")).toBeLessThan(before);
  });

  test("a file that has sums in place of cells gets the cells of its rows, a little at a time", async () => {
    const ledger = await open();
    const rows = Array.from({ length: 1234 }, (_, index) =>
      row(`${index}`, midnight - index * 60_000, {
        ...fullRow,
        id: `${index}`,
        client: `client ${index % 3}`,
      }),
    );
    ledger.write(rows);
    // As the first ledgers were.
    ledger.database.exec(
      "DELETE FROM cells; CREATE TABLE hours (slot INTEGER); CREATE TABLE days (slot INTEGER); INSERT INTO days VALUES (1)",
    );
    const again = await open();
    const late = row("late", midnight - 5, { ...fullRow, id: "late" });
    again.write([late]);
    expect(again.sum()).toMatchObject([{ requests: 1 }]);
    // One step of several.
    again.step(midnight);
    expect(again.sum().reduce((sum, { requests }) => sum + requests, 0)).toBe(501);
    again.prune(midnight);
    for (const by of [["client"], ["key", "day"], ["hour"]] as const)
      expect(again.sum(by)).toEqual(sumNaively([...rows, late], { by }));
    const third = await open();
    third.prune(midnight);
    expect(third.sum()).toEqual(sumNaively([...rows, late], { by: ["client"] }));
    expect(third.tables()).not.toContain("hours");
  });

  test("sums and what happened are looked up slot by slot, and no row is read for whole hours", async () => {
    const ledger = await open();
    const { selectSums } = await import("../../../src/store/sqlite/ledger/select-sums.ts");
    const plansOf = (query: LedgerSumQuery) =>
      selectSums(query, () => 1).map(({ sql, values }) => {
        const plan = ledger.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
        return plan
          .map(({ detail }) => String(detail))
          .find((detail) => /^(SEARCH|SCAN) (cells|requests)/.test(detail));
      });
    const month = { from: midnight - 30 * dayMs + hourMs, to: midnight };
    const seek = "SEARCH cells USING PRIMARY KEY (period=? AND slot=? AND view=?";
    for (const by of [["upstream"], ["error"], ["client", "model"], ["upstream", "day"]] as const)
      expect(plansOf({ ...month, by })).toEqual([`${seek})`, `${seek})`]);
    for (const by of [["model"], ["client", "hour"]] as const)
      for (const plan of plansOf({ ...month, by, key: "key_1" })) expect(plan).toBe(`${seek} AND key=?)`);
    expect(plansOf({ from: month.from + 1, by: ["upstream"] })).toEqual([
      `${seek})`,
      `${seek})`,
      `${seek})`,
      "SEARCH requests USING INDEX requestsByTime (at>? AND at<?)",
    ]);
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
