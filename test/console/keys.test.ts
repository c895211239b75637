import { describe, expect, test } from "vitest";

import type { KeyObject, LimitObject } from "../../src/console/api/types.ts";
import { emptyDraft, readNumber, toBody, toChange, toDraft } from "../../src/console/domain/key-draft.ts";
import {
  daysLeft,
  findBudget,
  findFull,
  isSeenWhole,
  listDescendants,
  toHours,
  toKeyRows,
} from "../../src/console/domain/keys.ts";

const now = Date.parse("2026-11-27T17:08:00Z");

function key(id: string, more: Partial<KeyObject> = {}): KeyObject {
  return {
    id,
    name: id,
    hint: "akc-…abcd",
    created_at: "2026-11-01T00:00:00Z",
    expires_at: null,
    revoked_at: null,
    parent: null,
    models: null,
    dialects: null,
    requests_per_minute: null,
    tokens_per_minute: null,
    tokens_per_day: null,
    concurrency: null,
    budget: null,
    trace: false,
    limits: [],
    ...more,
  };
}

const limit = (id: string, more: Partial<LimitObject> = {}): LimitObject => ({
  limit: "budget",
  id,
  unit: "tokens",
  period: "day",
  cap: 100,
  used: 40,
  reserved: 10,
  remaining: 50,
  resets_at: null,
  ...more,
});

describe("keys in their places", () => {
  const keys = [
    key("c2", { parent: "a" }),
    key("c1", { parent: "a" }),
    key("g", { parent: "c1" }),
    key("b"),
    key("a"),
    key("gone", { revoked_at: "2026-11-02T00:00:00Z" }),
    key("of-gone", { parent: "gone" }),
    key("late", { expires_at: "2026-11-27T17:00:00Z" }),
    key("orphan", { parent: "not ours to see" }),
  ];

  test("children stand below their parents, and what has ended, with its children, nowhere", () => {
    expect(toKeyRows(keys, now).map(({ key: { id }, depth }) => [id, depth])).toEqual([
      ["b", 0],
      ["a", 0],
      ["c2", 1],
      ["c1", 1],
      ["g", 2],
      ["orphan", 0],
    ]);
  });

  test("all that end with a key are its descendants that have not ended", () => {
    expect(listDescendants("a", keys, now).map(({ id }) => id)).toEqual(["c2", "c1", "g"]);
    expect(listDescendants("b", keys, now)).toEqual([]);
  });

  test.each([
    [null, undefined],
    ["2026-11-27T20:00:00Z", 0],
    ["2026-12-01T00:00:00Z", 3],
    ["2026-12-31T00:00:00Z", undefined],
  ])("an end at %s is %s days away", (expires, days) => {
    expect(daysLeft(key("k", { expires_at: expires }), now)).toBe(days);
  });
});

describe("limits", () => {
  const budget = { id: "bud_1", tokens: 100, period: "day" };

  test("the column shows a key's own budget, not its parent's, with what is reserved", () => {
    const limits = [limit("bud_0.tokens"), limit("bud_1.tokens")];
    expect(findBudget(key("k", { budget, limits }))).toEqual({ limit: limits[1], share: 0.5 });
    expect(findBudget(key("k", { limits: [limit("bud_0.tokens")] }))).toBeUndefined();
  });

  test("without a budget, its tokens of a day", () => {
    const daily = limit("k.tokens_per_day", { limit: "tokens_per_day" });
    expect(
      findBudget(
        key("k", { limits: [limit("k.requests_per_minute", { limit: "requests_per_minute" }), daily] }),
      )?.limit,
    ).toBe(daily);
  });

  test("what is full is a budget, an ancestor's too, not a rate of requests that opens soon", () => {
    const full = limit("bud_0.tokens", { remaining: 0 });
    const rate = limit("k.requests_per_minute", { unit: "requests", remaining: 0 });
    expect(findFull(key("k", { limits: [rate, limit("bud_1.tokens"), full] }))).toEqual([full]);
  });
});

const row = (id: string, hour: string, requests: number) => ({
  key: id,
  hour,
  requests,
  failed: 0,
  refused: 0,
});

test("requests of 24 hours, the last of this one", () => {
  const hours = toHours(
    [
      row("k", "2026-11-27T17", 3),
      row("k", "2026-11-26T18", 2),
      row("k", "2026-11-26T17", 9),
      row("other", "2026-11-27T17", 5),
    ],
    "k",
    now,
  );
  expect([hours.length, hours[0], hours[23], hours.reduce((sum, count) => sum + count)]).toEqual([
    24, 2, 3, 5,
  ]);
});

describe("the form of a key", () => {
  test.each([
    ["50,000", 50_000],
    ["50k", 50_000],
    ["1.5M", 1_500_000],
    [" 7 ", 7],
    ["0.25", 0.25],
    ["five", "five"],
    ["-1", "-1"],
    ["1e3", "1e3"],
  ])("%j is %j", (text, value) => {
    expect(readNumber(text)).toBe(value);
  });

  test("an empty one has nothing but what was typed", () => {
    expect(toBody({ ...emptyDraft, name: "ci", models: "DeepSeek-*, fast\n" })).toEqual({
      name: "ci",
      models: ["DeepSeek-*", "fast"],
      tokens_per_day: null,
      requests_per_minute: null,
      concurrency: null,
      budget: null,
      expires_at: null,
      trace: false,
    });
  });

  test("a change is of what was touched alone: the hour of an end stays", () => {
    const shown = key("k", {
      expires_at: "2026-12-31T18:30:00Z",
      budget: { id: "bud_1", usd: 5, period: "month" },
    });
    const before = toDraft(shown);
    expect(toChange(before, before)).toEqual({});
    expect(toChange({ ...before, requestsPerMinute: "7" }, before)).toEqual({ requests_per_minute: 7 });
    expect(toChange({ ...before, budget: "" }, before)).toEqual({ budget: null });
    expect(toChange({ ...before, budget: "10" }, before)).toEqual({ budget: { usd: 10, period: "month" } });
    expect(toChange({ ...before, expires: "2027-01-31" }, before)).toEqual({
      expires_at: "2027-01-31T00:00:00Z",
    });
  });
});

const made = (created_at: string | null) => key("k", { created_at });

test("a key is seen whole where all since it was made is known: all requests, or the hours of today", () => {
  const hours = [{ key: "k", hour: "2026-11-27T15", requests: 2, failed: 0, refused: 0 }];
  const since = "2026-11-25T00:00:00Z";
  expect(isSeenWhole(made("2026-11-26T00:00:00Z"), { hours, since }, now)).toBe(true);
  expect(isSeenWhole(made("2026-11-24T00:00:00Z"), { hours: [], since }, now)).toBe(false);
  expect(isSeenWhole(made("2026-11-27T15:00:00Z"), { hours: [], since: "2026-11-27T16:00:00Z" }, now)).toBe(
    true,
  );
  // So many came since that its own are not among those that are known.
  expect(isSeenWhole(made("2026-11-27T15:00:00Z"), { hours, since: "2026-11-27T16:00:00Z" }, now)).toBe(
    false,
  );
  expect(isSeenWhole(made("2026-11-27T15:00:00Z"), { hours: [], since: undefined }, now)).toBe(true);
  expect(isSeenWhole(made(null), { hours: [], since: undefined }, now)).toBe(false);
});
