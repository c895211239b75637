import { expect, test } from "vitest";

import type { RunBounds, RunPart, RunReading, RunStore } from "../../../src/responses/run-store.ts";
import { createClock, type TestClock, uniqueId } from "./engine.ts";

/** Opens a store of runs, empty, that follows this clock. Several are the same one as several processes see it. */
export type OpenRuns = (
  now: () => number,
  bounds?: Partial<RunBounds>,
) => Promise<{ readonly runs: RunStore; readonly elsewhere: RunStore } & AsyncDisposable>;

const leaseMs = 3000;

/** Events as they are told, one a number. */
export function eventsOf(first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({ type: "test", sequence_number: first + index, text: "\0\uD800 🌊\n" }),
  );
}

function part(id: string, first: number, count: number, ended = false): RunPart {
  return { id, first, events: eventsOf(first, count), ended };
}

/** All that a reading holds, in order. */
function listEvents(reading: RunReading | undefined): readonly string[] {
  return (reading?.parts ?? []).flatMap(({ events }) => events);
}

/** Lets so many ms pass in which all of these processes go on as usual. */
async function live(clock: TestClock, runs: RunStore, ms: number, ...processes: string[]): Promise<void> {
  for (const end = clock.time + ms; clock.time < end;) {
    clock.time += leaseMs / 3;
    for (const process of processes) await runs.append(process, []);
    if (processes[0] !== undefined) expect(await runs.reap(processes[0])).toEqual([]);
  }
}

/** What every store of runs does. Registers the tests. */
export function runContract(open: OpenRuns): void {
  async function start(bounds: Partial<RunBounds> = {}) {
    const clock = createClock();
    const opened = await open(clock.now, { leaseMs, ...bounds });
    const [one, other, third] = ["one", "other", "third"].map(uniqueId) as [string, string, string];
    return { ...opened, clock, one, other, third };
  }

  test("what one process tells of a run, another reads, from any event on", async () => {
    const { runs, elsewhere, one, ...opened } = await start();
    await using _ = opened;
    expect(await runs.begin(one, { id: "a", owner: "key", events: eventsOf(0, 2) })).toBe(true);
    expect(await runs.begin(one, { id: "b", events: eventsOf(0, 1) })).toBe(true);
    const orders = await runs.append(one, [part("a", 2, 3), part("b", 1, 0)]);
    expect(orders).toEqual([
      { id: "a", state: "kept", wishes: [] },
      { id: "b", state: "kept", wishes: [] },
    ]);
    await runs.append(one, [part("a", 5, 1)]);
    const [a, b] = await elsewhere.read([
      { id: "a", from: 0 },
      { id: "never", from: 0 },
      { id: "b", from: 0 },
    ]);
    expect(listEvents(a)).toEqual(eventsOf(0, 6));
    expect(a).toMatchObject({ id: "a", owner: "key", ended: false, more: false });
    expect(b).toEqual({ id: "b", parts: [{ first: 0, events: eventsOf(0, 1) }], ended: false, more: false });
    // What is in the same part as an event that is missing comes with it.
    const [later] = await elsewhere.read([{ id: "a", from: 4 }]);
    expect(later?.parts).toEqual([
      { first: 2, events: eventsOf(2, 3) },
      { first: 5, events: eventsOf(5, 1) },
    ]);
    expect((await elsewhere.read([{ id: "a", from: 6 }]))[0]).toMatchObject({ parts: [], ended: false });
  });

  test("an id that no run can have is none's, and keeps nobody from reading others", async () => {
    const { runs, elsewhere, one, ...opened } = await start();
    await using _ = opened;
    await runs.begin(one, { id: "a", events: eventsOf(0, 2) });
    const read = await elsewhere.read(["a\0", "\ud800", "a"].map((id) => ({ id, from: 0 })));
    expect(read.map(({ id }) => id)).toEqual(["a"]);
    for (const id of ["a\0", "\ud800"]) expect(await elsewhere.wish(id, "cancel")).toBe(false);
  });

  test("a long run is read in several answers", async () => {
    const { runs, elsewhere, one, ...opened } = await start();
    await using _ = opened;
    await runs.begin(one, { id: "a", events: [] });
    for (let number = 0; number < 50; number += 1)
      await runs.append(one, [part("a", number, 1, number === 49)]);
    const events: string[] = [];
    for (let more = true, trips = 0; more; trips += 1) {
      const [reading] = await elsewhere.read([{ id: "a", from: events.length }]);
      events.push(...listEvents(reading));
      more = reading?.more === true;
      expect(reading?.ended).toBe(true);
      expect(trips).toBeLessThan(50);
    }
    expect(events).toEqual(eventsOf(0, 50));
  });

  test("to begin again, and to send a part again, changes nothing", async () => {
    const { runs, one, ...opened } = await start();
    await using _ = opened;
    await runs.begin(one, { id: "a", events: eventsOf(0, 2) });
    expect(await runs.begin(one, { id: "a", events: eventsOf(0, 2) })).toBe(true);
    const again = [part("a", 2, 2), part("a", 2, 2)];
    for (const same of again) expect(await runs.append(one, [same])).toMatchObject([{ state: "kept" }]);
    const end = part("a", 4, 1, true);
    for (let times = 0; times < 2; times += 1)
      expect(await runs.append(one, [end])).toEqual([{ id: "a", state: "kept", wishes: [] }]);
    const [reading] = await runs.read([{ id: "a", from: 0 }]);
    expect(listEvents(reading)).toEqual(eventsOf(0, 5));
    expect(reading?.ended).toBe(true);
  });

  test("wishes reach the process of the run: a beat once, a cancel until the run has ended", async () => {
    const { runs, elsewhere, one, ...opened } = await start();
    await using _ = opened;
    await runs.begin(one, { id: "a", events: [] });
    await runs.begin(one, { id: "b", events: [] });
    expect(await elsewhere.wish("a", "beat")).toBe(true);
    expect(await elsewhere.wish("a", "cancel")).toBe(true);
    expect(await elsewhere.wish("never", "cancel")).toBe(false);
    const told = await runs.append(one, [part("b", 0, 0), part("a", 0, 1)]);
    expect(told.map(({ id, wishes }) => [id, [...wishes].sort()])).toEqual([
      ["b", []],
      ["a", ["beat", "cancel"]],
    ]);
    expect(await runs.append(one, [part("a", 1, 0)])).toMatchObject([{ wishes: ["cancel"] }]);
    await runs.append(one, [part("a", 1, 1, true)]);
    expect(await elsewhere.wish("a", "cancel")).toBe(false);
  });

  test("a run is its process' alone, and of nobody when it was forgotten", async () => {
    const { runs, elsewhere, one, other, ...opened } = await start();
    await using _ = opened;
    await runs.begin(one, { id: "a", events: eventsOf(0, 1) });
    expect(await elsewhere.append(other, [part("a", 1, 1), part("never", 0, 1)])).toEqual([
      { id: "a", state: "lost", wishes: [] },
      { id: "never", state: "lost", wishes: [] },
    ]);
    expect(await elsewhere.settle(other, "a")).toBe("taken");
    expect(listEvents((await runs.read([{ id: "a", from: 0 }]))[0])).toEqual(eventsOf(0, 1));
    await elsewhere.forget("a");
    await elsewhere.forget("a");
    expect(await runs.append(one, [part("a", 1, 1)])).toMatchObject([{ state: "lost" }]);
    expect(await runs.settle(one, "a")).toBe("gone");
    expect(await runs.read([{ id: "a", from: 0 }])).toEqual([]);
  });

  test("the runs of a process that says nothing for a lease are taken over, each by one", async () => {
    const { runs, elsewhere, clock, one, other, third, ...opened } = await start();
    await using _ = opened;
    await live(clock, runs, 2 * leaseMs, other, third);
    for (const id of ["a", "b", "c", "d"]) await runs.begin(one, { id, events: eventsOf(0, 2) });
    await runs.begin(third, { id: "of the living", events: [] });
    await runs.append(one, [part("b", 2, 1, true), part("c", 2, 2), part("d", 2, 1, true)]);
    await runs.wish("c", "cancel");
    await runs.settle(one, "d");
    await live(clock, runs, leaseMs, other, third);
    // Its time is up with the next moment.
    clock.time += 1;
    const taken = (await Promise.all([runs.reap(other), elsewhere.reap(third), runs.reap(third)])).flat();
    expect([...taken].sort((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: "a", next: 2, ended: false, cancelled: false },
      { id: "b", next: 3, ended: true, cancelled: false },
      { id: "c", next: 4, ended: false, cancelled: true },
    ]);
    expect(await runs.append(one, [part("a", 2, 1), part("b", 2, 1, true)])).toMatchObject([
      { state: "lost" },
      { state: "lost" },
    ]);
    expect(await runs.settle(one, "b")).toBe("taken");
    // Whoever lives has them now, and ends them.
    const heirs = await Promise.all([other, third].map((heir) => runs.append(heir, [part("a", 2, 1, true)])));
    expect(new Set(heirs.map(([order]) => order?.state))).toEqual(new Set(["kept", "lost"]));
    expect((await runs.read([{ id: "a", from: 2 }]))[0]).toMatchObject({ ended: true });
    expect(await elsewhere.reap(other)).toEqual([]);
  });

  test("those of one that has left are taken over at once, but not those that were settled", async () => {
    const { runs, clock, one, other, ...opened } = await start();
    await using _ = opened;
    await live(clock, runs, 2 * leaseMs, other);
    await runs.begin(one, { id: "a", events: [] });
    await runs.begin(one, { id: "b", events: [] });
    await runs.append(one, [part("b", 0, 1, true)]);
    expect(await runs.settle(one, "b")).toBe("settled");
    expect(await runs.settle(one, "b")).toBe("settled");
    expect(await runs.reap(other)).toEqual([]);
    await runs.leave(one);
    expect(await runs.reap(other)).toMatchObject([{ id: "a" }]);
  });

  test.each([10, 0.6])(
    "after a silence of all for %d leases, who lives has one of time to say so",
    async (leases) => {
      const { runs, clock, one, other, third, ...opened } = await start();
      await using _ = opened;
      await live(clock, runs, 2 * leaseMs, other, one, third);
      await runs.begin(one, { id: "of the living", events: [] });
      await runs.begin(third, { id: "of the dead", events: [] });
      clock.time += leases * leaseMs;
      await live(clock, runs, leaseMs, other, one);
      clock.time += leaseMs / 3;
      expect(await runs.reap(other)).toMatchObject([{ id: "of the dead" }]);
      expect(await runs.append(one, [part("of the living", 0, 1)])).toMatchObject([{ state: "kept" }]);
    },
  );

  test("a process that was late, but that nobody took for dead, goes on", async () => {
    const { runs, clock, one, ...opened } = await start();
    await using _ = opened;
    await runs.begin(one, { id: "a", events: [] });
    clock.time += 5 * leaseMs;
    expect(await runs.append(one, [part("a", 0, 1)])).toMatchObject([{ state: "kept" }]);
  });

  test("a run that is too large goes on without its events, but for the last", async () => {
    const { runs, elsewhere, one, ...opened } = await start({ charactersEach: 1000 });
    await using _ = opened;
    await runs.begin(one, { id: "a", events: eventsOf(0, 2) });
    const states: unknown[] = [];
    for (const next of [part("a", 2, 2), part("a", 4, 40), part("a", 44, 1), part("a", 44, 0)])
      states.push((await runs.append(one, [next]))[0]?.state);
    expect(states).toEqual(["kept", "full", "full", "kept"]);
    expect(await runs.append(one, [part("a", 90, 1, true)])).toMatchObject([{ state: "kept" }]);
    const [reading] = await elsewhere.read([{ id: "a", from: 3 }]);
    expect(reading).toMatchObject({ ended: true, more: false });
    expect(reading?.parts).toEqual([
      { first: 2, events: eventsOf(2, 2) },
      { first: 90, events: eventsOf(90, 1) },
    ]);
  });

  test("no more than so many go on", async () => {
    const { runs, elsewhere, one, other, ...opened } = await start({ running: 2 });
    await using _ = opened;
    expect(await runs.begin(one, { id: "a", events: [] })).toBe(true);
    expect(await elsewhere.begin(other, { id: "b", events: [] })).toBe(true);
    expect(await runs.begin(one, { id: "c", events: [] })).toBe(false);
    expect(await runs.begin(one, { id: "a", events: [] })).toBe(true);
    await runs.append(one, [part("a", 0, 1, true)]);
    expect(await runs.begin(one, { id: "c", events: [] })).toBe(true);
  });

  test("what is settled is kept for its time, within its number, and what is not settled longer", async () => {
    const { runs, clock, one, other, ...opened } = await start({ settled: 2, keptMs: 10 * leaseMs });
    await using _ = opened;
    for (const id of ["a", "b", "c", "d"]) {
      await runs.begin(one, { id, events: [] });
      await runs.append(one, [part(id, 0, 1, true)]);
      if (id !== "a") await runs.settle(one, id);
      clock.time += 1;
    }
    const all = ["a", "b", "c", "d"].map((id) => ({ id, from: 0 }));
    const listKept = async () => (await runs.read(all)).map(({ id }) => id);
    await runs.reap(other);
    expect(await listKept()).toEqual(["a", "c", "d"]);
    await live(clock, runs, 9 * leaseMs, other, one);
    expect(await listKept()).toEqual(["a", "c", "d"]);
    await live(clock, runs, leaseMs, other, one);
    expect(await listKept()).toEqual(["a"]);
  });

  test("settled ones make room for those that go on, before these find none", async () => {
    const size = eventsOf(0, 10).join("").length;
    const { runs, clock, one, ...opened } = await start({ characters: 3.5 * size });
    await using _ = opened;
    for (const id of ["a", "b"]) {
      await runs.begin(one, { id, events: eventsOf(0, 10) });
      await runs.append(one, [part(id, 10, 0, true)]);
      await runs.settle(one, id);
      clock.time += 1;
    }
    await runs.begin(one, { id: "c", events: eventsOf(0, 10) });
    expect(await runs.append(one, [part("c", 10, 8)])).toMatchObject([{ state: "kept" }]);
    await runs.reap(one);
    expect((await runs.read(["a", "b", "c"].map((id) => ({ id, from: 0 })))).map(({ id }) => id)).toEqual([
      "b",
      "c",
    ]);
    await runs.append(one, [part("c", 18, 30)]);
    // An engine may look only when it reaps.
    await runs.reap(one);
    expect(await runs.append(one, [part("c", 48, 10)])).toMatchObject([{ state: "full" }]);
    expect((await runs.read([{ id: "b", from: 0 }])).map(({ id }) => id)).toEqual([]);
  });
}
