import { setImmediate } from "node:timers/promises";

import { array, assert, nat, property } from "fast-check";
import { expect, test } from "vitest";

import { InFlight } from "../../src/server/in-flight.ts";
import { collectGarbage } from "../support/collect-garbage.ts";

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

test("nothing leads to what has left", async () => {
  const members = new InFlight<object>();

  /** In a function of its own, so that no variable of the test keeps a member. */
  function add(): { readonly member: WeakRef<object>; readonly leave: () => void } {
    const member = {};
    return { leave: members.add(member), member: new WeakRef(member) };
  }

  function comeAndGo(): WeakRef<object>[] {
    const entered = Array.from({ length: 40 }, add);
    for (const { leave } of entered) leave();
    return entered.map(({ member }) => member);
  }

  const before = add();
  const gone = comeAndGo();
  const after = add();
  // What a `WeakRef` was made of lives until the turn is over.
  await setImmediate();
  collectGarbage();
  expect(gone.filter((member) => member.deref() !== undefined)).toEqual([]);
  expect([...members]).toEqual([before.member.deref(), after.member.deref()]);
});
