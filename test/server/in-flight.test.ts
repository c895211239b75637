import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { array, assert, nat, property } from "fast-check";
import { expect, test } from "vitest";

import { InFlight } from "../../src/server/in-flight.ts";

test("it holds what a Set would hold, whatever comes and goes", () => {
  assert(
    property(array(nat(60)), (steps) => {
      const members = new InFlight<number>();
      const expected = new Set<number>();
      const exits: { readonly member: number; readonly leave: () => void }[] = [];
      for (const [member, step] of steps.entries()) {
        const chosen = step % 2 === 0 ? undefined : exits[step % (exits.length + 1)];
        if (chosen === undefined) {
          exits.push({ member, leave: members.add(member) });
          expected.add(member);
        } else {
          // Some leave twice.
          chosen.leave();
          expected.delete(chosen.member);
        }
        expect(members.size).toBe(expected.size);
        expect(new Set(members)).toEqual(expected);
      }
    }),
  );
});

test("who leaves during a look is still looked at", () => {
  const members = new InFlight<string>();
  const exits = ["a", "b", "c"].map((name) => members.add(name));
  const seen: string[] = [];
  for (const member of members) {
    seen.push(member);
    for (const leave of exits) leave();
  }
  expect(seen).toEqual(["a", "b", "c"]);
  expect([...members]).toEqual([]);
});

test("a quick garbage collection frees what has left", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options?: { type: "minor" | "major" }) => void;
  const members = new InFlight<object>();
  const open: (() => void)[] = [];

  /** Of 20 MB nothing is left but the last 32. */
  function load(): number {
    collect({ type: "minor" });
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 2000; count += 1) {
      open.push(members.add({ big: Array.from({ length: 1250 }, () => count) }));
      if (open.length > 32) open.shift()?.();
      if (count % 100 === 0) collect({ type: "minor" });
    }
    collect({ type: "minor" });
    return process.memoryUsage().heapUsed - before;
  }

  load();
  // All that stays has grown old: so it is in a server.
  collect({ type: "major" });
  expect(load()).toBeLessThan(4_000_000);
});
