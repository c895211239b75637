import { expect, test } from "vitest";

import { GatewayError } from "../../src/errors.ts";
import type { Notice, Notices } from "../../src/model/notices.ts";
import { createHealth } from "../../src/routing/health.ts";
import { followRests, tellRestIsOver, tellRests } from "../../src/routing/share-rests.ts";
import { createClock, leg } from "./support/legs.ts";

const a = leg("u", "a");
const b = leg("u", "b");
const refusal = new GatewayError("budget-exhausted", "The budget is spent.", {
  resetsAt: 9_000_000,
  cause: new Error("secret"),
});

/** Two processes: what one finds out, the other takes over. */
function setUp() {
  const clock = createClock();
  const published: Notice[] = [];
  let give: ((notice: Notice) => void) | undefined;
  const notices: Notices = {
    publish(notice) {
      const text = JSON.stringify(notice);
      published.push(JSON.parse(text));
      give?.(JSON.parse(text));
    },
    subscribe(_kind, take) {
      give = take;
      return () => {};
    },
  };
  const here = createHealth({ now: clock.now, onRest: tellRests(notices) });
  const there = createHealth({ now: clock.now, onRest: () => expect.unreachable("it echoes") });
  followRests(notices, there, () => ["u"]);
  return { clock, here, there, published, tellOver: tellRestIsOver(notices) };
}

test("a rest that an upstream has ordered keeps others from asking, and says why", () => {
  const { clock, here, there, published } = setUp();
  here.enter(a).fail(refusal, { kind: "rest", place: "upstream", forMs: 5000, told: true });
  expect([there.availability(a), there.availability(b)]).toEqual(["shut", "shut"]);
  const { error, until } = there.restOf(b) ?? expect.unreachable("no rest");
  expect(until).toBe(clock.now() + 5000);
  expect(error).toBeInstanceOf(GatewayError);
  expect(error).toMatchObject({
    kind: "budget-exhausted",
    status: refusal.status,
    message: refusal.message,
    resetsAt: 9_000_000,
    shouldRetry: false,
  });
  expect(JSON.stringify(published)).not.toContain("secret");
  clock.advance(5000);
  expect(there.availability(a)).toBe("due");
});

test("an open breaker is one of a model, and a trial that is under way there goes on", () => {
  const { clock, here, there } = setUp();
  const broken = new GatewayError("upstream-unavailable", "It failed.");
  const strike = () => here.enter(a).fail(broken, { kind: "strike" });
  for (let count = 0; count < 3; count += 1) strike();
  expect([there.availability(a), there.availability(b)]).toEqual(["doubtful", "ready"]);
  clock.advance(10_000);
  const trial = there.enter(a);
  expect(there.availability(a)).toBe("doubtful");
  strike();
  expect(there.availability(a)).toBe("doubtful");
  trial.begin();
  trial.complete();
  trial.leave();
  // The other process has seen it fail since.
  expect(there.availability(a)).toBe("doubtful");
  clock.advance(20_000);
  expect(there.availability(a)).toBe("due");
});

test("what is over, or weaker than what is known, changes nothing", () => {
  const { clock, here, there } = setUp();
  there.take("u", "a", {
    state: "resting",
    since: 0,
    until: clock.now() - 1,
    told: true,
    error: refusal,
    round: 0,
  });
  expect(there.availability(a)).toBe("ready");
  const broken = new GatewayError("upstream-unavailable", "It failed.");
  here.enter(a).fail(refusal, { kind: "rest", place: "model", forMs: 5000, told: true });
  const rest = { state: "resting", since: clock.now(), told: false, error: broken, round: 0 } as const;
  there.take("u", "a", { ...rest, until: clock.now() + 90_000 });
  expect(there.availability(a)).toBe("shut");
  // The clock of another machine goes ahead.
  there.take("u", "b", { ...rest, told: true, since: clock.now() + 500, until: clock.now() + 900 });
  expect(there.availability(b)).toBe("shut");
});

const told = { kind: "rest", place: "upstream", forMs: 5000, told: true } as const;

test("an upstream is known by what it is, not by what each calls it", () => {
  const clock = createClock();
  const published: Notice[] = [];
  const publish = (notice: Notice) => void published.push(notice);
  const here = createHealth({
    now: clock.now,
    onRest: tellRests({ publish }, (name) => `server of ${name}`),
  });
  here.enter(a).fail(refusal, told);
  const there = createHealth({ now: clock.now });
  const subscribe: Notices["subscribe"] = (_kind, take) => {
    published.forEach((notice) => take(notice));
    return () => {};
  };
  const identities: Readonly<Record<string, string>> = { u: "another", v: "server of u", w: "server of u" };
  followRests(
    { subscribe },
    there,
    () => Object.keys(identities),
    (name) => identities[name] ?? "",
  );
  expect(["u", "v", "w"].map((name) => there.availability(leg(name, "a")))).toEqual([
    "ready",
    "shut",
    "shut",
  ]);
});

test("times are those of the clock of whoever hears them", () => {
  const hour = 3_600_000;
  const clock = createClock();
  const published: Notice[] = [];
  const publish = (notice: Notice) => void published.push(notice);
  const here = createHealth({ now: clock.now, onRest: tellRests({ publish }) });
  const error = new GatewayError("budget-exhausted", "Spent.", { resetsAt: clock.now() + 5000 });
  here.enter(a).fail(error, told);
  // Its clock goes an hour behind, and what brings the notices knows that.
  const late = createClock(clock.now() - hour);
  const there = createHealth({ now: late.now });
  const subscribe: Notices["subscribe"] = (_kind, take) => {
    for (const notice of published) take({ ...notice, until: notice.until - hour });
    return () => {};
  };
  followRests({ subscribe }, there, () => ["u"]);
  const { since, until, error: heard } = there.restOf(a) ?? expect.unreachable("no rest");
  expect([since, until, heard.resetsAt]).toEqual([late.now(), late.now() + 5000, late.now() + 5000]);
});

test("what an upstream has said is for all gateways, and what may be our own trouble is not", () => {
  const { clock, here, published } = setUp();
  const broken = new GatewayError("upstream-unavailable", "It failed.");
  const busy = new GatewayError("rate-limited", "Too many at once.");
  for (let count = 0; count < 3; count += 1) here.enter(a).fail(broken, { kind: "strike" });
  here.enter(b).fail(busy, { ...told, place: "model", told: false });
  clock.advance(5000);
  here.enter(b).fail(broken, { ...told, place: "model" });
  expect(published.map(({ isLocal }) => isLocal)).toEqual([true, false, false]);
});

test("a rest that ends before its time ends there too, and takes the place of what was told of it", () => {
  const { here, there, published, tellOver } = setUp();
  here.enter(a).fail(refusal, { kind: "rest", place: "upstream", forMs: 5000, told: true });
  expect(there.availability(b)).toBe("shut");
  for (const rest of here.rests()) tellOver(rest);
  expect([there.availability(a), there.availability(b), there.rests()]).toEqual(["ready", "ready", []]);
  const [first, second, ...more] = published.map(({ kind, key, isLocal }) => [kind, key, isLocal]);
  expect([first, more]).toEqual([["rest", '["u",null]', false], []]);
  expect(second).toEqual(first);
});

/** What no version of this program has said yet. */
const strange: readonly unknown[] = [
  null,
  { upstream: "u" },
  { identity: "u", since: 0, until: 1, told: true, round: 0, error: { kind: "new", message: "" } },
];
const subscribeStrange: Notices["subscribe"] = (_kind, take) => {
  for (const value of strange) take({ kind: "rest", key: "u", value, until: Infinity });
  return () => {};
};

test("what another version says otherwise is left alone", () => {
  const health = createHealth({ now: createClock().now });
  followRests({ subscribe: subscribeStrange }, health, () => ["u"]);
  expect(health.rests()).toEqual([]);
});
