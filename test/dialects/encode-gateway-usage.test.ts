import { expect, test } from "vitest";

import { encodeUsage, usageObject } from "../../src/dialects/encode-gateway-usage.ts";
import type { AllowanceState } from "../../src/model/budget.ts";

const now = Date.parse("2026-11-26T12:00:00Z");
const size = { tokens: 25_000, windowMs: 14_400_000 };
const budget = { usedPercent: 42.504, spent: false, resetsAt: now + 7_389_400, size };

test.each<[string, AllowanceState, object]>([
  [
    "some left",
    { kind: "counted", budget, estimated: true, toldAt: now - 10_000 },
    {
      state: "available",
      used_percent: 42.5,
      used_tokens: 10_626,
      remaining_tokens: 14_374,
      estimated: true,
      checked_at: "2026-11-26T11:59:50.000Z",
      resets_in_seconds: 7390,
    },
  ],
  [
    "one that was overshot",
    {
      kind: "counted",
      budget: { ...budget, usedPercent: 125, spent: true },
      estimated: false,
      toldAt: now,
    },
    { state: "spent", used_percent: 125, used_tokens: 31_250, remaining_tokens: 0 },
  ],
  [
    "a window that has just ended",
    { kind: "counted", budget: { ...budget, resetsAt: now - 1 }, estimated: false, toldAt: now },
    { resets_in_seconds: 0 },
  ],
  [
    "a size that nobody tells",
    { kind: "counted", budget: { ...budget, size: undefined }, estimated: false, toldAt: now },
    {
      used_percent: 42.5,
      used_tokens: null,
      remaining_tokens: null,
      limit_tokens: null,
      window_seconds: null,
    },
  ],
  ["no limit", { kind: "uncounted" }, { state: "uncounted", used_percent: null }],
  ["nothing known", { kind: "unknown" }, { state: "unknown", resets_at: null }],
])("an allowance with %s", (_name, state, expected) => {
  const encoded = encodeUsage([{ name: "web", state }], undefined, now);
  expect(encoded).toMatchObject({ upstreams: [{ name: "web", ...expected }], totals: null });
  expect(usageObject.strict().parse(encoded)).toEqual(encoded);
});

test("several upstreams, each by its name", () => {
  const states = ["web", "mine"].map((name) => ({ name, state: { kind: "uncounted" as const } }));
  expect(encodeUsage(states, undefined, now).upstreams.map(({ name }) => name)).toEqual(["web", "mine"]);
});
