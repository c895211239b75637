import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { Limit } from "../../../src/access/limits.ts";
import type { PostgresStores } from "../../../src/store/postgres/open-postgres-stores.ts";
import { openTestDatabase, type TestDatabase } from "../../support/postgres/open-test-database.ts";
import { createClock, limitOf, requestFor } from "../../store/contract/engine.ts";
import { openStores } from "./open-engine.ts";
import { type GatewayProcess, startProcesses } from "./start-processes.ts";

/** Short, so that what a dead process held is soon back. A living one that is too slow for it is charged right all the same. */
const leaseMs = 1000;

/** To start servers and processes takes long where much else goes on. */
const patienceMs = 60_000;

let database: TestDatabase;
let own: PostgresStores;
let processes: readonly GatewayProcess[];

beforeAll(async () => {
  database = await openTestDatabase();
  own = await openStores(database.url, { leaseMs });
  // Else the minute may end in which a rate is looked at.
  await database.ask(
    `CREATE OR REPLACE FUNCTION gateway.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT ${createClock().time}::bigint'`,
  );
  // Written by the database itself for each reservation that is settled, whoever does it.
  await database.ask(`
    CREATE TABLE public.settled (id text PRIMARY KEY);
    CREATE FUNCTION public.note_settled() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN INSERT INTO public.settled VALUES (old.id); RETURN old; END';
    CREATE TRIGGER settled AFTER DELETE ON gateway.holds FOR EACH ROW EXECUTE FUNCTION public.note_settled()`);
  processes = await startProcesses(database.url, ["one", "two", "three"], leaseMs);
}, patienceMs);
afterAll(async () => {
  await Promise.all(processes.map((process) => process.close()));
  await own.close();
}, patienceMs);

async function stateOf(limit: Limit) {
  const [state] = await own.limits.look([limit]);
  return { used: state?.used, held: state?.held };
}

/** What the settled reservations of these processes have cost, by their ids. */
async function sumSettled(names: string): Promise<number> {
  const [row] = await database.ask(
    "SELECT coalesce(sum(split_part(id, '-', -1)::bigint), 0)::int AS sum FROM public.settled WHERE id ~ $1",
    [`^(${names})-`],
  );
  return Number(row?.["sum"]);
}

describe("three processes that share a database", () => {
  test("200 requests at once want a budget for 50: exactly 50 pass, each of ten times", async () => {
    const passed: number[] = [];
    for (let round = 0; round < 10; round += 1) {
      const limits = [limitOf("rate", 1_000_000), limitOf("budget", 509), limitOf("concurrency", 1000)];
      // They are there: what makes a counter waits for others that do, and that alone would keep the number right.
      expect(await own.limits.reserve(requestFor(limits.map((limit) => [limit, 0])))).toBeUndefined();
      const [one, two, three] = await Promise.all(
        processes.map((process, index) =>
          process.reserve({ limits, amount: 10, count: [67, 67, 66][index] ?? 0 }),
        ),
      );
      passed.push((one ?? 0) + (two ?? 0) + (three ?? 0));
      expect(await stateOf(limits[1] as Limit)).toEqual({ used: 0, held: 500 });
      expect(await stateOf(limits[0] as Limit)).toEqual({ used: 500, held: 0 });
      expect(await stateOf(limits[2] as Limit)).toEqual({ used: 0, held: 50 });
    }
    expect(passed).toEqual(Array.from({ length: 10 }, () => 50));
  });

  test("what clients have cost that leave, ask again and are settled twice is used, to the token, and nothing stays held", async () => {
    await database.ask("DELETE FROM public.settled");
    const limits = [limitOf("rate", 10_000_000), limitOf("budget", 10_000_000), limitOf("concurrency", 40)];
    const settled = await Promise.all(
      processes.map((process) => process.work({ limits, amount: 50, clients: 20, turns: 30 })),
    );
    const sum = settled.reduce((total, tokens) => total + tokens, 0);
    expect(sum).toBeGreaterThan(0);
    expect(await sumSettled("one|two|three")).toBe(sum);
    for (const limit of limits)
      expect(await stateOf(limit)).toEqual({ used: limit.kind === "concurrency" ? 0 : sum, held: 0 });
  });

  test("one that is killed in the middle: its reservations come back, and what was settled counts, to the token", async () => {
    await database.ask("DELETE FROM public.settled");
    const [victim] = await startProcesses(database.url, ["victim"], leaseMs);
    if (victim === undefined) throw new Error("no process");
    const limits = [limitOf("budget", 10_000_000), limitOf("concurrency", 1000)];
    const [budget, atOnce] = limits as [Limit, Limit];
    expect(await victim.reserve({ limits, amount: 50, count: 30 })).toBe(30);
    const others = processes.map((process) => process.work({ limits, amount: 50, clients: 10, turns: 30 }));
    // It never ends by itself.
    void victim.work({ limits, amount: 50, clients: 10, turns: 1_000_000 });
    await expect.poll(() => sumSettled("victim"), { timeout: 25_000 }).toBeGreaterThan(0);
    await victim.kill();
    await Promise.all(others);
    await expect.poll(() => stateOf(atOnce), { timeout: 25_000 }).toEqual({ used: 0, held: 0 });
    const { used, held } = await stateOf(budget);
    expect(held).toBe(0);
    expect(used).toBe(await sumSettled("victim|one|two|three"));
    // What it had reserved is given back, and still known, should it have slept only.
    const [lost] = await database.ask(
      "SELECT count(*)::int AS count FROM gateway.holds WHERE id ~ '^victim-' AND state = 1",
    );
    expect(lost?.["count"]).toBeGreaterThanOrEqual(30);
  });
});
