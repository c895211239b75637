import { describe, expect, test } from "vitest";

import type { ToWorker } from "../../src/workers/control.ts";
import { type StartedMessage, supervise, type WorkerEnd } from "../../src/workers/supervise.ts";

interface FakeWorker {
  readonly worker: number;
  readonly told: string[];
  say(message: StartedMessage): void;
  end(end?: Partial<WorkerEnd>): Promise<void>;
}

const listening = { listening: "http://here", isOpen: true };

/** All that waits for a promise has gone on. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function setUp({ count = 2 } = {}) {
  const clock = { now: 0 };
  const started: FakeWorker[] = [];
  const events: string[] = [];
  const timers: { readonly ms: number; readonly expire: () => void }[] = [];
  const waits: string[] = [];
  const note = ({ event }: { readonly event?: string }) => void events.push(String(event));
  const supervisor = supervise({
    count,
    launch(worker) {
      let take: ((message: StartedMessage) => void) | undefined;
      let end: ((end: WorkerEnd) => void) | undefined;
      const told: string[] = [];
      started.push({
        worker,
        told,
        say: (message) => take?.(message),
        async end(how) {
          end?.({ code: 0, signal: null, ...how });
          await turn();
        },
      });
      return {
        pid: started.length,
        tell: (message: ToWorker) => void told.push("do" in message ? message.do : "start"),
        onMessage: (listener) => {
          take = listener;
        },
        onEnd: (listener) => {
          end = listener;
        },
        kill: () => void told.push("kill"),
      };
    },
    log: { debug() {}, info: note, error: note },
    now: () => clock.now,
    startTimer(ms, expire) {
      const timer = { ms, expire };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    stopWithinMs: 40_000,
    onWaiting: () => void waits.push("waiting"),
  });
  const at = (index: number): FakeWorker => started[index] ?? expect.unreachable(`no worker ${index}`);
  /** The timer that was started first is over. */
  async function expire(): Promise<number> {
    const timer = timers.shift() ?? expect.unreachable("no timer");
    timer.expire();
    await turn();
    return timer.ms;
  }
  async function startAll(): Promise<void> {
    const start = supervisor.start();
    for (let index = 0; index < count; index += 1) at(index).say(listening);
    await start;
  }
  return { supervisor, clock, started, at, events, timers, waits, expire, startAll };
}

describe("the start", () => {
  test("is over when all listen", async () => {
    const { supervisor, at } = setUp();
    let told: unknown;
    async function startAll(): Promise<void> {
      told = await supervisor.start();
    }
    const start = startAll();
    at(1).say(listening);
    await turn();
    expect(told).toBeUndefined();
    at(0).say(listening);
    await start;
    expect(told).toEqual(listening);
    expect([at(0).worker, at(1).worker]).toEqual([1, 2]);
  });

  test("that fails at one ends the others, and tells why", async () => {
    const { supervisor, at } = setUp();
    const failure = expect(supervisor.start()).rejects.toMatchObject({
      message: "in use",
      code: "EADDRINUSE",
      port: 80,
    });
    at(0).say(listening);
    at(1).say({ failed: { name: "Error", message: "in use", code: "EADDRINUSE", port: 80 } });
    await at(1).end({ code: 1 });
    expect(at(0).told).toEqual(["stop"]);
    await at(0).end();
    await failure;
  });
});

describe("a worker that dies", () => {
  test("is started again at once, and each time later while it dies young", async () => {
    const { startAll, at, started, expire, events, clock } = setUp({ count: 1 });
    await startAll();
    const waits: number[] = [];
    for (let deaths = 0; deaths < 9; deaths += 1) {
      await at(deaths).end({ code: null, signal: "SIGKILL" });
      waits.push(await expire());
      at(deaths + 1).say(listening);
      await turn();
    }
    expect(waits).toEqual([0, 250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000]);
    expect(events.slice(0, 4)).toEqual(["worker-died", "worker-back", "worker-died", "worker-back"]);
    clock.now += 60_000;
    await at(9).end({ code: 1 });
    expect(await expire()).toBe(0);
    expect(started).toHaveLength(11);
  });

  test("is tried again when it could not start", async () => {
    const { startAll, at, expire, events } = setUp({ count: 1 });
    await startAll();
    await at(0).end({ code: 1 });
    await expire();
    at(1).say({ failed: { name: "Error", message: "no" } });
    await at(1).end({ code: 1 });
    expect(await expire()).toBe(250);
    at(2).say(listening);
    await turn();
    expect(events).toEqual(["worker-died", "worker-failed", "worker-back"]);
  });
});

describe("a rolling restart", () => {
  test("goes on from one to the next when the new one listens, and only then the old one goes", async () => {
    const { supervisor, startAll, at, started, events } = setUp();
    await startAll();
    supervisor.roll();
    await turn();
    expect(started).toHaveLength(3);
    expect([at(0).told, at(2).worker]).toEqual([[], 1]);
    at(2).say(listening);
    await turn();
    expect(at(0).told).toEqual(["retire"]);
    expect([at(1).told, at(3).worker]).toEqual([[], 2]);
    at(3).say(listening);
    await turn();
    expect(at(1).told).toEqual(["retire"]);
    await at(0).end();
    await at(1).end();
    expect(started).toHaveLength(4);
    expect(events).toEqual(["roll", "rolled"]);
  });

  test("stops at a new one that can't start: the old ones go on", async () => {
    const { supervisor, startAll, at, started, events, timers } = setUp();
    await startAll();
    supervisor.roll();
    await turn();
    at(2).say({ failed: { name: "ConfigError", message: "wrong" } });
    await at(2).end({ code: 1 });
    expect([at(0).told, at(1).told, started.length, timers.length]).toEqual([[], [], 3, 0]);
    expect(events).toEqual(["roll", "worker-failed", "roll-failed"]);
  });

  test("asked for while one is under way comes once more after it", async () => {
    const { supervisor, startAll, at, started } = setUp({ count: 1 });
    await startAll();
    supervisor.roll();
    supervisor.roll();
    supervisor.roll();
    await turn();
    at(1).say(listening);
    await turn();
    expect(started).toHaveLength(3);
    at(2).say(listening);
    await turn();
    expect(started).toHaveLength(3);
    expect(at(1).told).toEqual(["retire"]);
  });

  test("is what brings back one that dies meanwhile: it is not started twice", async () => {
    const { supervisor, startAll, at, started, expire } = setUp();
    await startAll();
    supervisor.roll();
    await turn();
    await at(0).end({ code: null, signal: "SIGKILL" });
    await expire();
    expect(started).toHaveLength(3);
    at(2).say(listening);
    await turn();
    expect(started.map(({ worker }) => worker)).toEqual([1, 2, 1, 2]);
  });
});

describe("the stop", () => {
  test("waits for all, with those that were going already, and starts nobody", async () => {
    const { supervisor, startAll, at, started, waits } = setUp();
    await startAll();
    supervisor.roll();
    await turn();
    at(2).say(listening);
    await turn();
    let isOver = false;
    async function stopAll(): Promise<void> {
      await supervisor.stop();
      isOver = true;
    }
    const stop = stopAll();
    // The one that was not ready yet has nobody to finish for.
    expect(at(3).told).toEqual(["kill", "stop"]);
    expect([at(0).told, at(1).told, at(2).told]).toEqual([["retire", "stop"], ["stop"], ["stop"]]);
    at(0).say({ stopping: 0 });
    at(1).say({ stopping: 2 });
    at(2).say({ stopping: 1 });
    expect(waits).toEqual(["waiting"]);
    for (const index of [3, 0, 2]) await at(index).end();
    expect(isOver).toBe(false);
    await at(1).end();
    await stop;
    expect(started).toHaveLength(4);
  });

  test("kills those that don't stop in time", async () => {
    const { supervisor, startAll, at, expire, events } = setUp({ count: 1 });
    await startAll();
    const stop = supervisor.stop();
    expect(await expire()).toBe(40_000);
    expect(at(0).told).toEqual(["stop", "kill"]);
    await at(0).end({ code: null, signal: "SIGKILL" });
    await stop;
    expect(events).toEqual(["kill"]);
  });
});
