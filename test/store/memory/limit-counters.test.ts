import { expect, test } from "vitest";

import { createLimitCounters } from "../../../src/store/memory/limit-counters.ts";
import { limitOf, requestFor } from "../contract/engine.ts";

const day = 86_400_000;
const spent = { tokens: 0, nanoUsd: 0 };

test("what counts nothing any more takes no memory for ever; what does, and what is open, stays", () => {
  const told: string[] = [];
  const counters = createLimitCounters({
    isRevoked: () => false,
    changed: ({ limit }) => told.push(limit.id),
  });
  const total = limitOf("budget", 100, { period: "total" });
  const atOnce = limitOf("concurrency", 2);
  const open = limitOf("budget", 100);
  const first = requestFor([[total, 10]]);
  counters.reserve(first, day);
  counters.settle(first.id, { ...spent, tokens: 7 }, day);
  const held = requestFor([
    [atOnce, 1],
    [open, 0],
  ]);
  counters.reserve(held, day);
  for (let at = day; at < 4000 * day; at += day) {
    const request = requestFor([[limitOf("rate", 100), 50]]);
    counters.reserve(request, at);
    counters.settle(request.id, { ...spent, tokens: 50 }, at);
  }
  expect(counters.size).toBeLessThan(1100);
  expect(counters.look(total, 4000 * day)).toMatchObject({ used: 7 });
  expect(counters.look(atOnce, 4000 * day)).toMatchObject({ held: 1 });
  // What it cost lands where it is looked for, though nothing was held.
  counters.settle(held.id, { ...spent, tokens: 3 }, 4000 * day);
  expect(counters.look(open, 4000 * day)).toMatchObject({ used: 3 });
  // Who keeps counters hears of those that are gone.
  expect(told.length).toBeGreaterThan(2 * 3999);
});

test("an id that is open can't be reserved again, and changes nothing", () => {
  const counters = createLimitCounters({ isRevoked: () => false });
  const limit = limitOf("budget", 100);
  const request = requestFor([[limit, 10]]);
  counters.reserve(request, day);
  expect(() => counters.reserve(request, day)).toThrow(/is open already/);
  expect(counters.look(limit, day)).toMatchObject({ held: 10 });
});
