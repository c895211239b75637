import { describe, expect, test } from "vitest";

import { GatewayError } from "../../src/errors.ts";
import type { EventBatch } from "../../src/model/events.ts";
import type { Attempt } from "../../src/model/attempt.ts";
import type { Leg } from "../../src/model/leg.ts";
import { createConversations } from "../../src/routing/conversations.ts";
import { createHealth } from "../../src/routing/health.ts";
import { RouteError } from "../../src/routing/route-error.ts";
import { attemptLegs } from "../../src/routing/run-attempts.ts";
import { aborted } from "../support/gate.ts";
import {
  answerOf,
  createClock,
  failing,
  type IteratedOptions,
  leg,
  readAll,
  runAttempts,
  textOf,
} from "./support/legs.ts";

const unavailable = new GatewayError("upstream-unavailable", "It failed.", { status: 503 });

async function* giving(batches: readonly EventBatch[]): AsyncGenerator<EventBatch, void, undefined> {
  yield* batches;
}

/** Legs `first`, `second`, …, each with what it does. */
function start(
  deeds: readonly ((signal: AbortSignal) => AsyncIterable<EventBatch>)[],
  options: Partial<IteratedOptions> = {},
) {
  const clock = createClock();
  const health = createHealth({ now: clock.now });
  const controller = new AbortController();
  const asked: string[] = [];
  const attempts: Attempt[] = [];
  const legs = ["first", "second", "third"].slice(0, deeds.length).map((name) => leg(name, "m"));
  const run = (change: Partial<IteratedOptions> = {}) =>
    runAttempts(
      {
        legs,
        async ask(one, { signal }) {
          const deed = deeds[legs.findIndex(({ upstream }) => upstream === one.upstream)];
          asked.push(one.upstream);
          clock.advance(7);
          return deed === undefined ? failing(new Error("There is no such leg.")) : deed(signal);
        },
        signal: controller.signal,
        health,
        now: clock.now,
        onAttempt: (attempt) => attempts.push(attempt),
        ...options,
        ...change,
      },
      () => controller.abort(),
    );
  return { clock, health, controller, asked, attempts, legs, run };
}

const answers = (name: string) => () => giving(answerOf(name));
const fails = (error: unknown) => () => failing(error);

/** Says nothing until it is aborted. */
async function* silent(signal: AbortSignal): AsyncGenerator<EventBatch, void, undefined> {
  await aborted(signal);
  yield* failing(new GatewayError("upstream-unavailable", "Its socket was closed."));
}

/** Says its first words, and nothing more. */
async function* beginning(signal: AbortSignal): AsyncGenerator<EventBatch, void, undefined> {
  yield* answerOf("first").slice(0, 1);
  yield* silent(signal);
}

/** Legs that their upstreams told to leave alone. */
function shut(kind: "rate-limited" | "budget-exhausted" | "overloaded", forMs: readonly number[]) {
  const world = start([answers("first"), answers("second")].slice(0, forMs.length));
  for (const [at, ms] of forMs.entries()) {
    const error = new GatewayError(kind, "Words of then.", { retryAfterMs: ms });
    world.health
      .enter(world.legs[at] as Leg)
      .fail(error, { kind: "rest", place: "upstream", forMs: ms, told: true });
  }
  return world;
}

describe("tries", () => {
  test("are told before the answer is given, with what came of them and when", async () => {
    const { run, attempts } = start([fails(unavailable), answers("second")]);
    const answer = run();
    await answer.next();
    expect(attempts).toEqual([
      { upstream: "first", model: "m", outcome: "upstream-unavailable", ms: 7 },
      { upstream: "second", model: "m", outcome: "answered", ms: 7 },
    ]);
    const { batches } = await readAll(answer);
    expect(batches.at(-1)?.at(-1)?.type).toBe("finish");
    // What failed is let go; what is whole is read to its end, so that its connection can be used again.
  });

  test("stand on the last error, and in its words; those of a single try stay as they are", async () => {
    const limit = new GatewayError("rate-limited", "Too fast.", { retryAfterMs: 9000, cause: "x" });
    const two = start([fails(unavailable), fails(limit)]);
    const { error } = await readAll(two.run());
    expect(error).toBeInstanceOf(RouteError);
    expect(error).toMatchObject({
      kind: "rate-limited",
      status: 429,
      retryAfterMs: 9000,
      message: "Too fast. (Tried before: first (m): it failed.)",
      attempts: two.attempts,
      cause: limit,
    });
    const one = start([fails(limit)]);
    expect((await readAll(one.run())).error).toMatchObject({ message: "Too fast.", cause: "x" });
  });

  test("a fault of the gateway is none of a leg: it is told as such, and nobody else is asked", async () => {
    const { run, asked, health, legs } = start([fails(new TypeError("x")), answers("second")]);
    expect((await readAll(run())).error).toMatchObject({
      kind: "internal",
      attempts: [{ outcome: "internal" }],
    });
    expect(asked).toEqual(["first"]);
    expect(health.availability(legs[0] as Leg)).toBe("ready");
  });

  test("a failure to ask at all is a failure", async () => {
    const { run } = start([
      () => {
        throw unavailable;
      },
      answers("second"),
    ]);
    expect(textOf((await readAll(run())).batches)).toBe("second!");
  });

  test("without legs nobody has the model", async () => {
    expect((await readAll(start([]).run())).error).toMatchObject({
      kind: "model-not-found",
      param: "model",
      shouldRetry: false,
    });
  });

  test("once more at the same leg, once in all, and not where the breaker has opened", async () => {
    const again = new GatewayError("upstream-unavailable", "Once more.", { retry: "same" });
    const one = start([fails(again), fails(again), fails(again)]);
    await readAll(one.run());
    expect(one.asked).toEqual(["first", "first", "second", "third"]);
    await readAll(one.run());
    // The third failure of the first was enough, and it is not asked again before the others.
    expect(one.asked.slice(4)).toEqual(["first", "second", "second", "third"]);
  });

  test("a prompt too long goes to a larger window alone, by its tokens where the window is not known", async () => {
    const tooLong = new GatewayError("context-length", "Too long.", { tokens: { count: 900, maximum: 500 } });
    const widths = [undefined, 400, 500, 501, 800];
    const legs = widths.map((width, at) =>
      leg(`u${at}`, "m", width === undefined ? {} : { contextLength: width }),
    );
    const asked: string[] = [];
    const { run } = start([], {
      legs,
      async ask({ upstream }) {
        asked.push(upstream);
        return upstream === "u3" ? failing(unavailable) : failing(tooLong);
      },
    });
    const { error } = await readAll(run());
    expect(asked).toEqual(["u0", "u3", "u4"]);
    expect(error).toMatchObject({ kind: "context-length", tokens: { count: 900 } });
  });
});

describe("an answer", () => {
  test("begins with the first events: empty batches are none", async () => {
    const { run, asked } = start([() => failing(unavailable, [[], []]), answers("second")]);
    expect(textOf((await readAll(run())).batches)).toBe("second!");
    expect(asked).toEqual(["first", "second"]);
  });

  test("is whole with its finish, whatever its upstream does behind it", async () => {
    const more = answerOf("more");
    for (const deed of [
      () => failing(unavailable, answerOf("first")),
      () => giving([...answerOf("first"), ...more]),
    ]) {
      const { run, health, legs } = start([deed, answers("second")]);
      const { batches, error } = await readAll(run());
      expect([textOf(batches), error]).toEqual(["first!", undefined]);
      expect(health.availability(legs[0] as Leg)).toBe("ready");
    }
  });

  test("without an end is a failure, also an empty one", async () => {
    const cut = start([() => giving(answerOf("first").slice(0, 1)), answers("second")]);
    expect((await readAll(cut.run())).error).toMatchObject({ kind: "upstream-truncated" });
    expect(cut.asked).toEqual(["first"]);
    const empty = start([() => giving([]), answers("second")]);
    expect(textOf((await readAll(empty.run())).batches)).toBe("second!");
    expect(empty.attempts[0]).toMatchObject({ outcome: "upstream-truncated" });
  });
});

describe("who leaves", () => {
  test("before the first try has nobody asked", async () => {
    const { run, controller, asked } = start([answers("first")]);
    controller.abort();
    expect((await readAll(run())).error).toMatchObject({ kind: "aborted", attempts: [] });
    expect(asked).toEqual([]);
  });

  test("while one is asked ends it, and nobody else is asked; the leg has no part in it", async () => {
    const { run, asked, attempts, health, legs } = start([silent, answers("second")]);
    for (let times = 0; times < 3; times += 1) {
      const controller = new AbortController();
      const reading = readAll(run({ signal: controller.signal }));
      controller.abort();
      expect((await reading).error).toMatchObject({ kind: "aborted" });
    }
    expect(asked).toEqual(["first", "first", "first"]);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(["aborted", "aborted", "aborted"]);
    expect(health.availability(legs[0] as Leg)).toBe("ready");
  });

  test("while the leg fails has nobody else asked", async () => {
    const { run, controller, asked } = start([fails(unavailable), answers("second")], {
      onAttempt: () => controller.abort(),
    });
    expect((await readAll(run())).error).toMatchObject({ kind: "aborted" });
    expect(asked).toEqual(["first"]);
  });

  test("in the middle of an answer ends it, and the leg has no part in it", async () => {
    const { run, controller, attempts, health, legs } = start([beginning]);
    const answer = run();
    expect((await answer.next()).done).toBe(false);
    const rest = readAll(answer);
    controller.abort();
    expect((await rest).error).toMatchObject({ kind: "aborted", attempts });
    expect(attempts).toMatchObject([{ outcome: "answered" }]);
    expect(health.availability(legs[0] as Leg)).toBe("ready");
  });

  test("leaves nothing at the signal of the request", async () => {
    const { run, controller } = start([fails(unavailable), answers("second")]);
    const { signal } = controller;
    let listeners = 0;
    const counted = new Proxy(signal, {
      get(target, name) {
        if (name === "addEventListener") listeners += 1;
        if (name === "removeEventListener") listeners -= 1;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    await readAll(run({ signal: counted }));
    expect(listeners).toBe(0);
  });
});

describe("the health of a leg", () => {
  test("is better from the first events on, and good with the whole answer", async () => {
    let cut = true;
    const { run, clock, health, legs } = start([
      () => (cut ? failing(unavailable, answerOf("first").slice(0, 1)) : giving(answerOf("first"))),
    ]);
    const only = legs[0] as Leg;
    for (let times = 0; times < 3; times += 1) await readAll(run());
    expect(health.availability(only)).toBe("doubtful");
    clock.advance(10_000);
    cut = false;
    const answer = run();
    await answer.next();
    expect(health.availability(only)).toBe("ready");
    await readAll(answer);
    cut = true;
    for (let times = 0; times < 2; times += 1) await readAll(run());
    expect(health.availability(only)).toBe("ready");
  });
});

describe("a conversation", () => {
  test("stays where it was answered while that leg is well, and else keeps the order", async () => {
    let down = true;
    const { run, asked, clock, health, legs } = start([
      () => (down ? failing(unavailable) : giving(answerOf("first"))),
      answers("second"),
      answers("third"),
    ]);
    const places = createConversations({ now: clock.now });
    const next = async () => {
      asked.length = 0;
      await readAll(run({ conversation: { key: "k", places } }));
      return [...asked];
    };
    expect(await next()).toEqual(["first", "second"]);
    down = false;
    expect(await next()).toEqual(["second"]);
    const second = legs[1] as Leg;
    const rest = { kind: "rest", place: "upstream", forMs: 5000, told: true } as const;
    health.enter(second).fail(unavailable, rest);
    expect(await next()).toEqual(["first"]);
    // It went on elsewhere, and that is where its beginning is now.
    clock.advance(5000);
    expect(await next()).toEqual(["first"]);
  });

  test("is not what a trial is made with", async () => {
    const { run, asked, clock, health, legs } = start([answers("first"), answers("second")]);
    const places = createConversations({ now: clock.now });
    places.keep("k", legs[1] as Leg);
    health.enter(legs[1] as Leg).fail(unavailable, { kind: "rest", place: "model", forMs: 0, told: true });
    await readAll(run({ conversation: { key: "k", places } }));
    expect(asked).toEqual(["first"]);
  });
});

describe("when all rest by their upstreams' word", () => {
  test.each([
    ["budget-exhausted", "budget-exhausted", [7_200_000, 3_600_000], 3_600_000],
    // Nobody shall sleep for so long.
    ["rate-limited", "budget-exhausted", [3_600_000, 4_000_000], 3_600_000],
    ["budget-exhausted", "rate-limited", [20_000, 7_200_000], 20_000],
    ["overloaded", "overloaded", [3_600_000, 4_000_000], 3_600_000],
  ] as const)("%s is told as %s, with the time of the first", async (kind, expected, forMs, waitMs) => {
    const { run, asked, clock } = shut(kind, forMs);
    const { error } = await readAll(run());
    expect(asked).toEqual([]);
    expect(error).toMatchObject({ kind: expected, retryAfterMs: waitMs, attempts: [] });
    expect(error).toHaveProperty(
      "resetsAt",
      expected === "budget-exhausted" ? clock.now() + waitMs : undefined,
    );
  });

  test("the only one is asked all the same, and says it itself", async () => {
    const { run, asked } = shut("rate-limited", [3_600_000]);
    await readAll(run());
    expect(asked).toEqual(["first"]);
  });

  test("it is said in words that agents take for nothing else", async () => {
    const { run } = shut("budget-exhausted", [7_200_000, 3_600_000]);
    expect((await readAll(run())).error).toHaveProperty(
      "message",
      "No upstream of this model takes requests before 2027-01-15T09:00:00Z. first (m): what it allows is used up; second (m): what it allows is used up.",
    );
  });
});

async function* say(upstream: string): AsyncGenerator<string, void, undefined> {
  yield "";
  if (upstream === "first") throw unavailable;
  yield* ["one", "two.", "behind the end"];
}

test("an answer may be made of anything: its kind tells where it begins and ends", async () => {
  const { legs, health, clock, controller, attempts } = start([silent, silent]);
  const items: string[] = [];
  await attemptLegs(
    {
      legs,
      signal: controller.signal,
      health,
      now: clock.now,
      onAttempt: (attempt) => attempts.push(attempt),
      progressOf: (item: string) => (item === "" ? "nothing" : item.endsWith(".") ? "end" : "part"),
      async ask({ upstream }, _context, give) {
        for await (const item of say(upstream)) await give(item);
      },
    },
    (item) => void items.push(item),
  );
  expect(items).toEqual(["one", "two."]);
  expect(attempts.map(({ upstream, outcome }) => `${upstream} ${outcome}`)).toEqual([
    "first upstream-unavailable",
    "second answered",
  ]);
});

test("the one try more is had once, by an upstream for what broke or by a leg that is asked again", async () => {
  const asked: string[] = [];
  const taken: boolean[] = [];
  const { run } = start([answers("first"), answers("second")], {
    async ask({ upstream }, { mayRepeat }) {
      asked.push(upstream);
      taken.push(mayRepeat());
      return failing(new GatewayError("upstream-protocol", "Ask once more.", { retry: "same" }));
    },
  });
  expect(await readAll(run())).toMatchObject({ error: { kind: "upstream-protocol" } });
  expect({ asked, taken }).toEqual({ asked: ["first", "second"], taken: [true, false] });
});
