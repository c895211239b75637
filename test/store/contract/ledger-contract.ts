import * as fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Ledger, LedgerFilter, LedgerGroup } from "../../../src/ledger/ledger.ts";
import type { LedgerRow } from "../../../src/ledger/ledger-row.ts";
import { activityNaively } from "./naive-activity.ts";
import { anyActivity, anyFilter, anyRows, anySum, fullRow, midnight, noon, row } from "./ledger-rows.ts";
import { listNaively, sumNaively } from "./naive-ledger.ts";

const dayMs = 86_400_000;

/** What a ledger is opened with. */
export interface LedgerSettings {
  /** ms since the epoch. */
  readonly now: () => number;
  /** How long rows are kept. */
  readonly days: number;
  /** So little room that some of 4,000 rows, of 20 days, must go. */
  readonly cramped: boolean;
  /** How many rows may wait to be written. */
  readonly maximumWaiting: number;
}

/** An opened ledger, as its contract uses it. */
export interface OpenedLedger {
  readonly ledger: Ledger;
  /** Does at once what is otherwise done by and by: gives up what is too old or too much. */
  readonly prune: () => Promise<void>;
  /** Has writing stand still, but not reading, until what it resolves with is called. */
  readonly hold: () => Promise<() => Promise<void>>;
  /** Writes what waits, and opens it once more with what was kept. */
  readonly reopen: () => Promise<OpenedLedger>;
  readonly close: () => Promise<void>;
}

/** What an engine can do. */
export interface LedgerEngine {
  open(settings: LedgerSettings): Promise<OpenedLedger>;
  /** Rows wait to be written, and outlive the process; sums outlive rows. Else it is memory alone. */
  readonly isKept: boolean;
}

async function readAll(ledger: Ledger, filter: LedgerFilter = {}, limit = 1000): Promise<LedgerRow[]> {
  const rows: LedgerRow[] = [];
  let after: string | undefined;
  do {
    const page = await ledger.list({ ...filter, limit, ...(after === undefined ? {} : { after }) });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== undefined);
  return rows;
}

const idsOf = (rows: readonly LedgerRow[]) => rows.map(({ id }) => id);

/** Registers the tests that every ledger passes. */
export function testLedger(name: string, engine: LedgerEngine): void {
  let opened: OpenedLedger | undefined;
  // Of what keeps nothing these are no tests at all, rather than some that are left out.
  const testKept = engine.isKept ? test : undefined;

  async function open(settings: Partial<LedgerSettings> = {}): Promise<OpenedLedger> {
    const usual = { now: () => noon, days: 30, cramped: false, maximumWaiting: 10_000 };
    opened = await engine.open({ ...usual, ...settings });
    return opened;
  }
  async function fill(rows: readonly LedgerRow[], settings: Partial<LedgerSettings> = {}): Promise<Ledger> {
    const { ledger } = await open(settings);
    for (const one of rows) ledger.add(one);
    await ledger.flush();
    return ledger;
  }
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });

  describe(`${name}: rows`, () => {
    test("a row comes back as it was noted, with all of it or next to nothing", async () => {
      const rows = [
        fullRow,
        row("req_least", midnight),
        row("req_nothing", midnight - 1, {
          stream: false,
          estimated: false,
          traced: false,
          inputTokens: 0,
          outputTokens: 0,
          nanoUsd: 0,
          repairs: 0,
          firstTokenMs: 0,
          ms: 0,
        }),
      ];
      const ledger = await fill(rows);
      expect(await ledger.list({ limit: 10 })).toEqual({ rows });
      expect(ledger.dropped).toBe(0);
    });

    test("an empty ledger has no rows and no sums", async () => {
      const { ledger } = await open();
      await ledger.flush();
      expect(await ledger.list({ limit: 10 })).toEqual({ rows: [] });
      expect(await ledger.sum({ by: [] })).toEqual([]);
      expect(await ledger.sum({ by: ["key", "day"] })).toEqual([]);
      expect(await ledger.sum({ by: ["upstream"] })).toEqual([]);
    });

    test("the newest comes first, whenever it was noted; of equal times what was noted last", async () => {
      const ledger = await fill([
        row("b1", midnight + 2),
        row("c", midnight + 3),
        row("a", midnight + 1),
        row("b2", midnight + 2),
      ]);
      expect(idsOf(await readAll(ledger))).toEqual(["c", "b2", "b1", "a"]);
    });

    test("no row is found by what is none's, whatever that is made of", async () => {
      const ledger = await fill([row("a", noon, { key: "k", model: "m" })]);
      for (const none of ["b", "a\0", "\0", "\ud800"])
        for (const filter of [{ id: none }, { key: none }, { model: none }, { session: none }])
          expect(await readAll(ledger, filter)).toEqual([]);
      expect(await ledger.sum({ by: ["upstream"], key: "k\0" })).toEqual([]);
      expect(await ledger.sum({ by: ["day"], model: "m\0" })).toEqual([]);
    });

    test("an id that came twice is kept twice", async () => {
      const twice = [row("same", midnight + 2, { ms: 2 }), row("same", midnight + 1, { ms: 1 })];
      const ledger = await fill([...twice, row("other", midnight)]);
      expect(await readAll(ledger, { id: "same" })).toEqual(twice);
      // A retry of a client within the same ms.
      ledger.add(row("same", midnight + 2, { ms: 2 }));
      await ledger.flush();
      expect(await readAll(ledger, { id: "same" })).toHaveLength(3);
    });

    const other = {
      key: "key_2",
      model: "Qwen3",
      upstream: "mine",
      dialect: "openai-chat",
      outcome: "refused",
      error: "rate-limited",
      session: "s2",
    } as const;
    test.each<{ name: string; filter: LedgerFilter; found: readonly string[] }>([
      { name: "nothing", filter: {}, found: ["other", "none", "req_full"] },
      { name: "the first ms", filter: { from: midnight + 2 }, found: ["other", "none"] },
      { name: "the ms after the last", filter: { to: midnight + 2 }, found: ["req_full"] },
      { name: "an empty time", filter: { from: midnight + 2, to: midnight + 2 }, found: [] },
      { name: "a key", filter: { key: "key_1" }, found: ["req_full"] },
      { name: "no key", filter: { key: null }, found: ["none"] },
      { name: "a model", filter: { model: "Qwen3" }, found: ["other"] },
      { name: "an upstream", filter: { upstream: "web" }, found: ["req_full"] },
      { name: "a dialect", filter: { dialect: "openai-chat" }, found: ["other"] },
      { name: "an outcome", filter: { outcome: "answered" }, found: ["none"] },
      { name: "an error", filter: { error: "rate-limited" }, found: ["other"] },
      { name: "a session", filter: { session: "s2" }, found: ["other"] },
      { name: "an id", filter: { id: "none" }, found: ["none"] },
      {
        name: "all at once",
        filter: { ...other, from: midnight, id: "other" },
        found: ["other"],
      },
      { name: "two that no row has both", filter: { key: "key_1", model: "Qwen3" }, found: [] },
      { name: "an unknown name", filter: { model: "unknown" }, found: [] },
      { name: "a name of another column", filter: { model: "key_1" }, found: [] },
      { name: "an empty name", filter: { session: "" }, found: [] },
      { name: "SQL", filter: { session: "' OR 1=1 --" }, found: [] },
    ])("filter: $name", async ({ filter, found }) => {
      const ledger = await fill([fullRow, row("none", midnight + 2), row("other", midnight + 3, other)]);
      expect(idsOf(await readAll(ledger, filter))).toEqual(found);
    });

    test("any filter finds what looking at each row finds, page by page", async () => {
      const [rows = []] = fc.sample(anyRows, { numRuns: 1, seed: 14 });
      const ledger = await fill(rows);
      await fc.assert(
        fc.asyncProperty(anyFilter, fc.integer({ min: 1, max: 60 }), async (filter, limit) => {
          expect(await readAll(ledger, filter, limit)).toEqual(listNaively(rows, filter));
        }),
        { numRuns: 60, seed: 14 },
      );
    });
  });

  describe(`${name}: pages`, () => {
    test.each([1, 2, 3, 6, 7])("of %d have every row once, also of equal times", async (limit) => {
      const ids = ["1", "2", "3", "4", "5", "6"];
      const ledger = await fill(ids.map((id) => row(id, midnight)));
      expect(idsOf(await readAll(ledger, {}, limit))).toEqual(ids.toReversed());
    });

    test("the last page says that it is the last", async () => {
      const ledger = await fill([row("1", midnight), row("2", midnight + 1)]);
      expect(await ledger.list({ limit: 2 })).not.toHaveProperty("next");
      expect(await ledger.list({ limit: 1 })).toHaveProperty("next", expect.any(String));
    });

    test("rows that come meanwhile neither repeat nor hide one", async () => {
      const ledger = await fill(["1", "2", "3", "4"].map((id, index) => row(id, midnight + index)));
      const first = await ledger.list({ limit: 2 });
      for (const id of ["5", "6", "7"]) ledger.add(row(id, noon));
      await ledger.flush();
      const second = await ledger.list({ limit: 2, after: first.next ?? "none" });
      expect(idsOf([...first.rows, ...second.rows])).toEqual(["4", "3", "2", "1"]);
      expect(second.next).toBeUndefined();
    });
  });

  describe(`${name}: sums`, () => {
    const rows = [
      fullRow,
      row("1", midnight - 1, { key: "key_1", model: "Qwen3", inputTokens: 3, outputTokens: 4, ms: 7 }),
      row("2", midnight, { key: "key_2", model: "Qwen3", outcome: "left", firstTokenMs: 5 }),
      row("3", midnight, { outcome: "refused", error: "rate-limited" }),
    ];

    test("hold each figure", async () => {
      const ledger = await fill([fullRow, fullRow]);
      const sum = {
        requests: 2,
        answered: 0,
        failed: 2,
        refused: 0,
        left: 0,
        inputTokens: 2_199_023_255_552,
        outputTokens: 40,
        reasoningTokens: 10,
        nanoUsd: 1_800_000_000_000_000,
        ms: 3400,
        firstTokenMs: 800,
        firstTokens: 2,
      };
      expect(await ledger.sum({ by: [] })).toEqual([{ group: {}, ...sum }]);
      expect(await ledger.sum({ by: ["upstream"] })).toEqual([{ group: { upstream: "web" }, ...sum }]);
    });

    test.each<{ by: readonly LedgerGroup[]; groups: readonly unknown[] }>([
      { by: [], groups: [{}] },
      { by: ["key"], groups: [{ key: "key_1" }, { key: "key_2" }, { key: null }] },
      { by: ["model"], groups: [{ model: "DeepSeek-V3.2" }, { model: "Qwen3" }, { model: null }] },
      { by: ["day"], groups: [{ day: "2026-11-19" }, { day: "2026-11-20" }] },
      { by: ["hour"], groups: [{ hour: "2026-11-19T23" }, { hour: "2026-11-20T00" }] },
      { by: ["upstream"], groups: [{ upstream: "web" }, { upstream: null }] },
      { by: ["dialect"], groups: [{ dialect: "anthropic-messages" }, { dialect: null }] },
      {
        by: ["error"],
        groups: [{ error: "rate-limited" }, { error: "upstream-truncated" }, { error: null }],
      },
      { by: ["client"], groups: [{ client: fullRow.client }, { client: null }] },
      {
        by: ["day", "key"],
        groups: [
          { day: "2026-11-19", key: "key_1" },
          { day: "2026-11-20", key: "key_1" },
          { day: "2026-11-20", key: "key_2" },
          { day: "2026-11-20", key: null },
        ],
      },
      {
        by: ["error", "hour"],
        groups: [
          { error: "rate-limited", hour: "2026-11-20T00" },
          { error: "upstream-truncated", hour: "2026-11-20T00" },
          { error: null, hour: "2026-11-19T23" },
          { error: null, hour: "2026-11-20T00" },
        ],
      },
    ])("by $by, in order, with those that have none", async ({ by, groups }) => {
      const ledger = await fill(rows);
      const sums = await ledger.sum({ by });
      expect(sums.map(({ group }) => group)).toEqual(groups);
      expect(sums).toEqual(sumNaively(rows, { by }));
    });

    test("any sum is that of its rows, whatever hours and days its time cuts", async () => {
      const [some = []] = fc.sample(anyRows, { numRuns: 1, seed: 41 });
      const ledger = await fill(some);
      await fc.assert(
        fc.asyncProperty(anySum, async (query) => {
          expect(await ledger.sum(query)).toEqual(sumNaively(some, query));
        }),
        { numRuns: 300, seed: 41 },
      );
    });

    test("rows of any time, of before 1970 too, and of odd names are in their days and hours", async () => {
      const odd = ["__proto__", "'\"\\", "{a,b}", "NULL", "🌊 ", "constructor", "\t"];
      const some = odd.flatMap((name, index) =>
        [-dayMs - 1, -1, 0, 1, midnight].map((at) =>
          row(`${index} ${at}`, at, { key: name, model: name, upstream: name, client: name, dialect: name }),
        ),
      );
      const ledger = await fill(some, { days: 36_500 });
      const queries = [
        ...(["day", "hour", "key", "client"] as const).map((group) => ({ by: [group] })),
        { by: ["hour", "key"] as const, to: 1 },
        { by: ["day", "client"] as const, from: -dayMs - 1, key: "NULL" },
        { by: ["upstream", "dialect"] as const, from: -5, to: 5, key: "{a,b}", model: "{a,b}" },
      ];
      for (const query of queries) expect(await ledger.sum(query)).toEqual(sumNaively(some, query));
      const days = { from: -3 * dayMs, to: 3 * dayMs, stepMs: dayMs };
      expect(await ledger.activity(days)).toEqual(activityNaively(some, days));
    });

    test("rows that are noted in many writes add up to the same", async () => {
      const { ledger } = await open();
      for (const one of rows) {
        ledger.add(one);
        await ledger.flush();
      }
      expect(await ledger.sum({ by: ["day", "model"] })).toEqual(sumNaively(rows, { by: ["day", "model"] }));
    });
  });

  describe(`${name}: what happened`, () => {
    test("is told of all, step by step, by model, upstream and error", async () => {
      const asked = { dialect: "openai-chat", upstream: "web" } as const;
      const half = 1_800_000;
      const rows = [
        fullRow,
        row("1", midnight + half - 1, {
          ...asked,
          model: "Qwen3",
          firstTokenMs: 5,
          ms: 7,
          attempts: fullRow.attempts,
        }),
        row("2", midnight + half, {
          ...asked,
          model: "Qwen3",
          firstTokenMs: 1,
          ms: 3,
          inputTokens: 2,
          nanoUsd: 9,
        }),
        row("3", midnight + 3 * half, { dialect: "openai-chat", outcome: "refused", error: "rate-limited" }),
        row("too late", midnight + 5 * half, asked),
      ];
      const ledger = await fill(rows);
      const query = { from: midnight, to: midnight + 5 * half, stepMs: half };
      const activity = await ledger.activity(query);
      expect(activity.all).toMatchObject({ requests: 4, failed: 1, refused: 1, left: 0, recovered: 1 });
      expect(activity.all?.totalMs).toEqual({ p50: 3, p95: 7 });
      // In truth 400.
      expect(activity.all?.firstTokenMs).toEqual({ p50: 5, p95: 412 });
      expect(activity.steps.map(({ of, requests, lastAt }) => [of, requests, lastAt - midnight])).toEqual([
        [0, 2, half - 1],
        [1, 1, half],
        [3, 1, 3 * half],
      ]);
      expect(activity.models.map(({ of, requests }) => [of, requests])).toEqual([
        ["Qwen3", 2],
        ["DeepSeek-V3.2", 1],
      ]);
      expect(activity.upstreams).toMatchObject([{ of: "web", requests: 3, nanoUsd: 900_000_000_000_009 }]);
      expect(activity.errors).toEqual([
        { error: "rate-limited", failed: 0, refused: 1 },
        { error: "upstream-truncated", failed: 1, refused: 0 },
      ]);
      expect(activity).toEqual(activityNaively(rows, query));
    });

    test("of a key alone is what that one asked, and of nothing is nothing", async () => {
      const ledger = await fill([fullRow, row("2", midnight, { dialect: "openai-chat" })]);
      const day = { from: midnight, to: midnight + dayMs, stepMs: dayMs };
      expect(await ledger.activity({ ...day, key: "key_1" })).toMatchObject({
        all: { requests: 1, failed: 1 },
      });
      const nothing = { steps: [], models: [], upstreams: [], errors: [] };
      expect(await ledger.activity({ ...day, key: "key_unknown" })).toEqual(nothing);
      expect(await ledger.activity({ ...day, from: midnight + dayMs, to: midnight + 2 * dayMs })).toEqual(
        nothing,
      );
    });

    test("and what is summed up are the same when rows come late, in many writes, in any order", async () => {
      const [some = []] = fc.sample(anyRows, { numRuns: 1, seed: 7 });
      const rows = some.toSorted((one, other) => other.at - one.at);
      const { ledger } = await open();
      for (const [index, one] of rows.entries()) {
        ledger.add(one);
        if (index % 4 === 3) await ledger.flush();
      }
      await ledger.flush();
      const days = { from: midnight - dayMs, to: midnight + 5 * dayMs, stepMs: 15 * 3_600_000 };
      for (const query of [days, { ...days, key: "key_1" }])
        expect(await ledger.activity(query)).toEqual(activityNaively(rows, query));
      for (const by of [["upstream", "client"], ["key", "error"], ["hour"]] as const)
        expect(await ledger.sum({ by })).toEqual(sumNaively(rows, { by }));
    });

    test("a time's percentiles stay within 5 %, however many requests there are", async () => {
      const times = Array.from({ length: 3000 }, (_, index) => 1 + ((index * 7919) % 90_001));
      const rows = times.map((ms, index) => row(`${index}`, midnight + index, { ms, firstTokenMs: ms / 2 }));
      const { ledger } = await open();
      for (const [index, one] of rows.entries()) {
        ledger.add(one);
        if (index % 500 === 499) await ledger.flush();
      }
      const day = { from: midnight, to: midnight + dayMs, stepMs: dayMs };
      const { all } = await ledger.activity(day);
      const sorted = times.toSorted((one, other) => one - other);
      for (const [percent, total = 0, first = 0] of [
        [50, all?.totalMs?.p50, all?.firstTokenMs?.p50],
        [95, all?.totalMs?.p95, all?.firstTokenMs?.p95],
      ] as const) {
        const exact = sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0;
        expect(Math.abs(total / exact - 1)).toBeLessThan(0.05);
        expect(Math.abs((2 * first) / exact - 1)).toBeLessThan(0.05);
      }
    });

    test("any activity is that of its rows", async () => {
      const [some = []] = fc.sample(anyRows, { numRuns: 1, seed: 15 });
      const ledger = await fill(some);
      await fc.assert(
        fc.asyncProperty(anyActivity, async (query) => {
          expect(await ledger.activity(query)).toEqual(activityNaively(some, query));
        }),
        { numRuns: 60, seed: 15 },
      );
    });
  });

  describe(`${name}: what is kept`, () => {
    test("rows go when they are too old", async () => {
      const { ledger, prune } = await open({ days: 5 });
      // Engines may give up whole days.
      const at = [0, 4, 7, 40].map((days) => noon - days * dayMs);
      for (const [index, time] of at.entries()) ledger.add(row(`${index}`, time));
      await ledger.flush();
      await prune();
      expect(idsOf(await readAll(ledger))).toEqual(["0", "1"]);
    });

    test("rows grow too old while nothing comes", async () => {
      let now = noon;
      const { ledger, prune } = await open({ days: 5, now: () => now });
      ledger.add(row("old", noon));
      await ledger.flush();
      now += 7 * dayMs;
      await prune();
      expect(await readAll(ledger)).toEqual([]);
    });

    test("when there is too much the oldest go, and the newest stay", async () => {
      const { ledger, prune } = await open({ cramped: true });
      const all = Array.from({ length: 4000 }, (_, index) => ({
        ...fullRow,
        id: `req_${index}`,
        at: noon - 20 * dayMs + index * 432_000,
      }));
      for (const [index, one] of all.entries()) {
        ledger.add(one);
        if (index % 200 === 199) await ledger.flush();
      }
      await ledger.flush();
      await prune();
      const left = await readAll(ledger);
      expect(left.length).toBeGreaterThan(0);
      expect(left.length).toBeLessThan(all.length);
      expect(idsOf(left)).toEqual(idsOf(all.slice(-left.length).toReversed()));
      expect(ledger.dropped).toBe(0);
    });

    testKept?.("sums of whole days outlive their rows", async () => {
      const { ledger, prune } = await open({ days: 5 });
      const old = [
        row("1", noon - 40 * dayMs, { key: "key_1", inputTokens: 5 }),
        row("2", noon - 40 * dayMs, { key: "key_2", model: "Qwen3", outcome: "failed" }),
      ];
      for (const one of old) ledger.add(one);
      await ledger.flush();
      await prune();
      expect(await readAll(ledger)).toEqual([]);
      for (const by of [[], ["key"], ["model"], ["day"], ["day", "key"]] as const)
        expect(await ledger.sum({ by })).toEqual(sumNaively(old, { by }));
      const from = midnight - 60 * dayMs;
      expect(await ledger.sum({ by: ["key"], from, to: midnight })).toHaveLength(2);
    });

    testKept?.("rows, sums and names outlive the process, and more are added to them", async () => {
      const before = [fullRow, row("1", noon - dayMs, { key: "key_1", model: "Qwen3" })];
      const first = await open();
      for (const one of before) first.ledger.add(one);
      // Nobody waits for them to be written.
      opened = await first.reopen();
      const { ledger } = opened;
      const more = row("2", noon - dayMs, { key: "key_1", model: "Qwen3" });
      ledger.add(more);
      await ledger.flush();
      const all = [...before, more];
      expect(await readAll(ledger)).toEqual(listNaively(all, {}));
      expect(await ledger.sum({ by: ["key", "model"] })).toEqual(sumNaively(all, { by: ["key", "model"] }));
    });
  });

  describe(`${name}: writing`, () => {
    test("flush waits for what was noted before it, and for nothing else", async () => {
      const { ledger } = await open();
      await ledger.flush();
      for (let index = 0; index < 2500; index += 1) ledger.add(row(`${index}`, midnight + index));
      await Promise.all([ledger.flush(), ledger.flush()]);
      expect(await ledger.sum({ by: [] })).toMatchObject([{ requests: 2500 }]);
      expect(ledger.dropped).toBe(0);
    });

    test("a closed ledger notes nothing more, and says so by its count alone", async () => {
      const { ledger, close } = await open();
      await close();
      opened = undefined;
      ledger.add(fullRow);
      await ledger.flush();
      expect(ledger.dropped).toBe(1);
    });

    testKept?.("what finds no room while writing stands still is dropped and counted", async () => {
      const { ledger, hold } = await open({ maximumWaiting: 100 });
      ledger.add(row("before", midnight));
      await ledger.flush();
      const release = await hold();
      for (let index = 0; index < 250; index += 1) ledger.add(row(`${index}`, midnight + 1 + index));
      expect(ledger.dropped).toBeGreaterThanOrEqual(150);
      // Reading goes on.
      expect(idsOf(await readAll(ledger))).toEqual(["before"]);
      expect(await ledger.sum({ by: ["key"] })).toMatchObject([{ requests: 1 }]);
      await release();
      await ledger.flush();
      const kept = await readAll(ledger);
      expect(kept.length + ledger.dropped).toBe(251);
      // What came first was there first.
      expect(idsOf(kept).slice(-2)).toEqual(["0", "before"]);
      const dropped = ledger.dropped;
      ledger.add(row("after", noon));
      await ledger.flush();
      expect(ledger.dropped).toBe(dropped);
      expect(idsOf((await ledger.list({ limit: 1 })).rows)).toEqual(["after"]);
    });
  });
}
