import { describe, expect, test } from "vitest";

import type { Sink, Source } from "../../src/stream/source.ts";
import { withIdleTimeout } from "../../src/stream/with-idle-timeout.ts";
import { createTimers, type Timers } from "../support/create-timers.ts";
import { createGate } from "../support/gate.ts";
import { toSource } from "../support/sources.ts";

const toError = (phase: string) => new Error(`silent: ${phase}`);

async function failing(): Promise<void> {
  throw new Error("own");
}

function refuse(): undefined {
  throw new Error("the sink's");
}

function withTestTimeout(
  source: Source<string>,
  timers: Timers,
  {
    abort = () => {},
    sink = () => undefined,
    now = () => 0,
  }: { abort?: () => void; sink?: Sink<string>; now?: () => number } = {},
): Promise<void> {
  return withIdleTimeout(
    source,
    { firstMs: 100, idleMs: 20, startTimer: timers.start, now, abort, toError },
    sink,
  );
}

describe("idle time-out", () => {
  test("passes items on; the first may take longer than the others; no timer runs while the sink works", async () => {
    const timers = createTimers();
    const seen: (readonly number[])[] = [];
    const source: Source<string> = async (sink) => {
      for (const item of ["a", "b"]) {
        seen.push(timers.running);
        await sink(item);
      }
      seen.push(timers.running);
    };
    const items: string[] = [];
    await withTestTimeout(source, timers, {
      async sink(item) {
        items.push(item);
        await new Promise(setImmediate);
        expect(timers.running).toEqual([]);
      },
    });
    expect(items).toEqual(["a", "b"]);
    expect(seen).toEqual([[100], [20], [20]]);
    expect(timers.running).toEqual([]);
  });

  test.each([
    ["before the first item", [], "silent: first"],
    ["between items", ["a"], "silent: idle"],
  ])(
    "silence %s aborts the source and fails, and what comes then is nobody's",
    async (_name, before, message) => {
      const timers = createTimers();
      const aborted = createGate();
      const items: string[] = [];
      const source: Source<string> = async (sink) => {
        for (const item of before) await sink(item);
        timers.expireAll();
        await aborted.promise;
        await sink("late");
        throw new Error("socket closed");
      };
      const sink: Sink<string> = (item) => void items.push(item);
      await expect(withTestTimeout(source, timers, { abort: () => aborted.open(), sink })).rejects.toThrow(
        message,
      );
      expect(items).toEqual(before);
      expect(timers.running).toEqual([]);
    },
  );

  test("each item puts the end off to the full time after it", async () => {
    const timers = createTimers();
    let time = 0;
    const aborted = createGate();
    const source: Source<string> = async (sink) => {
      for (const at of [0, 7, 15]) {
        time = at;
        await sink("a");
        expect(timers.running).toEqual([20]);
      }
      time = 20;
      timers.expireAll();
      expect(timers.running).toEqual([15]);
      time = 35;
      timers.expireAll();
      await aborted.promise;
    };
    const run = withTestTimeout(source, timers, { abort: () => aborted.open(), now: () => time });
    await expect(run).rejects.toThrow("silent: idle");
    expect(time).toBe(35);
    expect(timers.running).toEqual([]);
  });

  test("a source that ends quietly when aborted still fails", async () => {
    const timers = createTimers();
    const source = async () => timers.expireAll();
    await expect(withTestTimeout(source, timers)).rejects.toThrow("silent: first");
  });

  test("the source's own error passes, and so does the sink's", async () => {
    const timers = createTimers();
    await expect(withTestTimeout(failing, timers)).rejects.toThrow("own");
    await expect(withTestTimeout(toSource(["a"]), timers, { sink: refuse })).rejects.toThrow("the sink's");
    expect(timers.running).toEqual([]);
  });
});
