import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { pino } from "pino";
import { expect, test } from "vitest";
import type { ResponseObject } from "../../src/dialects/openai-responses/wire.ts";
import type { EventBatch } from "../../src/model/events.ts";
import { createBackgroundRuns } from "../../src/responses/background-runs.ts";
import type { RunOptions } from "../../src/responses/held-run.ts";
import { findStored } from "../../src/responses/stored-response.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { makeWriter } from "../dialects/openai-responses/make-writer.ts";
import { aborted, createGate } from "../support/gate.ts";
import { toSource } from "../support/sources.ts";
import { textAnswer } from "../support/start-edge.ts";

/** An answer that never comes, and ends with its caller. */
async function* silence(signal: AbortSignal): AsyncGenerator<EventBatch> {
  yield [{ type: "response-start", model: "m" }];
  await aborted(signal);
  throw signal.reason;
}

function options(saved: ResponseObject[], more: Partial<RunOptions> = {}): RunOptions {
  return {
    writer: makeWriter({ background: true }),
    inputItems: [],
    start: (signal) => toSource(silence(signal)),
    save: async (response) => {
      saved.push(response);
      return undefined;
    },
    unsave: async () => true,
    ...more,
  };
}

test("a shutdown ends what runs as failed, and waits until that is stored", async () => {
  const runs = createBackgroundRuns();
  const saved: ResponseObject[] = [];
  await runs.start(options(saved));
  await runs.close();
  expect(saved.map(({ status }) => status)).toEqual(["queued", "failed"]);
  expect(saved[1]?.error?.message).toMatch(/shut down/);
});

test("one that is ended before it was stored as queued asks nothing of the upstream", async () => {
  const runs = createBackgroundRuns();
  const gate = createGate();
  let asked = 0;
  const started = runs.start(
    options([], {
      save: async () => {
        await gate.promise;
        return undefined;
      },
      start(signal) {
        asked += 1;
        return toSource(silence(signal));
      },
    }),
  );
  const closed = runs.close();
  gate.open();
  await closed;
  expect((await started).response.status).toBe("failed");
  expect(asked).toBe(0);
});

test("no more than a bounded number runs at once", async () => {
  const runs = createBackgroundRuns();
  for (let count = 0; count < 100; count += 1) {
    const writer = makeWriter({ background: true });
    const id = `resp_${count}`;
    await runs.start(
      options([], { writer: { ...writer, queue: () => [], response: () => ({ ...writer.response(), id }) } }),
    );
  }
  await expect(runs.start(options([]))).rejects.toMatchObject({ kind: "overloaded", status: 503 });
  await runs.close();
});

test("a run whose answer ends without a finish has failed", async () => {
  const runs = createBackgroundRuns();
  const saved: ResponseObject[] = [];
  const run = await runs.start(
    options(saved, {
      start: () => toSource(textAnswer("half").slice(0, 1)),
    }),
  );
  const { signal } = new AbortController();
  while (!run.ended) await run.changed(run.events.length, signal);
  expect(run.response).toMatchObject({ status: "failed", error: { code: "server_error" } });
});

test("a response that ran when an earlier process ended is found failed, and stays so", async () => {
  const store = createMemoryStore(5);
  const stored = {
    id: "resp_1",
    previousId: undefined,
    createdAt: 1,
    response: { id: "resp_1", status: "in_progress", background: true },
    inputItems: [],
  };
  await store.put(stored);
  const found = await findStored({ store, runs: createBackgroundRuns() }, "resp_1", pino({ enabled: false }));
  expect(found.response).toMatchObject({ status: "failed", error: { code: "server_error" } });
  expect(await store.get("resp_1")).toEqual(found);
});

test("one that has ended can be found, and holds nothing that it ran with", async () => {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("no gc");
  const runs = createBackgroundRuns();

  async function run(): Promise<{ id: string; request: WeakRef<object> }> {
    const request = { of: "the client" };
    const ended = createGate();
    const given = options([], {
      start: () => toSource(textAnswer("Hi")),
      onEnd: () => {
        expect(request.of).toBe("the client");
        ended.open();
      },
    });
    const { response } = await runs.start(given);
    await ended.promise;
    return { id: response.id, request: new WeakRef(request) };
  }
  const { id, request } = await run();
  for (let turns = 0; turns < 20 && request.deref() !== undefined; turns += 1) {
    await turn();
    Reflect.apply(collect, undefined, []);
  }
  expect(request.deref()).toBeUndefined();
  const found = runs.findOwn(id);
  expect(found).toMatchObject({ ended: true, stored: true, response: { status: "completed" } });
  await found?.cancel();
  expect(found?.events.at(-1)).toMatchObject({ type: "response.completed" });
});
