import { expect, test } from "vitest";

import { merge } from "../../src/stream/merge.ts";
import { createGate } from "../support/gate.ts";

async function* after(gate: Promise<void>, items: readonly string[]) {
  await gate;
  yield* items;
}

async function* many(item: string) {
  for (let index = 0; index < 5; index += 1) yield item;
}

async function* broken(): AsyncGenerator<string> {
  yield* [];
  throw new Error("boom");
}

test("items come as they are ready, with the number of their source", async () => {
  const slow = createGate();
  const merged = merge([after(slow.promise, ["a"]), after(Promise.resolve(), ["b", "c"])]);
  const seen: string[] = [];
  for await (const { source, item } of merged) {
    seen.push(`${source}${item}`);
    if (item === "c") slow.open();
  }
  expect(seen).toEqual(["1b", "1c", "0a"]);
});

test("the first failure is the whole's failure, and the others are told to return", async () => {
  const returned = createGate();
  async function* steady() {
    try {
      for (;;) yield "x";
    } finally {
      returned.open();
    }
  }
  const read = async () => {
    for await (const merged of merge([steady(), broken()])) void merged;
  };
  await expect(read()).rejects.toThrow("boom");
  await returned.promise;
});

test("a source that is always ready does not starve the others", async () => {
  const seen: string[] = [];
  for await (const { item } of merge([many("a"), many("b")])) {
    seen.push(item);
    // Long enough for both to have their next item ready.
    await new Promise(setImmediate);
  }
  expect(seen.join("")).toBe("ababababab");
});

test("no sources are an empty whole", async () => {
  for await (const merged of merge([])) expect(merged).toBeUndefined();
});
