import { expect, test } from "vitest";
import { createMemoryLedger } from "../../../src/store/memory/memory-ledger.ts";
import { testLedger } from "../contract/ledger-contract.ts";
import { midnight, noon, row } from "../contract/ledger-rows.ts";

const none = () => Promise.reject(new Error("memory alone"));

testLedger("in memory", {
  isKept: false,
  async open({ now, days, cramped }) {
    const ledger = createMemoryLedger({ now, days, ...(cramped ? { capacity: 1000 } : {}) });
    return { ledger, prune: async () => {}, hold: none, reopen: none, close: async () => ledger.close() };
  },
});

test("the newest 10,000 are kept: those that were noted last", async () => {
  const ledger = createMemoryLedger({ days: 30, now: () => noon });
  for (let index = 0; index < 10_003; index += 1) ledger.add(row(`${index}`, midnight + index));
  expect(await ledger.sum({ by: [] })).toMatchObject([{ requests: 10_000 }]);
  expect((await ledger.list({ limit: 1, from: midnight, to: midnight + 4 })).rows).toMatchObject([
    { id: "3" },
  ]);
  expect(ledger.dropped).toBe(0);
});
