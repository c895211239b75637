import { describe, expect, test } from "vitest";

import { type StartTimer, withIdleTimeout } from "../../src/stream/with-idle-timeout.ts";
import { createGate } from "../upstreams/akash-chat/support/create-gate.ts";

/** Timers that run out when the test says so. */
function createTimers() {
  const running = new Map<() => void, number>();
  const startTimer: StartTimer = (milliseconds, expire) => {
    running.set(expire, milliseconds);
    return () => running.delete(expire);
  };
  return {
    startTimer,
    durations: () => [...running.values()],
    expireAll() {
      for (const expire of running.keys()) expire();
    },
  };
}

function withTestTimeout<Item>(
  source: AsyncIterable<Item>,
  timers: ReturnType<typeof createTimers>,
  abort: () => void = () => {},
) {
  return withIdleTimeout(source, {
    firstMs: 100,
    idleMs: 20,
    startTimer: timers.startTimer,
    abort,
    toError: (phase) => new Error(`silent: ${phase}`),
  });
}

async function* failing() {
  yield "a";
  throw new Error("own");
}

describe("idle time-out", () => {
  test("passes items on; the first may take longer than the others; no timer runs while the consumer works", async () => {
    const timers = createTimers();
    const seen: number[][] = [];
    const source = async function* () {
      seen.push(timers.durations());
      yield "a";
      seen.push(timers.durations());
      yield "b";
      seen.push(timers.durations());
    };
    const items: string[] = [];
    for await (const item of withTestTimeout(source(), timers)) {
      items.push(item);
      expect(timers.durations()).toEqual([]);
    }
    expect(items).toEqual(["a", "b"]);
    expect(seen).toEqual([[100], [20], [20]]);
    expect(timers.durations()).toEqual([]);
  });

  test.each([
    ["before the first item", [], "silent: first"],
    ["between items", ["a"], "silent: idle"],
  ])("silence %s aborts the source and fails", async (_name, before, message) => {
    const timers = createTimers();
    const socket = createGate();
    const source = async function* () {
      yield* before;
      timers.expireAll();
      await socket.opened;
    };
    const items: string[] = [];
    const run = (async () => {
      const stream = withTestTimeout(source(), timers, () => socket.fail(new Error("socket closed")));
      for await (const item of stream) items.push(item);
    })();
    await expect(run).rejects.toThrow(message);
    expect(items).toEqual(before);
  });

  test("a source that ends quietly when aborted still fails", async () => {
    const timers = createTimers();
    const socket = createGate();
    const source: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        async next() {
          timers.expireAll();
          await socket.opened;
          return { done: true, value: undefined };
        },
      }),
    };
    const stream = withTestTimeout(source, timers, socket.open);
    await expect(stream.next()).rejects.toThrow("silent: first");
  });

  test("the source's own error passes, and a consumer that stops ends the source", async () => {
    const timers = createTimers();
    const stream = withTestTimeout(failing(), timers);
    await stream.next();
    await expect(stream.next()).rejects.toThrow("own");

    let closed = false;
    const endless = async function* () {
      try {
        for (;;) yield "a";
      } finally {
        closed = true;
      }
    };
    for await (const _item of withTestTimeout(endless(), timers)) break;
    expect(closed).toBe(true);
    expect(timers.durations()).toEqual([]);
  });
});
