import { afterAll, expect, test, vi } from "vitest";

import { startSimulator } from "../../../src/simulator/index.ts";
import { get, post } from "../../support/post.ts";
import { startWorkers, type RunningWorkers } from "../../support/start-workers.ts";
import { readVersion } from "../../../src/version.ts";
import { readMetrics } from "../../telemetry/read-metrics.ts";

// Starts five processes.
vi.setConfig({ testTimeout: 120_000 });
afterAll(() => vi.resetConfig());

const answered =
  'akashchat_requests_total{dialect="openai-chat",error="none",model="DeepSeek-V3.2",status="200"}';

async function scrape({ url }: RunningWorkers) {
  const { status, text } = await get(`${url}/metrics`, { authorization: "Bearer token" });
  expect(status).toBe(200);
  return readMetrics(text);
}

/** Asks until each worker that there is now has answered `least` times. */
async function askAll(workers: RunningWorkers, least: number): Promise<void> {
  const from = workers.lines.length;
  const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hello" }] };
  const servedBy = (worker: number) =>
    workers.lines
      .slice(from)
      .filter((line) => line.event === "request" && line.status === 200 && line.worker === worker).length;
  while (servedBy(1) < least || servedBy(2) < least)
    expect((await post(`${workers.url}/v1/chat/completions`, body)).status).toBe(200);
}

/** How many were answered, as the log says. */
const logged = ({ lines }: RunningWorkers): number =>
  lines.filter(({ event, model }) => event === "request" && model === "DeepSeek-V3.2").length;

test("one page is of all workers, whoever answers, and goes on counting when they are replaced", async () => {
  const simulator = await startSimulator();
  await using workers = await startWorkers({ AKASH_BASE_URL: simulator.url, METRICS_TOKEN: "token" });
  await askAll(workers, 2);
  for (let turn = 0; turn < 4; turn += 1) {
    const samples = await scrape(workers);
    expect(samples.get(answered)).toBe(logged(workers));
    expect(samples.get('akashchat_upstream_up{upstream="akash-chat"}')).toBe(1);
    expect(samples.get(`akashchat_build_info{version="${readVersion()}"}`)).toBe(1);
  }
  workers.signal("SIGHUP");
  await workers.line(({ event }) => event === "rolled");
  await workers.line(
    () => workers.lines.filter(({ event, worker }) => event === "stopped" && worker).length === 2,
  );
  await askAll(workers, 1);
  expect((await scrape(workers)).get(answered)).toBe(logged(workers));
  await simulator.close();
});
