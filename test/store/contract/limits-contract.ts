import { describe, expect, test } from "vitest";

import type { Limit, LimitState } from "../../../src/access/limits.ts";
import { createClock, limitOf, type OpenedEngine, type OpenEngine, requestFor, uniqueId } from "./engine.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How a limit stands, without the limit itself. */
export async function stateOf({ limits }: OpenedEngine, limit: Limit): Promise<Omit<LimitState, "limit">> {
  await limits.flush();
  const [state] = await limits.look([limit]);
  if (state === undefined) throw new Error("no state");
  const { limit: _limit, ...rest } = state;
  return rest;
}

async function usedOf(engine: OpenedEngine, limit: Limit): Promise<number> {
  return (await stateOf(engine, limit)).used;
}

/** Reserves and settles, so that so much is used now. */
async function use(engine: OpenedEngine, limit: Limit, tokens: number): Promise<void> {
  const request = requestFor([[limit, 0]]);
  expect(await engine.limits.reserve(request)).toBeUndefined();
  engine.limits.settle(request.id, { tokens, nanoUsd: tokens });
  await engine.limits.flush();
}

/** What every engine's limits do. Registers the tests. */
export function limitsContract(open: OpenEngine): void {
  describe("how many pass", () => {
    test.each([
      ["a budget", () => limitOf("budget", 509)],
      ["a budget of money", () => limitOf("budget", 509, { unit: "nano-usd", period: "total" })],
      ["a rate", () => limitOf("rate", 509)],
      ["requests at once", () => limitOf("concurrency", 509)],
    ])("200 at once want %s for 50: exactly 50", async (_name, make) => {
      const { now } = createClock();
      await using engine = await open(now);
      const limit = make();
      const other = limitOf("budget", 1_000_000);
      const answers = await Promise.all(
        Array.from({ length: 200 }, () =>
          engine.limits.reserve(
            requestFor([
              [other, 7],
              [limit, 10],
            ]),
          ),
        ),
      );
      expect(answers.filter((refusal) => refusal === undefined)).toHaveLength(50);
      expect(answers.filter((refusal) => refusal?.kind === "limit")).toHaveLength(150);
      const { used, held } = await stateOf(engine, limit);
      expect(used + held).toBe(500);
      // Who was refused has taken nothing elsewhere.
      expect((await stateOf(engine, other)).held).toBe(350);
    });

    test("requests that end make room for others while those ask", async () => {
      const { now } = createClock();
      await using engine = await open(now);
      const atOnce = limitOf("concurrency", 5);
      const budget = limitOf("budget", 1000);
      let passed = 0;
      async function client(): Promise<void> {
        for (let turn = 0; turn < 20; turn += 1) {
          const request = requestFor([
            [atOnce, 1],
            [budget, 10],
          ]);
          const refusal = await engine.limits.reserve(request);
          if (refusal !== undefined) continue;
          passed += 1;
          engine.limits.settle(request.id, { tokens: 7, nanoUsd: 0 });
          await engine.limits.flush();
        }
      }
      await Promise.all(Array.from({ length: 10 }, client));
      expect(await stateOf(engine, budget)).toMatchObject({ used: passed * 7, held: 0 });
      expect(await stateOf(engine, atOnce)).toMatchObject({ used: 0, held: 0 });
      expect(passed).toBeGreaterThan(20);
    });

    test("all or nothing: where one limit has no room, none is touched", async () => {
      const { now } = createClock();
      await using engine = await open(now);
      const own = limitOf("rate", 100, { unit: "requests" });
      const parents = limitOf("concurrency", 100);
      const grandparents = limitOf("rate", 100, { period: "day" });
      const shared = limitOf("budget", 100);
      const refusal = await engine.limits.reserve(
        requestFor([
          [own, 1],
          [parents, 1],
          [grandparents, 50],
          [shared, 101],
        ]),
      );
      expect(refusal).toMatchObject({ kind: "limit", limit: { id: shared.id }, used: 0 });
      for (const limit of [own, parents, grandparents, shared])
        expect(await stateOf(engine, limit)).toMatchObject({ used: 0, held: 0 });
    });

    test("keys that share a budget share it; what binds the parent binds its children", async () => {
      const { now } = createClock();
      await using engine = await open(now);
      const shared = limitOf("budget", 100);
      const [one, other] = [limitOf("budget", 80), limitOf("budget", 80)];
      const want = (limit: Limit, amount: number) =>
        engine.limits.reserve(
          requestFor([
            [limit, amount],
            [shared, amount],
          ]),
        );
      expect(await want(one, 60)).toBeUndefined();
      expect(await want(other, 60)).toMatchObject({ limit: { id: shared.id }, used: 60 });
      expect(await want(other, 40)).toBeUndefined();
      expect(await want(one, 1)).toMatchObject({ limit: { id: shared.id }, used: 100 });
    });

    test("a request that wants nothing limited passes", async () => {
      await using engine = await open(createClock().now);
      const request = requestFor([]);
      expect(await engine.limits.reserve(request)).toBeUndefined();
      engine.limits.settle(request.id, { tokens: 1, nanoUsd: 1 });
      await engine.limits.flush();
      expect(await engine.limits.look([])).toEqual([]);
    });

    test("a key that is revoked is refused, and so is who descends from it", async () => {
      const { now, time } = createClock();
      await using engine = await open(now);
      const [parent, child] = [uniqueId("key"), uniqueId("key")];
      await engine.keys.create({ id: parent, name: "parent", hint: "aaaa", createdAt: time }, uniqueId("d"));
      await engine.keys.create(
        { id: child, name: "child", hint: "bbbb", createdAt: time, parent },
        uniqueId("d"),
      );
      const limit = limitOf("budget", 100);
      const request = requestFor([[limit, 10]], [child, parent]);
      expect(await engine.limits.reserve(request)).toBeUndefined();
      await engine.keys.change(parent, { revokedAt: time });
      expect(await engine.limits.reserve(requestFor([[limit, 10]], [child, parent]))).toEqual({
        kind: "revoked",
      });
      expect(await engine.limits.reserve(requestFor([[limit, 10]], [child]))).toBeUndefined();
      // What was let in before is settled all the same.
      engine.limits.settle(request.id, { tokens: 12, nanoUsd: 0 });
      expect(await stateOf(engine, limit)).toMatchObject({ used: 12, held: 10 });
    });
  });

  describe("a rate slides", () => {
    test.each([
      // Used in one window, then so long after its end: what still counts, and how long until 60 of 100 fit.
      { used: 100, after: 0, counts: 100, waits: 36_000 },
      { used: 100, after: 6000, counts: 90, waits: 30_000 },
      { used: 100, after: 35_999, counts: 41, waits: 1 },
      { used: 100, after: 36_000, counts: 40, waits: undefined },
      { used: 99, after: 30_000, counts: 50, waits: 5758 },
      { used: 1, after: 59_999, counts: 1, waits: undefined },
      { used: 100, after: 60_000, counts: 0, waits: undefined },
      { used: 100, after: 5 * minute, counts: 0, waits: undefined },
    ])("$used used, $after ms into the next minute: $counts", async ({ used, after, counts, waits }) => {
      const clock = createClock();
      await using engine = await open(clock.now);
      const limit = limitOf("rate", 100);
      await use(engine, limit, used);
      clock.time += minute + after;
      expect(await usedOf(engine, limit)).toBe(counts);
      const want = () => engine.limits.reserve(requestFor([[limit, 60]]));
      if (waits !== undefined) {
        expect(await want()).toEqual({
          kind: "limit",
          limit,
          used: counts,
          until: "time",
          retryAfterMs: waits,
        });
        clock.time += waits - 1;
        if (waits > 1) expect(await want()).toMatchObject({ retryAfterMs: 1 });
        clock.time += 1;
      }
      expect(await want()).toBeUndefined();
    });

    test.each([
      // So much used 15 s into a minute; when `wants` fits, and the ms before that does not.
      { used: 100, wants: 1, waits: 45_000 + 600 },
      { used: 100, wants: 50, waits: 45_000 + 30_000 },
      { used: 100, wants: 100, waits: 45_000 + 60_000 },
      { used: 50, wants: 60, waits: 45_000 + 12_000 },
      { used: 70, wants: 31, waits: 45_000 + 858 },
      // More than its cap was used.
      { used: 400, wants: 50, waits: 45_000 + 52_500 },
    ])("$used used now, $wants more fit after $waits ms", async ({ used, wants, waits }) => {
      const clock = createClock();
      await using engine = await open(clock.now);
      const limit = limitOf("rate", 100);
      clock.time += 15_000;
      await use(engine, limit, used);
      const want = () => engine.limits.reserve(requestFor([[limit, wants]]));
      expect(await want()).toMatchObject({ until: "time", retryAfterMs: waits, used });
      clock.time += waits - 1;
      expect(await want()).toMatchObject({ retryAfterMs: 1 });
      clock.time += 1;
      expect(await want()).toBeUndefined();
    });

    test("of a day, too, and it says when all has slid out", async () => {
      const clock = createClock();
      await using engine = await open(clock.now);
      const limit = limitOf("rate", 1_000_000, { period: "day" });
      expect(await stateOf(engine, limit)).toEqual({ used: 0, held: 0, resetsAt: clock.time });
      await use(engine, limit, 1_000_000);
      const midnight = clock.time + 12 * hour;
      expect(await stateOf(engine, limit)).toEqual({
        used: 1_000_000,
        held: 0,
        resetsAt: midnight + day,
      });
      clock.time = midnight + 6 * hour;
      expect(await stateOf(engine, limit)).toEqual({ used: 750_000, held: 0, resetsAt: midnight + day });
      expect(await engine.limits.reserve(requestFor([[limit, 500_000]]))).toMatchObject({
        retryAfterMs: 6 * hour,
      });
    });

    test("what is reserved is used at once, and requests stay so when they end", async () => {
      const clock = createClock();
      await using engine = await open(clock.now);
      const requests = limitOf("rate", 2, { unit: "requests" });
      const first = requestFor([[requests, 1]]);
      expect(await engine.limits.reserve(first)).toBeUndefined();
      expect(await stateOf(engine, requests)).toMatchObject({ used: 1, held: 0 });
      engine.limits.settle(first.id, { tokens: 900, nanoUsd: 900 });
      expect(await stateOf(engine, requests)).toMatchObject({ used: 1, held: 0 });
      // A long stream does not fill each minute through which it goes.
      const stream = requestFor([[requests, 1]]);
      expect(await engine.limits.reserve(stream)).toBeUndefined();
      clock.time += 2 * minute;
      expect(await usedOf(engine, requests)).toBe(0);
      engine.limits.settle(stream.id, { tokens: 900, nanoUsd: 900 });
      expect(await usedOf(engine, requests)).toBe(0);
    });

    test.each([
      { name: "in its own", after: 10_000, used: 70 },
      { name: "one later: it slides with what it belongs to", after: minute + 30_000, used: 35 },
      { name: "when it counts no more", after: 2 * minute, used: 0 },
      { name: "a day later", after: day, used: 0 },
    ])("what is settled goes to the window in which it was reserved: $name", async ({ after, used }) => {
      const clock = createClock();
      await using engine = await open(clock.now);
      const limit = limitOf("rate", 100);
      const request = requestFor([[limit, 40]]);
      expect(await engine.limits.reserve(request)).toBeUndefined();
      clock.time += after;
      engine.limits.settle(request.id, { tokens: 70, nanoUsd: 0 });
      expect(await usedOf(engine, limit)).toBe(used);
    });

    test("a clock that goes back begins no window anew", async () => {
      const clock = createClock();
      await using engine = await open(clock.now);
      const limit = limitOf("rate", 100);
      const budget = limitOf("budget", 100);
      await use(engine, limit, 80);
      await use(engine, budget, 80);
      clock.time -= 36 * hour;
      expect(await usedOf(engine, limit)).toBe(80);
      expect(await usedOf(engine, budget)).toBe(80);
      expect(await engine.limits.reserve(requestFor([[limit, 21]]))).toMatchObject({ used: 80 });
      expect(await engine.limits.reserve(requestFor([[budget, 21]]))).toMatchObject({ used: 80 });
    });
  });

  describe("a budget follows the calendar in UTC", () => {
    test.each([
      { period: "hour", at: "2026-11-25T12:34:56.789Z", ends: "2026-11-25T13:00:00Z" },
      { period: "day", at: "2026-11-25T00:00:00Z", ends: "2026-11-26T00:00:00Z" },
      { period: "day", at: "2026-12-31T23:59:59.999Z", ends: "2027-01-01T00:00:00Z" },
      { period: "week", at: "2026-11-23T00:00:00Z", ends: "2026-11-30T00:00:00Z" },
      { period: "week", at: "2026-11-29T23:59:59.999Z", ends: "2026-11-30T00:00:00Z" },
      { period: "week", at: "2026-12-31T10:00:00Z", ends: "2027-01-04T00:00:00Z" },
      { period: "month", at: "2026-11-30T23:00:00Z", ends: "2026-12-01T00:00:00Z" },
      { period: "month", at: "2026-12-31T10:00:00Z", ends: "2027-01-01T00:00:00Z" },
      { period: "month", at: "2028-02-01T00:00:00Z", ends: "2028-03-01T00:00:00Z" },
    ] as const)("by the $period: from $at to $ends", async ({ period, at, ends }) => {
      const clock = createClock(Date.parse(at));
      await using engine = await open(clock.now);
      const limit = limitOf("budget", 100, { period });
      const end = Date.parse(ends);
      await use(engine, limit, 90);
      expect(await stateOf(engine, limit)).toEqual({ used: 90, held: 0, resetsAt: end });
      const want = () => engine.limits.reserve(requestFor([[limit, 11]]));
      expect(await want()).toEqual({
        kind: "limit",
        limit,
        used: 90,
        until: "time",
        retryAfterMs: end - clock.time,
      });
      clock.time = end - 1;
      expect(await want()).toMatchObject({ retryAfterMs: 1 });
      clock.time = end;
      expect(await usedOf(engine, limit)).toBe(0);
      expect(await want()).toBeUndefined();
    });

    test("a total one ends never", async () => {
      const clock = createClock();
      await using engine = await open(clock.now);
      const limit = limitOf("budget", 100, { period: "total", unit: "nano-usd" });
      await use(engine, limit, 90);
      clock.time += 4000 * day;
      expect(await stateOf(engine, limit)).toEqual({ used: 90, held: 0, resetsAt: undefined });
      expect(await engine.limits.reserve(requestFor([[limit, 11]]))).toEqual({
        kind: "limit",
        limit,
        used: 90,
        until: "changed",
        retryAfterMs: undefined,
      });
      expect(await engine.limits.reserve(requestFor([[limit, 10]]))).toBeUndefined();
    });

    test("what is settled is spent when it is settled; what is held then is held in the next period, too", async () => {
      const clock = createClock();
      await using engine = await open(clock.now);
      const limit = limitOf("budget", 100);
      await use(engine, limit, 30);
      const request = requestFor([[limit, 60]]);
      expect(await engine.limits.reserve(request)).toBeUndefined();
      clock.time += day;
      expect(await stateOf(engine, limit)).toMatchObject({ used: 0, held: 60 });
      engine.limits.settle(request.id, { tokens: 45, nanoUsd: 0 });
      expect(await stateOf(engine, limit)).toMatchObject({ used: 45, held: 0 });
      clock.time += day;
      expect(await stateOf(engine, limit)).toMatchObject({ used: 0, held: 0 });
    });

    test("each unit is settled by its own figure", async () => {
      await using engine = await open(createClock().now);
      const tokens = limitOf("budget", 1000);
      const money = limitOf("budget", 1_000_000_000_000, { unit: "nano-usd", period: "month" });
      const requests = limitOf("budget", 10, { unit: "requests" });
      const request = requestFor([
        [tokens, 500],
        [money, 300_000_000_000],
        [requests, 1],
      ]);
      expect(await engine.limits.reserve(request)).toBeUndefined();
      expect(await stateOf(engine, money)).toMatchObject({ used: 0, held: 300_000_000_000 });
      engine.limits.settle(request.id, { tokens: 123, nanoUsd: 123_456_789_012 });
      expect(await stateOf(engine, tokens)).toMatchObject({ used: 123, held: 0 });
      expect(await stateOf(engine, money)).toMatchObject({ used: 123_456_789_012, held: 0 });
      expect(await stateOf(engine, requests)).toMatchObject({ used: 1, held: 0 });
    });
  });

  describe("settling", () => {
    test("once: again, together, unknown and refused ones change nothing", async () => {
      await using engine = await open(createClock().now);
      const limit = limitOf("budget", 100);
      const rate = limitOf("rate", 100);
      const request = requestFor([
        [limit, 50],
        [rate, 50],
      ]);
      const refused = requestFor([[limit, 60]]);
      expect(await engine.limits.reserve(request)).toBeUndefined();
      expect(await engine.limits.reserve(refused)).toBeDefined();
      // The first two may go in one batch.
      engine.limits.settle(request.id, { tokens: 20, nanoUsd: 0 });
      engine.limits.settle(request.id, { tokens: 30, nanoUsd: 0 });
      engine.limits.settle(refused.id, { tokens: 60, nanoUsd: 0 });
      engine.limits.settle(uniqueId("hold"), { tokens: 70, nanoUsd: 0 });
      expect(await stateOf(engine, limit)).toMatchObject({ used: 20, held: 0 });
      expect(await stateOf(engine, rate)).toMatchObject({ used: 20, held: 0 });
      engine.limits.settle(request.id, { tokens: 40, nanoUsd: 0 });
      expect(await stateOf(engine, limit)).toMatchObject({ used: 20, held: 0 });
      expect(await stateOf(engine, rate)).toMatchObject({ used: 20, held: 0 });
    });

    test("what was spent lands, though it is more than was reserved and than the cap", async () => {
      await using engine = await open(createClock().now);
      const limits = [
        limitOf("budget", 100),
        limitOf("rate", 100),
        limitOf("budget", 100, { unit: "nano-usd" }),
      ];
      const request = requestFor(limits.map((limit) => [limit, 10]));
      expect(await engine.limits.reserve(request)).toBeUndefined();
      engine.limits.settle(request.id, { tokens: 250, nanoUsd: 250 });
      for (const limit of limits) {
        expect(await stateOf(engine, limit)).toMatchObject({ used: 250, held: 0 });
        expect(await engine.limits.reserve(requestFor([[limit, 0]]))).toMatchObject({ used: 250 });
      }
    });

    test("nothing spent gives all back but the request", async () => {
      await using engine = await open(createClock().now);
      const limits = [limitOf("budget", 100), limitOf("rate", 100), limitOf("concurrency", 100)];
      const requests = limitOf("rate", 100, { unit: "requests" });
      const request = requestFor([...limits, requests].map((limit) => [limit, 10]));
      expect(await engine.limits.reserve(request)).toBeUndefined();
      engine.limits.settle(request.id, { tokens: 0, nanoUsd: 0 });
      for (const limit of limits) expect(await stateOf(engine, limit)).toMatchObject({ used: 0, held: 0 });
      expect(await usedOf(engine, requests)).toBe(10);
    });

    test("what is held is not spent: it is no reason to wait for a new period", async () => {
      await using engine = await open(createClock().now);
      const budget = limitOf("budget", 100);
      const atOnce = limitOf("concurrency", 1);
      const request = requestFor([
        [budget, 90],
        [atOnce, 1],
      ]);
      expect(await engine.limits.reserve(request)).toBeUndefined();
      const settled = { used: 90, until: "settled", retryAfterMs: undefined };
      expect(await engine.limits.reserve(requestFor([[budget, 20]]))).toMatchObject(settled);
      expect(await engine.limits.reserve(requestFor([[atOnce, 1]]))).toMatchObject({ ...settled, used: 1 });
      expect(await engine.limits.reserve(requestFor([[budget, 101]]))).toMatchObject({ until: "changed" });
      engine.limits.settle(request.id, { tokens: 15, nanoUsd: 0 });
      await engine.limits.flush();
      expect(
        await engine.limits.reserve(
          requestFor([
            [budget, 85],
            [atOnce, 1],
          ]),
        ),
      ).toBeUndefined();
    });
  });

  describe("what a refusal names", () => {
    test("the limit that stands longest in the way, wherever it stands in the list", async () => {
      await using engine = await open(createClock().now);
      const full = {
        never: limitOf("budget", 1),
        day: limitOf("budget", 100),
        minute: limitOf("rate", 100),
        atOnce: limitOf("concurrency", 100),
      };
      const room = limitOf("budget", 1000);
      const { never: _never, ...fillable } = full;
      const request = requestFor(Object.values(fillable).map((limit) => [limit, 100]));
      expect(await engine.limits.reserve(request)).toBeUndefined();
      await use(engine, room, 1);
      engine.limits.settle(request.id, { tokens: 100, nanoUsd: 0 });
      await engine.limits.flush();
      expect(await engine.limits.reserve(requestFor([[full.atOnce, 100]]))).toBeUndefined();
      const longestFirst = [full.never, full.day, full.minute, full.atOnce];
      for (const [index, longest] of longestFirst.entries()) {
        const takes = [...longestFirst.slice(index), room].map((limit) => [limit, 2] as const);
        for (const order of [takes, [...takes].reverse()])
          expect(await engine.limits.reserve(requestFor(order))).toMatchObject({ limit: { id: longest.id } });
      }
    });

    test("of equals the first", async () => {
      await using engine = await open(createClock().now);
      const [one, other] = [limitOf("budget", 10), limitOf("budget", 20)];
      await use(engine, one, 10);
      await use(engine, other, 20);
      const want = (...limits: readonly Limit[]) =>
        engine.limits.reserve(requestFor(limits.map((limit) => [limit, 1])));
      expect(await want(one, other)).toMatchObject({ limit: { id: one.id } });
      expect(await want(other, one)).toMatchObject({ limit: { id: other.id } });
    });
  });

  describe("a limit changes while it is used", () => {
    test("its cap holds from the next request on", async () => {
      await using engine = await open(createClock().now);
      const limit = limitOf("budget", 100);
      await use(engine, limit, 60);
      const want = (cap: number, amount: number) =>
        engine.limits.reserve(requestFor([[{ ...limit, cap }, amount]]));
      expect(await want(50, 1)).toMatchObject({ used: 60, limit: { cap: 50 } });
      expect(await want(100, 41)).toMatchObject({ used: 60, limit: { cap: 100 } });
      expect(await want(200, 140)).toBeUndefined();
      expect(await want(200, 1)).toMatchObject({ used: 200 });
    });

    test("requests of before and after a change are settled", async () => {
      await using engine = await open(createClock().now);
      const limit = limitOf("budget", 100);
      const before = requestFor([[limit, 30]]);
      const after = requestFor([[{ ...limit, cap: 1000 }, 300]]);
      expect(await engine.limits.reserve(before)).toBeUndefined();
      expect(await engine.limits.reserve(after)).toBeUndefined();
      engine.limits.settle(before.id, { tokens: 31, nanoUsd: 0 });
      engine.limits.settle(after.id, { tokens: 301, nanoUsd: 0 });
      expect(await stateOf(engine, limit)).toMatchObject({ used: 332, held: 0 });
    });

    test("a longer period goes on with what is used; a shorter one with nothing, where that was used before it", async () => {
      const clock = createClock();
      await using engine = await open(clock.now);
      const limit = limitOf("budget", 100, { period: "day" });
      await use(engine, limit, 60);
      const month = { ...limit, period: "month" } as const;
      expect(await usedOf(engine, month)).toBe(60);
      clock.time += day;
      expect(await usedOf(engine, month)).toBe(60);
      await use(engine, month, 10);
      expect(await usedOf(engine, month)).toBe(70);
      const hourly = { ...limit, period: "hour" } as const;
      expect(await usedOf(engine, hourly)).toBe(0);
      await use(engine, hourly, 5);
      expect(await usedOf(engine, { ...limit, period: "total" })).toBe(5);
      clock.time += 40 * day;
      expect(await usedOf(engine, { ...limit, period: "total" })).toBe(5);
    });
  });

  test("looking makes nothing, and tells in the order that was asked", async () => {
    const clock = createClock();
    await using engine = await open(clock.now);
    const limits = [limitOf("concurrency", 3), limitOf("rate", 5), limitOf("budget", 7)];
    const used = limitOf("budget", 9);
    await use(engine, used, 4);
    const states = await engine.limits.look([used, ...limits]);
    expect(states).toEqual([
      { limit: used, used: 4, held: 0, resetsAt: clock.time + 12 * hour },
      { limit: limits[0], used: 0, held: 0, resetsAt: undefined },
      { limit: limits[1], used: 0, held: 0, resetsAt: clock.time },
      { limit: limits[2], used: 0, held: 0, resetsAt: clock.time + 12 * hour },
    ]);
  });
}
