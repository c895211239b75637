import { expect, test } from "vitest";

import { describeKey, describeKeys, findEnded } from "../../../src/cli/admin/describe-keys.ts";
import type { KeyObject, LimitObject } from "../../../src/cli/admin/key-object.ts";
import { createPaint } from "../../../src/pretty/create-paint.ts";

const now = Date.parse("2027-01-01T12:00:00Z");
const style = { now, timeZone: "UTC", paint: createPaint(false), bar: true };

function aKey(fields: Partial<KeyObject>): KeyObject {
  return {
    id: "key_a",
    name: "a",
    hint: "akc-…wxyz",
    created_at: "2027-01-01T09:30:00.000Z",
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
    ...fields,
  };
}

function aLimit(fields: Partial<LimitObject>): LimitObject {
  const { cap = 100, used = 0, reserved = 0 } = fields;
  return {
    limit: "budget",
    id: "bud_a.tokens",
    unit: "tokens",
    period: "day",
    cap,
    used,
    reserved,
    remaining: Math.max(0, cap - used - reserved),
    resets_at: "2027-01-02T00:00:00.000Z",
    ...fields,
  };
}

/** The newest first, as the API has them. */
const family = [
  aKey({ id: "key_5", name: "late", expires_at: "2027-01-01T12:00:00Z" }),
  aKey({ id: "key_4", name: "orphan", parent: "key_elsewhere" }),
  aKey({ id: "key_3", name: "grandchild", parent: "key_2" }),
  aKey({ id: "key_2", name: "child", parent: "key_1", budget: { id: "bud_a", tokens: 1000, period: "day" } }),
  aKey({ id: "key_1", name: "top", revoked_at: "2027-01-01T10:00:00Z", expires_at: "2027-02-01T00:00:00Z" }),
  aKey({
    id: "key_0",
    name: "young",
    expires_at: "2027-01-03T13:00:00Z",
    budget: { id: "bud_b", usd: 2.5, period: "total" },
  }),
];

test("a table has children below their parents, and says what has ended, and by whom", () => {
  const budgets = new Map([["bud_a", aLimit({ used: 40 })]]);
  expect(describeKeys(family, { budgets, style }).split("\n")).toEqual([
    "  name            id     secret     budget",
    "  late            key_5  akc-…wxyz                            expired",
    "  orphan          key_4  akc-…wxyz",
    "  top             key_1  akc-…wxyz                            revoked",
    "    child         key_2  akc-…wxyz  40 of 1,000 tokens a day  ended with its parent",
    "      grandchild  key_3  akc-…wxyz                            ended with its parent",
    "  young           key_0  akc-…wxyz  $2.50 in all              ends in 2 d 1 h",
    "",
  ]);
  expect([...findEnded(family, now)].toSorted()).toEqual(["key_1", "key_2", "key_3", "key_5"]);
});

test("a key is shown with bars, its reservations, and whose limits are not its own", () => {
  const key = aKey({
    name: "ci",
    models: [],
    budget: { id: "bud_a", tokens: 100, period: "day" },
    trace: true,
  });
  const limits = [
    aLimit({ id: "key_a.concurrency", unit: "requests", period: null, cap: 2, reserved: 1, resets_at: null }),
    aLimit({ used: 75, reserved: 25 }),
    aLimit({ id: "key_parent.tokens_per_day", used: 90, resets_at: "2027-01-03T08:00:00.000Z" }),
    aLimit({ id: "bud_b.nano-usd", unit: "usd", period: "total", cap: 5, resets_at: null }),
  ];
  expect(describeKey({ ...key, limits }, style)).toBe(`ci
  id      key_a
  secret  akc-…wxyz
  made    09:30
  models  none
  APIs    all
  budget  bud_a, 100 tokens a day
  traced  each request

  [############------------]  1 of 2 requests at once
  [########################]  75 of 100 tokens a day, 25 reserved, anew at Sat 00:00
  [######################--]  90 of 100 tokens a day, anew at Sun 08:00, of key_parent
  [------------------------]  $0.00 of $5.00 in all, of bud_b
`);
});

test("what another gateway lets into a name does nothing to a terminal", () => {
  const key = aKey({ name: "a\u001b[2J\nb\u202Ec", models: ["m\u0007"] });
  for (const text of [
    describeKey({ ...key, limits: [] }, style),
    describeKeys([key], { budgets: new Map(), style }),
  ]) {
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  }
});

test("what has ended with its parent has no end of its own any more, and a long name does not widen the table", () => {
  const keys = [
    aKey({ id: "key_2", name: "n".repeat(100), parent: "key_1", expires_at: "2027-02-01T00:00:00Z" }),
    aKey({ id: "key_1", name: "top", revoked_at: "2027-01-01T10:00:00Z" }),
  ];
  const [, , child = ""] = describeKeys(keys, { budgets: new Map(), style }).split("\n");
  expect(child).toMatch(/^ {4}n{30}…n{10} {2}key_2 .* ended with its parent$/);
});
