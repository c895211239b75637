import { expect, test } from "vitest";

import { describeBudget, describeTime } from "../../src/cli/describe-budget.ts";
import { describeUsage } from "../../src/cli/describe-usage.ts";
import { createPaint } from "../../src/pretty/create-paint.ts";
import { encodeUsage } from "../../src/dialects/encode-gateway-usage.ts";
import type { AllowanceState, Budget } from "../../src/model/budget.ts";
import type { Totals } from "../../src/model/totals.ts";

const now = Date.parse("2026-11-26T12:00:00Z");
const clock = { now, timeZone: "UTC" };
const budget: Budget = {
  usedPercent: 42.5,
  spent: false,
  resetsAt: now + 7_380_000,
  size: { tokens: 25_000, windowMs: 14_400_000 },
};

function counted(own: Partial<Budget> = {}, estimated = false): AllowanceState {
  return { kind: "counted", budget: { ...budget, ...own }, estimated, toldAt: now - 12_000 };
}

test.each<[AllowanceState, string]>([
  [counted(), "14,375 of 25,000 tokens left; a new budget at 14:03 (in 2 h 3 min)"],
  [counted({ usedPercent: 0 }), "all of 25,000 tokens left, for 4 h from the first request on"],
  [counted({ usedPercent: 125, spent: true }), "spent; a new budget at 14:03 (in 2 h 3 min)"],
  [
    counted({ resetsAt: now + 14 * 3_600_000 }),
    "14,375 of 25,000 tokens left; a new budget at Fri 02:00 (in 14 h)",
  ],
  [counted({ size: undefined }), "58 % left; a new budget at 14:03 (in 2 h 3 min)"],
  [{ kind: "uncounted" }, "no limit: this instance counts nothing"],
  [{ kind: "unknown" }, "not known: the upstream does not say"],
])("%o is told as: %s", (state, words) => {
  const [upstream] = encodeUsage([{ name: "web", state }], undefined, now).upstreams;
  expect(upstream && describeBudget(upstream, clock)).toBe(words);
});

test("times are told by the reader's clock", () => {
  expect(describeTime(now, { now, timeZone: "Asia/Shanghai" })).toBe("20:00");
  expect(describeTime(now + 5 * 3_600_000, { now, timeZone: "Asia/Shanghai" })).toBe("Fri 01:00");
});

const totals: Totals = {
  since: now - 2_400_000,
  requests: 1200,
  failures: { "rate-limited": 1, aborted: 2 },
  models: [
    { model: "DeepSeek-V3.2", answers: 1190, inputTokens: 98_000, outputTokens: 825 },
    { model: "AkashGen", answers: 7, inputTokens: 0, outputTokens: 0 },
  ],
};
const plain = createPaint(false);

test("people see a bar, and what the gateway did", () => {
  const usage = encodeUsage([{ name: "akash-chat", state: counted({}, true) }], totals, now);
  expect(describeUsage(usage, { ...clock, paint: plain, bar: true })).toBe(
    `akash-chat  [##########--------------]  42 % used
  14,375 of 25,000 tokens left; a new budget at 14:03 (in 2 h 3 min)
  as it said 12 s ago, and by the gateway's own count since

This gateway, since 11:20 (40 min): 1,200 requests, failed: 1 rate-limited, 2 aborted
  model          answers  tokens in  out
  DeepSeek-V3.2    1,190     98,000  825
  AkashGen             7          0    0
`,
  );
});

test("programs see no bar; several upstreams stand below each other", () => {
  const states = [
    { name: "web", state: counted({ usedPercent: 104, spent: true }) },
    { name: "mine", state: { kind: "uncounted" as const } },
  ];
  const nothing = { since: now, requests: 0, failures: {}, models: [] };
  expect(describeUsage(encodeUsage(states, nothing, now), { ...clock, paint: plain, bar: false })).toBe(
    `web  104 % used
  spent; a new budget at 14:03 (in 2 h 3 min)
  as it said 12 s ago
mine  no limit: this instance counts nothing

This gateway, since 12:00 (a moment): 0 requests
`,
  );
});

test.each([
  [42, false, "32"],
  [80, false, "33"],
  [125, true, "31"],
])("a bar of %d %% (spent: %s) has its colour", (usedPercent, spent, colour) => {
  const paint = createPaint(true);
  const usage = encodeUsage([{ name: "web", state: counted({ usedPercent, spent }) }], undefined, now);
  expect(describeUsage(usage, { ...clock, paint, bar: true })).toContain(`[\u001B[${colour}m#`);
});
