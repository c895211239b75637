/** Each row of docs/routing.md, played: whom a request asks by how the legs are, and what a failure leads to. */
import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { errorStatus, GatewayError } from "../../src/errors.ts";
import type { EventBatch } from "../../src/model/events.ts";
import type { Leg } from "../../src/model/leg.ts";
import { createHealth, type Health } from "../../src/routing/health.ts";
import { RouteError } from "../../src/routing/route-error.ts";
import { faults } from "./support/failures.ts";
import { answerOf, createClock, failing, leg, readAll, runAttempts, states, textOf } from "./support/legs.ts";
import { type FailureRow, readRouting, type State } from "./support/routing-table.ts";

const page = readFileSync(new URL("../../docs/routing.md", import.meta.url), "utf8");
const { orders, failures } = readRouting(page);
const { signal } = new AbortController();

describe("whom a request asks", () => {
  test.each(orders)("$first, $second", async ({ first, second, asked: expected }) => {
    const clock = createClock();
    const health = createHealth({ now: clock.now });
    const legs = [leg("first", "a"), leg("second", "a")] as const;
    states[first](health, legs[0]);
    states[second](health, legs[1]);
    const asked: string[] = [];
    const { error } = await readAll(
      runAttempts({
        legs,
        health,
        signal,
        now: clock.now,
        async ask({ upstream }) {
          asked.push(upstream);
          return failing(new GatewayError("upstream-unavailable", "It failed."));
        },
      }),
    );
    expect(asked).toEqual(expected);
    expect(error).toBeInstanceOf(RouteError);
    if (expected.length > 0) return;
    expect(error).toMatchObject({ kind: "budget-exhausted", retryAfterMs: 300_000, attempts: [] });
  });

  test("the table has all pairs", () => {
    const names = Object.keys(states);
    const pairs = names.flatMap((first) => names.map((second) => `${first}, ${second}`));
    expect(orders.map(({ first, second }) => `${first}, ${second}`).sort()).toEqual(pairs.sort());
  });
});

/** Plays a failure of the first of two legs, or of the only one. */
async function play(row: FailureRow, other: State | "none", afterBegin: boolean) {
  const clock = createClock();
  const health = createHealth({ now: clock.now });
  const { tokens } = row.fault.otherWindow ?? { tokens: 1000 };
  const first = leg("first", "a", { contextLength: 1000 });
  const second = leg("second", "a", tokens === undefined ? {} : { contextLength: tokens });
  if (other !== "none") states[other](health, second);
  const asked: string[] = [];
  async function* ask({ upstream }: Leg): AsyncGenerator<EventBatch> {
    asked.push(upstream);
    const [begin = [], ...rest] = answerOf(upstream);
    const fails = asked.length === 1;
    if (!fails || afterBegin) yield begin;
    if (fails) throw row.fault.error(clock.now());
    yield* rest;
  }
  const outcome = await readAll(
    runAttempts({
      legs: other === "none" ? [first] : [first, second],
      ask: async (one) => ask(one),
      health,
      signal,
      now: clock.now,
    }),
  );
  return { ...outcome, asked, health, clock };
}

describe.each(failures)("$name", (row) => {
  const { kind, before, effect } = row;
  const others = Object.entries(before) as [keyof typeof before, (typeof before)["none"]][];

  test.each(others)("before the first byte, the other: %s", async (other, expected) => {
    const { batches, error, asked } = await play(row, other, false);
    expect(asked).toEqual(expected.asked);
    if (expected.answered) {
      expect(error).toBeUndefined();
      expect(textOf(batches)).toBe(`${asked.at(-1)}!`);
    } else {
      expect(batches).toEqual([]);
      expect(error).toMatchObject({ kind, message: "It failed so.", attempts: [{ outcome: kind }] });
    }
  });

  test("in the middle of the answer", async () => {
    const { batches, error, asked } = await play(row, "well", true);
    expect(row.after.answered).toBe(false);
    expect(asked).toEqual(row.after.asked);
    expect(textOf(batches)).toBe("first");
    expect(error).toMatchObject({ kind, message: "It failed so." });
  });

  test("what rests", async () => {
    const { health, clock } = await play(row, "none", true);
    const same = leg("first", "a");
    const neighbour = leg("first", "b");
    const look = () => [same, neighbour].map((one) => health.availability(one));
    if (effect.kind !== "rest") {
      expect(look()).toEqual(["ready", "ready"]);
      expect(strikesLeft(health, same)).toBe(effect.kind === "strike" ? 2 : 3);
      return;
    }
    const resting = effect.told ? "shut" : "doubtful";
    const both = (state: string) => [state, effect.place === "upstream" ? state : "ready"];
    expect(look()).toEqual(both(resting));
    clock.advance(effect.forMs - 1);
    expect(look()).toEqual(both(resting));
    clock.advance(1);
    expect(look()).toEqual(both("due"));
  });
});

/** How many more failures a leg takes until its breaker opens. */
function strikesLeft(health: Health, one: Leg): number {
  let strikes = 0;
  while (health.availability(one) === "ready") {
    health.enter(one).fail(new GatewayError("upstream-protocol", "x"), { kind: "strike" });
    strikes += 1;
  }
  return strikes;
}

describe("the table", () => {
  test("has one row for each fault, and none without", () => {
    expect(failures.map(({ name }) => name).sort()).toEqual(Object.keys(faults).sort());
  });

  test("has every kind of failure", () => {
    // Only the gateway itself asks its clients for a key.
    const all = Object.keys(errorStatus).filter((kind) => kind !== "unauthenticated");
    expect([...new Set(failures.map(({ kind }) => kind))].sort()).toEqual(all.sort());
  });

  test.each([
    ["an unknown state", "| well | due |", "| well | gone |", "no state"],
    ["an unknown outcome", "| the other | the other |", "| the other | somebody |", "somebody"],
    ["an unknown kind", "| `rate-limited` |", "| `rate-limit` |", "no kind"],
    ["an unknown rest", "| the model, 9 s |", "| the modell, 9 s |", "modell"],
    ["a fault without a script", "| no credit (402) |", "| no credits (402) |", "no credits"],
  ])("%s is not understood", (_name, from, to, problem) => {
    expect(page).toContain(from);
    expect(() => readRouting(page.replace(from, to))).toThrow(problem);
  });
});
