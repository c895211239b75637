import { expect, test } from "vitest";

import type { LedgerActivity } from "../../../src/ledger/activity.ts";
import { createActivityReader } from "../../../src/server/status/create-activity-reader.ts";
import { windowAt } from "../../../src/server/status/spans.ts";
import { createGate, type Gate } from "../../support/gate.ts";

const window = windowAt("24h", Date.parse("2026-11-27T17:08:00Z"));

/** A ledger that answers when it is told to, and a clock that goes when it is told to. */
function start() {
  const asked: Gate<LedgerActivity>[] = [];
  const clock = { now: 0 };
  const reader = createActivityReader(
    {
      activity() {
        const gate = createGate<LedgerActivity>();
        asked.push(gate);
        return gate.promise;
      },
    },
    () => clock.now,
  );
  const read = async (key?: string) => (await reader.read("24h", window, key)).activity.errors[0]?.error;
  /** The ledger answers its question of this number, after so long. */
  async function answer(index: number, tookMs: number): Promise<void> {
    clock.now += tookMs;
    const name = `answer ${index}`;
    const errors = [{ error: name, failed: 1, refused: 0 }];
    asked[index]?.open({ all: undefined, steps: [], models: [], upstreams: [], errors });
    await asked[index]?.promise;
  }
  // Observers learn more than this one looks at.
  const happen = () => reader.observer.end({} as Parameters<typeof reader.observer.end>[0]);
  return { asked, clock, read, answer, happen };
}

test("the ledger is asked once for all who ask meanwhile, and for each key apart", async () => {
  const { asked, read, answer } = start();
  const all = Promise.all([read(), read(), read("key_1")]);
  await answer(0, 1);
  await answer(1, 0);
  expect(await all).toEqual(["answer 0", "answer 0", "answer 1"]);
  expect(asked).toHaveLength(2);
});

test("it is asked again when something has happened, or a second later, and no more than a twentieth of the time", async () => {
  const { asked, clock, read, answer, happen } = start();
  const first = read();
  await answer(0, 10);
  expect(await first).toBe("answer 0");
  clock.now = 300;
  expect(await read()).toBe("answer 0");
  happen();
  clock.now = 190;
  expect(await read()).toBe("answer 0");
  clock.now = 200;
  const second = read();
  await answer(1, 10);
  expect(await second).toBe("answer 1");
  clock.now += 1000;
  const third = read();
  await answer(2, 1);
  expect(await third).toBe("answer 2");
  expect(asked).toHaveLength(3);
});

test("of a slow ledger what was last read is told, until it has answered anew", async () => {
  const { clock, read, answer } = start();
  const first = read();
  await answer(0, 2000);
  expect(await first).toBe("answer 0");
  clock.now += 40_000;
  expect([await read(), await read()]).toEqual(["answer 0", "answer 0"]);
  await answer(1, 2000);
  await expect.poll(() => read()).toBe("answer 1");
});

const at = (time: string) => windowAt("24h", Date.parse(time));

test("a window ends with the step in which it is now, so that steps stay what they are", () => {
  expect(at("2026-11-27T17:08:00Z")).toEqual({
    from: Date.parse("2026-11-26T17:30:00Z"),
    to: Date.parse("2026-11-27T17:30:00Z"),
    stepMs: 1_800_000,
  });
  expect(at("2026-11-27T17:29:59Z")).toEqual(at("2026-11-27T17:00:00Z"));
  expect(at("2026-11-27T17:30:00Z").to).toBe(Date.parse("2026-11-27T18:00:00Z"));
});
