import { describe, expect, test } from "vitest";

import { createPace } from "../../src/stream/pace.ts";

/** A clock that goes on by one millisecond at each look, and turns that are counted. */
function setUp(signal?: AbortSignal) {
  let time = 0;
  let turns = 0;
  const pace = createPace({
    now: () => (time += 1),
    turn: async () => {
      turns += 1;
    },
    signal,
    sliceMs: 10,
  });
  return { pace, turns: () => turns };
}

describe("a pace", () => {
  test("lets work go on for a slice of time, then gives others a turn, and so on", async () => {
    const { pace, turns } = setUp();
    const rests: number[] = [];
    for (let step = 1; step <= 40; step += 1) {
      const rest = pace.rest();
      if (rest === undefined) continue;
      rests.push(step);
      await rest;
    }
    expect(rests).toEqual([10, 20, 30, 40]);
    expect(turns()).toBe(4);
  });

  test("begins a slice in a turn that was waited for", async () => {
    const { pace, turns } = setUp();
    for (let step = 1; step < 9; step += 1) expect(pace.rest()).toBeUndefined();
    await pace.turn();
    expect(turns()).toBe(1);
    for (let step = 1; step < 10; step += 1) expect(pace.rest()).toBeUndefined();
    expect(pace.rest()).toBeDefined();
  });

  test("ends work that nobody waits for any more", async () => {
    const controller = new AbortController();
    const { pace } = setUp(controller.signal);
    controller.abort(new Error("the client left"));
    for (let step = 1; step < 10; step += 1) expect(pace.rest()).toBeUndefined();
    await expect(pace.rest()).rejects.toThrow("the client left");
  });
});
