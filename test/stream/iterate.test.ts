import { expect, test } from "vitest";

import { iterate } from "../../src/stream/iterate.ts";
import type { Source } from "../../src/stream/source.ts";
import { createGate } from "../support/gate.ts";
import { toSource } from "../support/sources.ts";

const noLeave = () => {
  throw new Error("It was read to its end.");
};

const breaking: Source<number> = async (sink) => {
  await sink(1);
  throw new Error("boom");
};

test("gives what the source gives, which begins with the first question", async () => {
  let begun = 0;
  const items = iterate<number>((sink) => {
    begun += 1;
    return toSource([1, 2, 3])(sink);
  }, noLeave);
  expect(begun).toBe(0);
  const given: number[] = [];
  for await (const item of items) given.push(item);
  expect(given).toEqual([1, 2, 3]);
  expect(begun).toBe(1);
});

test("the source waits until an item was worked on", async () => {
  const log: string[] = [];
  const source: Source<number> = async (sink) => {
    for (const item of [1, 2]) {
      log.push(`give ${item}`);
      await sink(item);
    }
  };
  for await (const item of iterate(source, noLeave)) {
    await new Promise(setImmediate);
    log.push(`had ${item}`);
  }
  expect(log).toEqual(["give 1", "had 1", "give 2", "had 2"]);
});

test("fails behind the last item as the source does", async () => {
  const items = iterate(breaking, noLeave);
  expect(await items.next()).toEqual({ done: false, value: 1 });
  await expect(items.next()).rejects.toThrow("boom");
});

test("who stops iterating leaves the source, which gives nothing more", async () => {
  const left = createGate();
  const ended = createGate();
  const source: Source<number> = async (sink) => {
    await sink(1);
    await left.promise;
    await sink(2);
    ended.open();
  };
  for await (const item of iterate(source, () => left.open())) {
    expect(item).toBe(1);
    break;
  }
  await ended.promise;
});
