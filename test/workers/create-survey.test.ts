import { expect, test } from "vitest";

import { createSurvey, createSurveyRelay } from "../../src/workers/create-survey.ts";
import { createLinkPair } from "../support/link-pair.ts";

const add = (one: unknown, other: unknown): unknown => Number(one) + Number(other);

function setUp() {
  const timers: (() => void)[] = [];
  const relay = createSurveyRelay(
    (_ms, expire) => {
      timers.push(expire);
      return () => void timers.splice(timers.indexOf(expire), 1);
    },
    { count: add },
  );
  return {
    timers,
    join: (value: () => unknown) => {
      const { links, close } = createLinkPair();
      relay.join(links[1].lane("survey"));
      const survey = createSurvey(links[0].lane("survey"));
      survey.answer("count", value, value);
      survey.answer("now", value);
      return { ...survey, die: close };
    },
  };
}

async function turns(): Promise<void> {
  for (let count = 0; count < 6; count += 1) await new Promise(setImmediate);
}

test("all others answer, each for itself", async () => {
  const { join } = setUp();
  const [one, two] = [join(() => 1), join(() => Promise.resolve(2))];
  join(() => 3);
  expect(await one.ask("count")).toEqual([2, 3]);
  expect(await two.ask("now")).toEqual([1, 3]);
  expect(await two.ask("unknown")).toEqual([]);
});

test("one alone has no answers", async () => {
  expect(
    await setUp()
      .join(() => 1)
      .ask("count"),
  ).toEqual([]);
});

test("who fails, dies or does not answer in time is left out", async () => {
  const { join, timers } = setUp();
  const one = join(() => 1);
  const failing = join(() => Promise.reject(new Error("no")));
  const dying = join(() => new Promise(() => {}));
  join(() => 4);
  const first = one.ask("count");
  await turns();
  dying.die();
  expect(await first).toEqual([4]);
  failing.answer("count", () => new Promise(() => {}));
  const second = one.ask("count");
  await turns();
  timers[0]?.();
  expect(await second).toEqual([4]);
  expect(timers).toEqual([]);
});

test("who goes while it is asked answers by what it leaves", async () => {
  const { join } = setUp();
  const one = join(() => 1);
  const going = join(() => 10);
  const never = new Promise(() => {});
  going.answer(
    "count",
    () => never,
    () => 10,
  );
  const asked = one.ask("count");
  await turns();
  await going.leave();
  expect(await asked).toEqual([10]);
  expect(await one.ask("count")).toEqual([10]);
});

test("what has been counts on when a process goes, once; what is only now does not", async () => {
  const { join } = setUp();
  const one = join(() => 1);
  for (const value of [10, 20]) {
    const going = join(() => value);
    await going.leave();
    await turns();
    going.die();
  }
  expect(await one.ask("count")).toEqual([30]);
  expect(await one.ask("now")).toEqual([]);
});
