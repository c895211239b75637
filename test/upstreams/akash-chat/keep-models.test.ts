/** The keeper of the list by itself: what it gives, when it asks, what it says in the log. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { GatewayError } from "../../../src/errors.ts";
import type { ModelInfo } from "../../../src/model/model-info.ts";
import type { ListQuality, ModelList } from "../../../src/upstreams/akash-chat/decode-models.ts";
import { createModels, type Models } from "../../../src/upstreams/akash-chat/models.ts";
import { createManualTimers } from "./support/manual-timers.ts";

const forever = new AbortController().signal;
const patience = 5000;
const longest = 60_000;

const chat = (id: string, backEndId?: string): ModelInfo => ({
  id,
  kind: "chat",
  ...(backEndId === undefined ? {} : { backEndId }),
});
const image: ModelInfo = { id: "AkashGen", kind: "image" };

const lists = {
  good: { quality: "good", models: [chat("a", "org/a"), chat("b"), image] },
  raw: { quality: "raw", models: [chat("org/a"), chat("b"), chat("org/hidden")] },
  "no-chat": { quality: "no-chat", models: [image] },
  guess: { quality: "guess", models: [chat("old")] },
} as const satisfies Record<ListQuality, ModelList>;

type Answer = ListQuality | "empty" | "error" | "hang";

/** A keeper over an upstream that answers as `answer` says, with a clock and timers of the test. */
function setUp(options: { cacheMs?: number } = {}) {
  const timers = createManualTimers();
  const logged: string[] = [];
  const say =
    (level: string) =>
    (_details: object, message: string): void =>
      void logged.push(`${level}: ${message}`);
  const world = {
    time: 1_000_000,
    answer: "good" as Answer,
    /** When each request for the list began, and whether anything was known by then. */
    asked: [] as { readonly at: number; readonly cold: boolean }[],
    flying: 0,
    mostFlying: 0,
  };
  const hanging = new Set<(list: ModelList) => void>();
  const models = createModels({
    cacheMs: options.cacheMs ?? 600_000,
    now: () => world.time,
    startTimer: timers.start,
    log: { debug() {}, info: say("info"), warn: say("warn") },
    async fetch(signal, { cold }) {
      world.asked.push({ at: world.time, cold });
      world.flying += 1;
      world.mostFlying = Math.max(world.mostFlying, world.flying);
      try {
        return await answerNow(signal);
      } finally {
        world.flying -= 1;
      }
    },
  });
  async function answerNow(signal: AbortSignal): Promise<ModelList | undefined> {
    await Promise.resolve();
    if (signal.aborted) throw new GatewayError("aborted", "gone");
    if (world.answer === "error") throw new GatewayError("upstream-unavailable", "down");
    if (world.answer === "empty") return undefined;
    if (world.answer !== "hang") return lists[world.answer];
    return new Promise((resolve, reject) => {
      hanging.add(resolve);
      signal.addEventListener("abort", () => reject(new GatewayError("aborted", "gone")));
    });
  }
  return {
    world,
    models,
    timers,
    logged,
    /** Lets what hangs answer after all. */
    release: (quality: ListQuality) => {
      for (const resolve of hanging) resolve(lists[quality]);
    },
  };
}

/** Lets all that needs no timer happen. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
const idsOf = (models: readonly ModelInfo[]) => models.map(({ id }) => id);
const list = async (models: Models) => idsOf(await models.list(forever));
const usual = ["a", "b", "AkashGen"];

describe("a list that is known", () => {
  test.each(["hang", "error", "empty", "raw", "no-chat", "guess"] as const)(
    "is given at once when it is old and the upstream answers: %s",
    async (answer) => {
      const { world, models, timers } = setUp();
      await list(models);
      world.answer = answer;
      for (let count = 0; count < 100; count += 1) {
        world.time += 600_000;
        expect(await list(models)).toEqual(usual);
        await settle();
        if (timers.running.includes(longest)) timers.expire(longest);
        await settle();
      }
      expect(world.asked).toHaveLength(101);
      expect(world.mostFlying).toBe(1);
      world.answer = "good";
      expect(timers.running).toEqual([]);
    },
  );

  test("is asked for once while the upstream hangs, and again a while after that was given up", async () => {
    const { world, models, timers } = setUp();
    await list(models);
    world.answer = "hang";
    world.time += 600_000;
    for (let count = 0; count < 50; count += 1) await list(models);
    expect(world.asked).toHaveLength(2);
    timers.expire(longest);
    await settle();
    await list(models);
    expect(world.asked).toHaveLength(2);
    world.time += 15_000;
    await list(models);
    expect(world.asked).toHaveLength(3);
  });

  test("is not kept for ever when the clock is set back", async () => {
    const { world, models } = setUp();
    await list(models);
    world.time -= 3_600_000;
    await list(models);
    expect(world.asked).toHaveLength(2);
  });

  test("with MODELS_CACHE_MS=0 is asked for with each request, which waits a few seconds at most", async () => {
    const { world, models, timers } = setUp({ cacheMs: 0 });
    await list(models);
    await list(models);
    expect(world.asked).toHaveLength(2);
    world.answer = "hang";
    const late = list(models);
    expect(await Promise.race([late, settle()])).toBeUndefined();
    timers.expire(patience);
    expect(await late).toEqual(usual);
    expect(await list(models)).toEqual(usual);
    expect(world.asked).toHaveLength(3);
  });
});

describe("a start without a list", () => {
  test("waits a few seconds at most, once, while the list still comes", async () => {
    const { world, models, timers, release } = setUp();
    world.answer = "hang";
    const first = Promise.all([models.list(forever), models.refresh(forever)]);
    const failure = expect(first).rejects.toMatchObject({ kind: "upstream-timeout" });
    timers.expire(patience);
    await failure;
    expect(timers.running).toEqual([longest]);
    // No timer is left that could end these: they don't wait.
    for (let count = 0; count < 50; count += 1) {
      await expect(models.list(forever)).rejects.toMatchObject({ kind: "upstream-timeout" });
    }
    expect(world.asked).toHaveLength(1);
    release("good");
    await settle();
    expect(await list(models)).toEqual(usual);
    expect(timers.running).toEqual([]);
  });

  test.each([
    ["error", "upstream-unavailable"],
    ["empty", "overloaded"],
  ] as const)("remembers a failure (%s) for a while", async (answer, kind) => {
    const { world, models } = setUp();
    world.answer = answer;
    for (let count = 0; count < 50; count += 1) {
      await expect(models.list(forever)).rejects.toMatchObject({ kind });
      await expect(models.refresh(forever)).rejects.toMatchObject({ kind });
    }
    expect(world.asked).toHaveLength(1);
    world.answer = "good";
    world.time += 15_000;
    expect(await list(models)).toEqual(usual);
  });

  test("a caller that leaves does not end the request of the others", async () => {
    const { world, models, release } = setUp();
    world.answer = "hang";
    const leaving = new AbortController();
    const left = expect(models.list(leaving.signal)).rejects.toMatchObject({ kind: "aborted" });
    leaving.abort();
    await left;
    const staying = list(models);
    await settle();
    release("good");
    expect(await staying).toEqual(usual);
    expect(world.asked).toHaveLength(1);
  });

  test("asks for any list as long as no chat model is known", async () => {
    const { world, models } = setUp();
    world.answer = "no-chat";
    expect(await list(models)).toEqual(["AkashGen"]);
    world.answer = "good";
    world.time += 15_000;
    await models.refresh(forever);
    await models.refresh(forever);
    world.time += 600_000;
    await models.refresh(forever);
    expect(world.asked.map(({ cold }) => cold)).toEqual([true, true, false]);
  });
});

describe("refreshing", () => {
  test("a flood asks once in 15 s", async () => {
    const { world, models } = setUp();
    await list(models);
    for (let second = 0; second < 60; second += 1) {
      world.time += 1000;
      await Promise.all(Array.from({ length: 1000 }, () => models.refresh(forever)));
    }
    expect(world.asked.map(({ at }) => at - 1_000_000)).toEqual([0, 15_000, 30_000, 45_000, 60_000]);
  });

  test("waits a few seconds at most, and gives the list that is known", async () => {
    const { world, models, timers } = setUp();
    await list(models);
    world.answer = "hang";
    world.time += 15_000;
    const waiting = models.refresh(forever);
    timers.expire(patience);
    expect(idsOf(await waiting)).toEqual(usual);
    expect(idsOf(await models.refresh(forever))).toEqual(usual);
    expect(world.asked).toHaveLength(2);
  });
});

describe("a list that the upstream made up", () => {
  test("leaves the good one in its place, and says by which id a model is asked for", async () => {
    const { world, models } = setUp();
    await list(models);
    expect(models.wireIds("a")).toEqual({ likely: "a", other: "org/a" });
    world.answer = "raw";
    world.time += 600_000;
    await models.refresh(forever);
    expect(await list(models)).toEqual(usual);
    expect(models.wireIds("a")).toEqual({ likely: "org/a", other: "a" });
    expect(models.wireIds("b")).toEqual({ likely: "b", other: undefined });
    expect(models.wireIds("unknown")).toEqual({ likely: "unknown", other: undefined });
    world.answer = "good";
    world.time += 15_000;
    await models.refresh(forever);
    expect(models.wireIds("a")).toEqual({ likely: "a", other: "org/a" });
  });

  test("is offered where there never was a good one, and only said once", async () => {
    const { world, models, logged } = setUp();
    world.answer = "raw";
    for (let count = 0; count < 100; count += 1) {
      expect(await list(models)).toEqual(["org/a", "b", "org/hidden"]);
      expect(models.wireIds("org/a")).toEqual({ likely: "org/a", other: undefined });
      await settle();
      world.time += 15_000;
    }
    expect(world.asked).toHaveLength(100);
    expect(logged).toEqual([expect.stringMatching(/^info: /)]);
  });
});

test("a list without chat models takes the place of none that has some", async () => {
  const { world, models } = setUp();
  for (const [answer, expected] of [
    ["no-chat", ["AkashGen"]],
    ["guess", ["old"]],
    ["no-chat", ["old"]],
    ["raw", ["org/a", "b", "org/hidden"]],
    ["no-chat", ["org/a", "b", "org/hidden"]],
    ["good", usual],
    ["no-chat", usual],
  ] as const) {
    world.answer = answer;
    world.time += 600_000;
    expect(idsOf(await models.refresh(forever))).toEqual(expected);
  }
});

test("changes are told once each", async () => {
  const { world, models, logged } = setUp();
  for (const answer of ["error", "error", "good", "good", "raw", "raw", "empty", "error", "good"] as const) {
    world.answer = answer;
    world.time += 600_000;
    await models.refresh(forever).catch(() => {});
  }
  expect(logged).toEqual([
    expect.stringMatching(/^warn: there is no list/),
    expect.stringMatching(/^info: .* in order again/),
    expect.stringMatching(/^warn: .* makes .* up .* good one stays/),
    expect.stringMatching(/^warn: .* could not be renewed/),
    expect.stringMatching(/^info: .* in order again/),
  ]);
});

test("closing ends what hangs, silently, and leaves no timer", async () => {
  const { world, models, timers, logged } = setUp();
  await list(models);
  world.answer = "hang";
  world.time += 600_000;
  await list(models);
  models.close();
  await settle();
  expect([timers.running, world.flying, logged]).toEqual([[], 0, []]);
  world.time += 600_000;
  expect(await list(models)).toEqual(usual);
  await settle();
  expect([timers.running, world.flying, logged]).toEqual([[], 0, []]);
});

/** What can happen: time passes, the upstream changes, somebody asks, a model is refused, a hanging reply is given up. */
const step = fc.oneof(
  fc.record({ type: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 700_000 }) }),
  fc.record({
    type: fc.constant("answer" as const),
    answer: fc.constantFrom<Answer>("good", "raw", "no-chat", "guess", "empty", "error", "hang"),
  }),
  fc.record({ type: fc.constantFrom("list" as const, "refresh" as const, "doubt" as const) }),
  fc.record({ type: fc.constantFrom("lose patience" as const, "give up" as const) }),
);

test("whatever happens: one request at a time, a pause between two, no good list lost, nobody kept waiting", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const { world, models, timers } = setUp();
      let hadGood = false;
      let landed = Number.NEGATIVE_INFINITY;
      for (const now of steps) {
        const before = world.asked.length;
        const idle = world.flying === 0;
        if (now.type === "wait") world.time += now.ms;
        else if (now.type === "answer") world.answer = now.answer;
        else if (now.type === "doubt") models.doubt();
        else if (now.type === "lose patience" || now.type === "give up") {
          const length = now.type === "give up" ? longest : patience;
          if (timers.running.includes(length)) timers.expire(length);
        } else {
          const asking = models[now.type](forever).then(idsOf, (error: unknown) => error);
          await settle();
          if (timers.running.includes(patience)) timers.expire(patience);
          const given = await asking;
          if (hadGood) expect(given).toEqual(usual);
          else expect(Array.isArray(given) || given instanceof GatewayError).toBe(true);
        }
        await settle();
        // Between a landing and the next request there is a pause, whoever asks.
        if (world.asked.length > before) {
          expect(idle).toBe(true);
          expect(world.asked.length).toBe(before + 1);
          expect(world.time - landed).toBeGreaterThanOrEqual(15_000);
        }
        if (world.flying === 0 && (!idle || world.asked.length > before)) landed = world.time;
        if (world.flying === 0 && world.asked.length > before && world.answer === "good") hadGood = true;
      }
      expect(world.mostFlying).toBeLessThanOrEqual(1);

      // Whatever was, the list is in order soon after the upstream is.
      world.answer = "good";
      if (timers.running.includes(longest)) timers.expire(longest);
      await settle();
      world.time += 15_000;
      await models.refresh(forever);
      expect(await list(models)).toEqual(usual);
      expect(models.wireIds("a").likely).toBe("a");
      expect(timers.running).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
