import { expect, test } from "vitest";

import { type Merged, mergeSources } from "../../src/stream/merge-sources.ts";
import type { Source } from "../../src/stream/source.ts";
import { createGate } from "../support/gate.ts";
import { toSource } from "../support/sources.ts";

async function* after(gate: Promise<void>, items: readonly string[]) {
  await gate;
  yield* items;
}

async function* broken(): AsyncGenerator<string> {
  yield* [];
  throw new Error("boom");
}

async function read(sources: readonly Source<string>[], onItem: (item: Merged<string>) => void) {
  await mergeSources(sources)((merged) => {
    onItem(merged);
    return undefined;
  });
}

test("items come as they are ready, with the number of their source", async () => {
  const slow = createGate();
  const seen: string[] = [];
  await read([toSource(after(slow.promise, ["a"])), toSource(["b", "c"])], ({ source, item }) => {
    seen.push(`${source}${item}`);
    if (item === "c") slow.open();
  });
  expect(seen).toEqual(["1b", "1c", "0a"]);
});

test("the first failure is the whole's failure", async () => {
  const never = createGate();
  const silent = toSource(after(never.promise, []));
  await expect(read([silent, toSource(broken())], () => {})).rejects.toThrow("boom");
});

test("a slow sink holds up each source, and is never given two items of one", async () => {
  const gates = [createGate(), createGate()];
  const seen: string[] = [];
  const reading = mergeSources([toSource(["a", "b"]), toSource(["c"])])(({ item }) => {
    seen.push(item);
    return gates[seen.length - 1]?.promise;
  });
  await new Promise(setImmediate);
  expect(seen).toEqual(["a", "c"]);
  gates[0]?.open();
  await new Promise(setImmediate);
  expect(seen).toEqual(["a", "c", "b"]);
  gates[1]?.open();
  await reading;
});

test("no sources are an empty whole", async () => {
  await read([], () => {
    throw new Error("There is no item.");
  });
});
