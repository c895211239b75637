import { describe, expect, test } from "vitest";

import { defer } from "../../src/stream/defer.ts";
import { createGate } from "../support/gate.ts";

async function* count(to: number, onEnd: () => void = () => {}): AsyncGenerator<number, void, undefined> {
  try {
    for (let at = 1; at <= to; at += 1) yield at;
  } finally {
    onEnd();
  }
}

describe("an iteration behind some work", () => {
  test("does nothing before it is asked, then gives what its source gives", async () => {
    let begun = 0;
    const items = defer(async () => {
      begun += 1;
      return count(3);
    });
    expect(begun).toBe(0);
    const given: number[] = [];
    for await (const item of items) given.push(item);
    expect(given).toEqual([1, 2, 3]);
    expect(begun).toBe(1);
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  test("fails as the work fails, and is over then", async () => {
    const items = defer<number>(() => Promise.reject(new Error("no")));
    await expect(items.next()).rejects.toThrow("no");
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  test("ends its source when nobody reads on", async () => {
    let ended = 0;
    for await (const item of defer(async () => count(3, () => (ended += 1)))) {
      expect(item).toBe(1);
      break;
    }
    expect(ended).toBe(1);
  });

  test("left before it was asked, it does no work", async () => {
    const items = defer<number>(() => Promise.reject(new Error("asked")));
    await items.return?.();
    expect(await items.next()).toEqual({ done: true, value: undefined });
  });

  test("left while the work goes on, it gives nothing", async () => {
    const gate = createGate();
    const items = defer(async () => {
      await gate.promise;
      return count(3);
    });
    const first = items.next();
    const left = items.return?.();
    gate.open();
    expect(await first).toEqual({ done: true, value: undefined });
    await left;
  });
});
