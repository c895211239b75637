import { afterAll, expect, test, vi } from "vitest";

import { startSimulator } from "../../../src/simulator/index.ts";
import { followStatus } from "../../support/follow-status.ts";
import { createGate } from "../../support/gate.ts";
import { openStream } from "../../support/open-stream.ts";
import { get } from "../../support/post.ts";
import { startWorkers } from "../../support/start-workers.ts";

// Starts three processes.
vi.setConfig({ testTimeout: 120_000 });
afterAll(() => vi.resetConfig());

const streams = 6;

test("the status is of all workers, whoever answers, and lets a worker go that is replaced", async () => {
  const simulator = await startSimulator();
  const gate = createGate();
  async function* words() {
    yield "one ";
    await gate.promise;
    yield "two";
  }
  await using workers = await startWorkers({ AKASH_BASE_URL: simulator.url });
  for (let index = 0; index < streams; index += 1) simulator.enqueue({ text: words() });
  const body = { model: "DeepSeek-V3.2", stream: true, messages: [{ role: "user", content: "Hello" }] };
  const open = await Promise.all(
    Array.from({ length: streams }, () => openStream(`${workers.url}/v1/chat/completions`, body)),
  );
  await Promise.all(open.map((stream) => stream.readUntil("one")));
  for (let turn = 0; turn < 4; turn += 1) {
    const status = (await get(`${workers.url}/v1/status`)).json();
    expect(status.open).toHaveLength(streams);
  }
  gate.open();
  for (const stream of open) await stream.readRest();
  await using followed = await followStatus(workers.url);
  await followed.until(({ activity }) => activity?.all.requests === streams);
  workers.signal("SIGHUP");
  expect(await followed.rest()).not.toContain("error");
  await workers.line(({ event }) => event === "rolled");
  await simulator.close();
});
