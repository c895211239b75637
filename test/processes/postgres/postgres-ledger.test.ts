import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { encodeRow } from "../../../src/store/postgres/ledger-row-columns.ts";
import { cellSchema } from "../../../src/store/postgres/schema/cells.ts";
import { migrations } from "../../../src/store/postgres/schema/index.ts";
import { createTimers } from "../../support/create-timers.ts";
import { holdTable } from "../../support/postgres/hold-table.ts";
import { openTestDatabase } from "../../support/postgres/open-test-database.ts";
import { type LedgerSettings, type OpenedLedger, testLedger } from "../../store/contract/ledger-contract.ts";
import { anyRows, midnight, noon, row } from "../../store/contract/ledger-rows.ts";
import { activityNaively } from "../../store/contract/naive-activity.ts";
import { sumNaively } from "../../store/contract/naive-ledger.ts";
import { recordWatch } from "../../store/open-store.ts";
import { openStores } from "./open-engine.ts";

/** So little room that some days must go. */
const crampedBytes = 1_000_000;

async function openOn(url: string, settings: LedgerSettings): Promise<OpenedLedger> {
  const { now, days, cramped, maximumWaiting } = settings;
  const stores = await openStores(url, {
    now,
    ledgerDays: days,
    ledgerWaiting: maximumWaiting,
    ...(cramped ? { ledgerBytes: crampedBytes } : {}),
  });
  return {
    ledger: stores.ledger,
    prune: () => stores.ledger.prune(),
    hold: () => holdTable(url, "gateway.writers"),
    async reopen() {
      await stores.close();
      return openOn(url, settings);
    },
    close: () => stores.close(),
  };
}

testLedger("in PostgreSQL", {
  isKept: true,
  open: async (settings) => openOn((await openTestDatabase()).url, settings),
});

describe("the ledger in PostgreSQL", () => {
  test("keeps what a client sends in place of an id, even what PostgreSQL can't keep as text", async () => {
    await using stores = await openStores((await openTestDatabase()).url);
    stores.ledger.add(row("a\0b", midnight, { session: "\uD800", agent: "\0\uDC00" }));
    stores.ledger.add(row("other", midnight));
    await stores.ledger.flush();
    const { rows } = await stores.ledger.list({ limit: 10 });
    expect(rows.map(({ id, session, agent }) => [id, session, agent])).toEqual([
      ["other", undefined, undefined],
      ["a\uFFFDb", "\uFFFD", "\0\uDC00"],
    ]);
    expect(stores.ledger.dropped).toBe(0);
  });

  test("a batch of which nobody knows whether it was written is written once", async () => {
    const { url, ask } = await openTestDatabase();
    await using stores = await openStores(url);
    stores.ledger.add(row("1", midnight));
    await stores.ledger.flush();
    // As it would arrive a second time.
    const again = JSON.stringify([{ at: midnight, id: "1", outcome: "answered", ms: 1, rest: "{}" }]);
    await ask("SELECT gateway.note($1, 1, $2)", [stores.owner, again]);
    expect(await stores.ledger.sum({ by: [] })).toMatchObject([{ requests: 1 }]);
    await ask("SELECT gateway.note($1, 2, $2)", [stores.owner, again]);
    expect(await stores.ledger.sum({ by: [] })).toMatchObject([{ requests: 2 }]);
  });

  test("a database that has sums by hour and day in place of cells gets the cells of its rows", async () => {
    const { url, ask } = await openTestDatabase();
    const before = migrations.slice(0, migrations.indexOf(cellSchema));
    await ask(`CREATE SCHEMA gateway; CREATE TABLE gateway.migrations (version integer PRIMARY KEY,
      made_at timestamptz NOT NULL DEFAULT clock_timestamp());
      INSERT INTO gateway.migrations SELECT generate_series(1, ${before.length})`);
    for (const sql of before) await ask(sql);
    const [rows = []] = fc.sample(anyRows, { numRuns: 1, seed: 3 });
    await ask("SELECT gateway.note('old', 1, $1)", [JSON.stringify(rows.map(encodeRow))]);
    await using stores = await openStores(url, { now: () => noon });
    const late = row("late", noon - 1, { key: "key_1", upstream: "web" });
    stores.ledger.add(late);
    await stores.ledger.flush();
    const all = [...rows, late];
    for (const by of [
      [],
      ["key", "model"],
      ["upstream", "hour"],
      ["error", "client"],
      ["key", "dialect"],
    ] as const)
      expect(await stores.ledger.sum({ by })).toEqual(sumNaively(all, { by }));
    const query = { from: midnight, to: midnight + 5 * 86_400_000, stepMs: 86_400_000 };
    expect(await stores.ledger.activity(query)).toEqual(activityNaively(all, query));
  });

  test("what gateways noted is added up once, whoever does it, and at once for who asks", async () => {
    const { url, ask } = await openTestDatabase();
    const timers = createTimers();
    await using one = await openStores(url, { startTimer: timers.start });
    await using other = await openStores(url);
    const count = async (table: string) =>
      Number((await ask(`SELECT count(*) FROM gateway.${table}`))[0]?.["count"]);
    for (const [index, { ledger }] of [one, other, one].entries()) {
      ledger.add(row(String(index), midnight));
      await ledger.flush();
    }
    expect([await count("waiting"), await count("cells")]).toEqual([3, 0]);
    const sums = await Promise.all([one, other, one].map(({ ledger }) => ledger.sum({ by: [] })));
    for (const sum of sums) expect(sum).toMatchObject([{ requests: 3 }]);
    expect(await count("waiting")).toBe(0);
    one.ledger.add(row("3", midnight));
    await one.ledger.flush();
    timers.expireAll();
    await expect.poll(() => count("waiting")).toBe(0);
    expect(await other.ledger.sum({ by: ["day"] })).toMatchObject([{ requests: 4 }]);
  });

  test("what stands in the way of writing is told once a minute, and nothing is lost by it", async () => {
    const { url, ask } = await openTestDatabase();
    const { lines, options } = recordWatch();
    await using stores = await openStores(url, {
      ...options,
      log: { ...options.log, warn: options.log.info },
    });
    await ask("ALTER TABLE gateway.writers RENAME COLUMN number TO other");
    stores.ledger.add(row("1", midnight));
    const flushed = stores.ledger.flush();
    await expect.poll(() => lines.length).toBe(1);
    expect(lines).toMatchObject([
      { level: "error", text: "the ledger could not be written to, which is tried again" },
    ]);
    expect(lines[0]?.fields).toMatchObject({ reason: expect.stringContaining("number") });
    await ask("ALTER TABLE gateway.writers RENAME COLUMN other TO number");
    await flushed;
    expect((await stores.ledger.list({ limit: 1 })).rows).toMatchObject([{ id: "1" }]);
    expect(stores.ledger.dropped).toBe(0);
    expect(lines).toHaveLength(1);
  });

  test("what can't be pruned is told, and tried again an hour later", async () => {
    const { url, ask } = await openTestDatabase();
    const { lines, options } = recordWatch();
    const timers = createTimers();
    const log = { ...options.log, warn: options.log.info };
    await using _stores = await openStores(url, { ...options, log, startTimer: timers.start });
    await ask("ALTER FUNCTION gateway.prune RENAME TO other");
    timers.expireAll();
    await expect.poll(() => timers.running.includes(3_600_000)).toBe(true);
    expect(lines).toMatchObject([
      {
        level: "error",
        fields: { reason: expect.stringContaining("gateway.prune") },
        text: "what is too old or too much could not be taken out of the ledger",
      },
    ]);
  });

  test("several processes that begin a day at the same time make one partition, and their sums add up", async () => {
    const { url } = await openTestDatabase();
    const processes = await Promise.all([1, 2, 3].map(() => openStores(url)));
    for (const [index, { ledger }] of processes.entries())
      for (let count = 0; count < 300; count += 1)
        ledger.add(row(`${index}-${count}`, noon + count * 3_600_000, { key: `key_${count % 7}` }));
    await Promise.all(processes.map(({ ledger }) => ledger.flush()));
    const [first] = processes;
    expect(await first?.ledger.sum({ by: [] })).toMatchObject([{ requests: 900 }]);
    expect(await first?.ledger.sum({ by: ["key"] })).toHaveLength(7);
    await Promise.all(processes.map((stores) => stores.close()));
  });
});
