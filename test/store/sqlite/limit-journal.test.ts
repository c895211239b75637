import { describe, expect, test } from "vitest";

import { createLimitCounters, type LimitCounters } from "../../../src/store/memory/limit-counters.ts";
import {
  type CounterBatch,
  createLimitJournal,
  type LimitJournal,
} from "../../../src/store/sqlite/limit-journal.ts";
import { DatabaseError } from "../../../src/store/sqlite/protocol.ts";
import { createStoreWatch } from "../../../src/store/store-watch.ts";
import { createTimers, type Timers } from "../../support/create-timers.ts";
import { createClock, limitOf, requestFor, type TestClock } from "../contract/engine.ts";
import { recordWatch, type RecordedWatch } from "../open-store.ts";

/** A write that has no outcome yet. */
interface Write extends CounterBatch {
  succeed(): Promise<void>;
  fail(): Promise<void>;
}

interface Bench {
  readonly clock: TestClock;
  readonly timers: Timers;
  readonly watch: RecordedWatch;
  readonly writes: Write[];
  readonly counters: LimitCounters;
  readonly journal: LimitJournal;
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function createBench(onFailure: "serve" | "refuse" = "serve"): Bench {
  const clock = createClock();
  const timers = createTimers();
  const watch = recordWatch();
  const writes: Write[] = [];
  const journal = createLimitJournal({
    write: (batch) =>
      new Promise((resolve, reject) => {
        writes.push({
          ...batch,
          succeed: () => (resolve(true), settled()),
          fail: () => (reject(new DatabaseError("disk-full", "database or disk is full")), settled()),
        });
      }),
    watch: createStoreWatch({ ...watch.options, now: clock.now }),
    now: clock.now,
    startTimer: timers.start,
    onFailure,
  });
  const counters = createLimitCounters({
    isRevoked: () => false,
    changed: (counter) => journal.note(counter),
  });
  return { clock, timers, watch, writes, counters, journal };
}

/** Reserves and settles. */
function use({ counters, clock }: Bench, limit = limitOf("budget", 1000), tokens = 5): void {
  const request = requestFor([[limit, tokens]]);
  counters.reserve(request, clock.time);
  counters.settle(request.id, { tokens, nanoUsd: tokens }, clock.time);
}

/** Reserves of a limit that nobody else has. */
function reserveRate({ counters, clock }: Bench): void {
  counters.reserve(requestFor([[limitOf("rate", 1000), 5]]), clock.time);
}

const money = () => limitOf("budget", 10_000, { unit: "nano-usd", period: "month" });

/** Reserves of money. */
function reserve({ counters, journal, clock }: Bench, limit = money(), amount = 10) {
  const request = requestFor([[limit, amount]]);
  expect(counters.reserve(request, clock.time)).toBeUndefined();
  return { ...request, covered: journal.cover(counters.find(limit, clock.time)) };
}

describe("batches", () => {
  test("what changes within 20 ms is written together, each counter once, as it then is", async () => {
    const bench = createBench();
    const [one, other] = [limitOf("budget", 1000), limitOf("rate", 1000)];
    for (let turn = 0; turn < 10; turn += 1) use(bench, one);
    use(bench, other, 7);
    expect(bench.writes).toEqual([]);
    expect(bench.timers.running).toEqual([20]);
    bench.timers.expireAll();
    expect(bench.writes[0]?.put).toMatchObject([
      { id: one.id, kind: "budget", unit: "tokens", period: "day", used: 50, prev: 0, ceiling: undefined },
      { id: other.id, kind: "rate", unit: "tokens", period: "minute", used: 7 },
    ]);
    expect(bench.writes[0]?.forget).toEqual([]);
    await bench.writes[0]?.succeed();
    // Nothing changed since: nothing is started.
    expect(bench.timers.running).toEqual([]);
    expect(bench.writes).toHaveLength(1);
  });

  test("256 counters wait for no timer; while one batch is written the next gathers", async () => {
    const bench = createBench();
    for (let turn = 0; turn < 255; turn += 1) reserveRate(bench);
    expect(bench.writes).toHaveLength(0);
    reserveRate(bench);
    expect(bench.writes[0]?.put).toHaveLength(256);
    const limit = limitOf("budget", 1000);
    for (let turn = 0; turn < 1000; turn += 1) use(bench, limit, 1);
    expect(bench.writes).toHaveLength(1);
    expect(bench.timers.running).toEqual([]);
    await bench.writes[0]?.succeed();
    bench.timers.expireAll();
    expect(bench.writes[1]?.put).toMatchObject([{ id: limit.id, used: 1000 }]);
  });

  test("requests at once leave nothing to write, nor does what counts nothing any more", async () => {
    const bench = createBench();
    const atOnce = requestFor([[limitOf("concurrency", 9), 1]]);
    bench.counters.reserve(atOnce, bench.clock.time);
    expect(bench.timers.running).toEqual([]);
    const limit = limitOf("budget", 1000);
    use(bench, limit, 0);
    bench.timers.expireAll();
    expect(bench.writes[0]).toMatchObject({ put: [], forget: [limit.id] });
  });

  test("flushing waits for what was noted before, also while a batch is being written", async () => {
    const bench = createBench();
    use(bench);
    bench.timers.expireAll();
    const limit = limitOf("budget", 1000);
    use(bench, limit);
    let flushed = false;
    const flush = bench.journal.flush().then(() => (flushed = true));
    await bench.writes[0]?.succeed();
    expect(bench.writes[1]?.put).toMatchObject([{ id: limit.id }]);
    expect(flushed).toBe(false);
    await bench.writes[1]?.succeed();
    await flush;
    await bench.journal.flush();
    expect(bench.writes).toHaveLength(2);
  });
});

describe("a disk that fails", () => {
  test("is tried once a second; what waits is no more than there are counters; it is told once a minute", async () => {
    const bench = createBench();
    const limits = [limitOf("budget", 1e9), limitOf("rate", 1e9)];
    for (const limit of limits) use(bench, limit);
    bench.timers.expireAll();
    await bench.writes[0]?.fail();
    expect(bench.journal.problem).toBe("disk-full");
    for (let second = 1; second <= 59; second += 1) {
      for (let turn = 0; turn < 100; turn += 1) for (const limit of limits) use(bench, limit);
      expect(bench.timers.running).toEqual([1000]);
      bench.clock.time += 1000;
      bench.timers.expireAll();
      expect(bench.writes[second]?.put).toHaveLength(2);
      await bench.writes[second]?.fail();
    }
    expect(bench.watch.lines).toHaveLength(1);
    const flushed = bench.journal.flush();
    await settled();
    await Promise.all([
      expect(flushed).rejects.toMatchObject({ problem: "disk-full" }),
      bench.writes[60]?.fail(),
    ]);
    bench.timers.expireAll();
    await bench.writes[61]?.succeed();
    expect(bench.journal.problem).toBeUndefined();
    expect(bench.watch.lines.at(-1)).toMatchObject({ level: "info" });
    expect(bench.writes[61]?.put.map(({ used }) => used).sort()).toEqual([29505, 29505]);
  });
});

describe("a ceiling for money", () => {
  test("is written before anything is spent, a hundredth of the cap ahead; below it nobody waits", async () => {
    const bench = createBench();
    const limit = money();
    const first = reserve(bench, limit);
    expect(first.covered).toBeDefined();
    // At once, without a timer.
    expect(bench.writes[0]?.put).toMatchObject([{ id: limit.id, ceiling: 110 }]);
    await bench.writes[0]?.succeed();
    await first.covered;
    for (let turn = 0; turn < 6; turn += 1) expect(reserve(bench, limit).covered).toBeUndefined();
    // Past half of it the next is written, and still nobody waits.
    bench.timers.expireAll();
    expect(bench.writes).toHaveLength(2);
    expect(bench.writes[1]?.put).toMatchObject([{ id: limit.id, ceiling: 170 }]);
    expect(reserve(bench, limit).covered).toBeUndefined();
    await bench.writes[1]?.succeed();
  });

  test("who would pass it waits for the write and does not fail; with it those who came meanwhile, as far as it goes", async () => {
    const bench = createBench();
    const limit = money();
    const first = reserve(bench, limit, 1000);
    const second = reserve(bench, limit, 50);
    const third = reserve(bench, limit, 2000);
    const done: string[] = [];
    for (const [name, { covered }] of Object.entries({ first, second, third }))
      void covered?.then(() => done.push(name));
    expect(bench.writes[0]?.put).toMatchObject([{ ceiling: 1100 }]);
    await bench.writes[0]?.succeed();
    expect(done).toEqual(["first", "second"]);
    expect(bench.writes[1]?.put).toMatchObject([{ ceiling: 3150 }]);
    await bench.writes[1]?.succeed();
    expect(done).toEqual(["first", "second", "third"]);
  });

  test("is never above the cap, but where more was spent", async () => {
    const bench = createBench();
    const limit = money();
    const request = reserve(bench, limit, 9990);
    expect(bench.writes[0]?.put).toMatchObject([{ ceiling: 10_000 }]);
    await bench.writes[0]?.succeed();
    expect(reserve(bench, limit, 10).covered).toBeUndefined();
    bench.counters.settle(request.id, { tokens: 0, nanoUsd: 12_000 }, bench.clock.time);
    bench.timers.expireAll();
    expect(bench.writes.at(-1)?.put).toMatchObject([{ ceiling: 12_010, used: 12_000 }]);
  });

  test("of a month says nothing of the next", async () => {
    const bench = createBench();
    const limit = money();
    const first = reserve(bench, limit, 3000);
    await bench.writes[0]?.succeed();
    await first.covered;
    bench.clock.time += 31 * 86_400_000;
    const second = reserve(bench, limit, 10);
    expect(second.covered).toBeDefined();
    // What is still held is held in this month.
    expect(bench.writes[1]?.put).toMatchObject([{ used: 0, ceiling: 3110 }]);
    await bench.writes[1]?.succeed();
    await second.covered;
  });

  test("comes down when it was not needed for a minute, and counts as low from when that is begun", async () => {
    const bench = createBench();
    const limit = money();
    const large = reserve(bench, limit, 5000);
    await bench.writes[0]?.succeed();
    bench.counters.settle(large.id, { tokens: 0, nanoUsd: 20 }, bench.clock.time);
    expect(bench.timers.running).toEqual([]);
    bench.clock.time += 60_000;
    expect(reserve(bench, limit, 10).covered).toBeUndefined();
    bench.timers.expireAll();
    expect(bench.writes[1]?.put).toMatchObject([{ ceiling: 130, used: 20 }]);
    expect(reserve(bench, limit, 1000).covered).toBeDefined();
    await bench.writes[1]?.succeed();
    expect(bench.writes[2]?.put).toMatchObject([{ ceiling: 1130 }]);
  });

  test("gives way to what was truly spent when the process stops; what is held then counts as spent", async () => {
    const bench = createBench();
    const limit = money();
    const first = reserve(bench, limit, 500);
    await bench.writes[0]?.succeed();
    bench.counters.settle(first.id, { tokens: 0, nanoUsd: 123 }, bench.clock.time);
    reserve(bench, limit, 40);
    const closed = bench.journal.close();
    await settled();
    expect(bench.writes[1]?.put).toMatchObject([{ id: limit.id, used: 163, ceiling: undefined }]);
    await bench.writes[1]?.succeed();
    await closed;
    expect(bench.timers.running).toEqual([]);
  });

  test("that can't be written: money is spent all the same, if requests shall be served", async () => {
    const bench = createBench("serve");
    const limit = money();
    const first = reserve(bench, limit, 500);
    await bench.writes[0]?.fail();
    await first.covered;
    expect(reserve(bench, limit, 500).covered).toBeUndefined();
    bench.timers.expireAll();
    expect(bench.writes[1]?.put).toMatchObject([{ ceiling: 1100 }]);
    await bench.writes[1]?.succeed();
    expect(bench.journal.problem).toBeUndefined();
    expect(reserve(bench, limit, 5000).covered).toBeDefined();
  });

  test("… and those who wait for it fail, if requests shall be refused", async () => {
    const bench = createBench("refuse");
    const first = reserve(bench, money(), 500);
    await Promise.all([
      expect(first.covered).rejects.toMatchObject({ name: "GatewayError", problem: "disk-full" }),
      bench.writes[0]?.fail(),
    ]);
  });

  test("nobody waits for ever when the journal is closed", async () => {
    const bench = createBench();
    const limit = money();
    const first = reserve(bench, limit, 500);
    const second = reserve(bench, limit, 5000);
    const outcomes = Promise.allSettled([first.covered, second.covered]);
    const closed = bench.journal.close();
    await bench.writes[0]?.succeed();
    await bench.writes[1]?.succeed();
    await closed;
    expect(await outcomes).toMatchObject([{ status: "fulfilled" }, { reason: { problem: "unavailable" } }]);
    expect(bench.writes).toHaveLength(2);
    expect(bench.writes[1]?.put).toMatchObject([{ used: 5500, ceiling: undefined }]);
  });
});
