import { pino } from "pino";
import { expect, test } from "vitest";

import type { EventBatch } from "../../src/model/events.ts";
import { createBackgroundRuns, ownRuns } from "../../src/responses/background-runs.ts";
import { createRunFollower } from "../../src/responses/follow-runs.ts";
import { createRunSharer } from "../../src/responses/share-runs.ts";
import { createMemoryRuns } from "../../src/store/memory/memory-runs.ts";
import { makeWriter } from "../dialects/openai-responses/make-writer.ts";
import { createVirtualTime } from "../support/create-virtual-time.ts";
import { aborted } from "../support/gate.ts";
import { toSource } from "../support/sources.ts";

async function* silence(signal: AbortSignal): AsyncGenerator<EventBatch> {
  yield [{ type: "response-start", model: "m" }];
  await aborted(signal);
  throw signal.reason;
}

test("whose run it is holds at all processes", async () => {
  const time = createVirtualTime();
  const store = createMemoryRuns({ now: time.now });
  const log = pino({ enabled: false });
  const [one, other] = ["one", "other"].map((process) => {
    const options = { runs: store, process, log, startTimer: time.createProcess().startTimer };
    return createBackgroundRuns({
      sharer: createRunSharer(options),
      follower: createRunFollower(options),
    });
  });
  if (one === undefined || other === undefined) throw new Error("there are two");
  const saved: unknown[] = [];
  await ownRuns(one, "key_a").start({
    writer: makeWriter({ background: true }),
    inputItems: [],
    start: (signal) => toSource(silence(signal)),
    save: async ({ status }) => {
      saved.push(status);
      return undefined;
    },
    unsave: async () => true,
  });
  for (const runs of [one, other]) {
    expect(await runs.find("resp_1")).toMatchObject({ owner: "key_a" });
    expect(await ownRuns(runs, "key_a").find("resp_1")).toMatchObject({ owner: "key_a" });
    expect(await ownRuns(runs, "key_b").find("resp_1")).toBeUndefined();
    expect(ownRuns(runs, "key_b").findOwn("resp_1")).toBeUndefined();
  }
  expect(other.findOwn("resp_1")).toBeUndefined();
  const run = await ownRuns(other, "key_a").find("resp_1");
  await time.until(run?.cancel() ?? Promise.reject(new Error("it is there")));
  expect(run?.response).toMatchObject({ status: "cancelled" });
  await time.untilTrue(async () => one.findOwn("resp_1") === undefined);
  expect(saved).toEqual(["queued", "cancelled"]);
  await one.close();
});
