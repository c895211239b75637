import { describe, expect, test } from "vitest";

import { GatewayError } from "../../src/errors.ts";
import { createHealth, type HealthOptions } from "../../src/routing/health.ts";
import type { Leg } from "../../src/model/leg.ts";
import { createClock, leg } from "./support/legs.ts";

const error = new GatewayError("upstream-unavailable", "It failed.");
const a = leg("u", "a");
const b = leg("u", "b");
const elsewhere = leg("v", "a");

interface RestOptions {
  readonly told?: boolean;
  readonly place?: "model" | "upstream";
}

function start(options: Partial<HealthOptions> = {}) {
  const clock = createClock();
  const health = createHealth({ now: clock.now, ...options });
  const strike = (one: Leg, times = 1): void => {
    for (let at = 0; at < times; at += 1) health.enter(one).fail(error, { kind: "strike" });
  };
  const rest = (one: Leg, forMs: number, { told = true, place = "model" }: RestOptions = {}): void =>
    health.enter(one).fail(error, { kind: "rest", place, forMs, told });
  const look = (...legs: readonly Leg[]) => legs.map((one) => health.availability(one));
  return { clock, health, strike, rest, look };
}

describe("the breaker", () => {
  test("opens after three failures in a row, for the leg alone, and trials wait twice as long each time", () => {
    const { clock, strike, look } = start();
    strike(a, 2);
    expect(look(a, b)).toEqual(["ready", "ready"]);
    strike(a);
    expect(look(a, b, elsewhere)).toEqual(["doubtful", "ready", "ready"]);
    for (const seconds of [10, 20, 40, 80, 120, 120]) {
      clock.advance(seconds * 1000 - 1);
      expect(look(a)).toEqual(["doubtful"]);
      clock.advance(1);
      expect(look(a)).toEqual(["due"]);
      strike(a);
    }
  });

  test("a whole answer in between makes the count begin anew; a beginning does not", () => {
    const { health, strike, look } = start();
    strike(a, 2);
    const visit = health.enter(a);
    visit.begin();
    visit.complete();
    visit.leave();
    strike(a, 2);
    expect(look(a)).toEqual(["ready"]);
    const other = health.enter(a);
    other.begin();
    other.fail(error, { kind: "strike" });
    expect(look(a)).toEqual(["doubtful"]);
  });

  test("one trial at a time; what begins well and breaks off rests again at once", () => {
    const { clock, health, strike, look } = start();
    strike(a, 3);
    clock.advance(10_000);
    expect(look(a)).toEqual(["due"]);
    const trial = health.enter(a);
    expect(look(a, b)).toEqual(["doubtful", "ready"]);
    trial.begin();
    expect(look(a)).toEqual(["ready"]);
    trial.fail(error, { kind: "strike" });
    trial.leave();
    expect(look(a)).toEqual(["doubtful"]);
  });

  test("a trial that tells nothing leaves it due", () => {
    const { clock, health, strike, look } = start();
    strike(a, 3);
    clock.advance(10_000);
    health.enter(a).leave();
    expect(look(a)).toEqual(["due"]);
    health.enter(a).fail(error, { kind: "nothing" });
    expect(look(a)).toEqual(["due"]);
  });

  test("failures of others do not end a trial, and a request from before says nothing of the rest", () => {
    const { clock, health, strike, look } = start();
    const early = [health.enter(a), health.enter(a), health.enter(a)] as const;
    strike(a, 3);
    early[0].fail(error, { kind: "strike" });
    early[1].begin();
    expect(look(a)).toEqual(["doubtful"]);
    clock.advance(10_000);
    const trial = health.enter(a);
    early[2].fail(error, { kind: "strike" });
    early[1].complete();
    expect(look(a)).toEqual(["doubtful"]);
    trial.begin();
    trial.complete();
    strike(a, 2);
    expect(look(a)).toEqual(["ready"]);
  });

  test("a limit that is told meanwhile is kept, and does not make room for a second trial", () => {
    const { clock, health, strike, look } = start();
    const early = [health.enter(a), health.enter(a), health.enter(a)] as const;
    strike(a, 3);
    clock.advance(10_000);
    const trial = health.enter(a);
    early[0].fail(error, { kind: "rest", place: "model", forMs: 5000, told: true });
    expect(look(a)).toEqual(["shut"]);
    clock.advance(5000);
    expect(look(a)).toEqual(["doubtful"]);
    early[1].fail(error, { kind: "rest", place: "model", forMs: 5000, told: true });
    trial.begin();
    expect(look(a)).toEqual(["shut"]);
    clock.advance(5000);
    expect(look(a)).toEqual(["due"]);
    const next = health.enter(a);
    early[2].fail(error, { kind: "rest", place: "model", forMs: 0, told: true });
    next.fail(error, { kind: "strike" });
    expect(look(a)).toEqual(["due"]);
  });

  test("a request that was asked because nothing else was left ends a guess when it is answered", () => {
    const { health, rest, look } = start();
    rest(a, 60_000, { told: false });
    expect(look(a)).toEqual(["doubtful"]);
    health.enter(a).begin();
    expect(look(a)).toEqual(["ready"]);
  });
});

describe("a rest", () => {
  test("of an upstream is that of all its models, with one trial for all", () => {
    const { clock, health, rest, look } = start();
    rest(a, 5000, { place: "upstream" });
    expect(look(a, b, elsewhere)).toEqual(["shut", "shut", "ready"]);
    clock.advance(5000);
    expect(look(a, b)).toEqual(["due", "due"]);
    const trial = health.enter(b);
    expect(look(a, b)).toEqual(["doubtful", "doubtful"]);
    // A failure of the model is none of the account.
    trial.fail(error, { kind: "strike" });
    expect(look(a, b)).toEqual(["due", "due"]);
    health.enter(a).begin();
    expect(look(a, b)).toEqual(["ready", "ready"]);
  });

  test.each([
    ["a later word counts", [9000, true], [20_000, true], 20_000],
    ["an earlier word does not", [9000, true], [1000, true], 9000],
    ["a guess does not shorten or lengthen a word", [9000, true], [20_000, false], 9000],
    ["a word goes before a guess", [20_000, false], [9000, true], 9000],
  ] as const)("%s", (_name, first, second, expected) => {
    const { clock, health, look } = start();
    const visits = [health.enter(a), health.enter(a)] as const;
    for (const [at, [forMs, told]] of [first, second].entries()) {
      visits[at]?.fail(error, { kind: "rest", place: "model", forMs, told });
    }
    expect(health.restOf(a)?.until).toBe(clock.now() + expected);
    clock.advance(expected - 1);
    expect(look(a)).not.toEqual(["due"]);
    clock.advance(1);
    expect(look(a)).toEqual(["due"]);
  });

  test("is not made longer by a clock that was set back", () => {
    const { clock, rest, look } = start();
    rest(a, 5000);
    clock.advance(-3_600_000);
    expect(look(a)).toEqual(["due"]);
  });

  test("tells why: of leg and upstream, whichever is longer", () => {
    const { health, rest } = start();
    expect(health.restOf(a)).toBeUndefined();
    const visits = [health.enter(a), health.enter(a)] as const;
    visits[0].fail(error, { kind: "rest", place: "model", forMs: 1000, told: true });
    visits[1].fail(error, { kind: "rest", place: "upstream", forMs: 9000, told: true });
    expect(health.restOf(a)).toMatchObject({ error, told: true });
    expect(Number(health.restOf(a)?.until) - Number(health.restOf(b)?.until)).toBe(0);
    expect(health.restOf(elsewhere)).toBeUndefined();
    rest(elsewhere, 1);
    expect(health.restOf(elsewhere)?.until).toBeLessThan(Number(health.restOf(a)?.until));
  });

  test("is told to the log once, with what rests", () => {
    const told: unknown[] = [];
    const { rest, strike } = start({
      onRest: ({ upstream, model, told: said }) => told.push([upstream, model, said]),
    });
    rest(a, 1000, { place: "upstream" });
    strike(b, 3);
    expect(told).toEqual([
      ["u", undefined, true],
      ["u", "b", false],
    ]);
  });

  test("is forgotten with its upstream, and no other", () => {
    const { health, rest, strike, look } = start();
    rest(a, 1000, { place: "upstream" });
    strike(b, 3);
    rest(elsewhere, 1000);
    health.forget("u");
    expect(look(a, b, elsewhere)).toEqual(["ready", "ready", "shut"]);
  });
});

describe("what rests now", () => {
  test("is told of models and upstreams apart, until the time is over", () => {
    const { clock, health, strike, rest } = start();
    expect(health.rests()).toEqual([]);
    const begun = clock.now();
    strike(a, 3);
    rest(elsewhere, 60_000, { place: "upstream" });
    const known = { since: begun, error: expect.any(GatewayError) };
    const breaker = { ...known, upstream: "u", model: "a", until: begun + 10_000, told: false };
    const limit = { ...known, upstream: "v", model: undefined, until: begun + 60_000, told: true };
    expect(health.rests()).toEqual([limit, breaker]);
    clock.advance(10_000);
    expect(health.rests()).toEqual([limit]);
    // A trial may end a rest: until it has, nobody else asks there.
    health.enter(a);
    expect(health.rests()).toEqual([limit, breaker]);
    clock.advance(50_000);
    expect(health.rests().map(({ upstream }) => upstream)).toEqual(["u"]);
  });
});
