import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Pool } from "undici";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";

import { startSimulator, type Simulator } from "../../../src/simulator/index.ts";
import { get } from "../../support/post.ts";
import { startWorkers, type RunningWorkers } from "../../support/start-workers.ts";

// Each starts six processes.
vi.setConfig({ testTimeout: 120_000 });
afterAll(() => vi.resetConfig());

let simulator: Simulator;
let folder: string;
beforeEach(async () => {
  simulator = await startSimulator();
  folder = mkdtempSync(join(tmpdir(), "workers-"));
});
afterEach(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

const configuration = (name: string) => `
upstreams:
  - name: web
    type: akash-chat
    base_url: ${simulator.url}
models:
  ${name}: [web/DeepSeek-V3.2]
`;

const start = (host = "127.0.0.1"): Promise<RunningWorkers> => {
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, configuration("old"));
  return startWorkers({ CONFIG_FILE: file, SERVER_ADDRESS: `${host}:0` }, folder);
};

async function modelsOf({ url }: RunningWorkers): Promise<readonly string[]> {
  const { data } = (await get(`${url}/v1/models`)).json();
  return data.map(({ id }: { id: string }) => id);
}

/** Asks all the time over some connections that are kept; what it resolves with when it is stopped: how each answer was. */
function keepAsking(url: string) {
  const pool = new Pool(url, { connections: 3, pipelining: 1 });
  const stop = new AbortController();
  const statuses = new Map<string, number>();

  async function ask(): Promise<void> {
    const path = "/v1/chat/completions";
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hello" }] });
    while (!stop.signal.aborted) {
      const outcome = await pool.request({ method: "POST", path, headers, body }).then(
        async (reply) => {
          await reply.body.dump();
          return String(reply.statusCode);
        },
        (error: unknown) => String(error),
      );
      statuses.set(outcome, (statuses.get(outcome) ?? 0) + 1);
    }
  }

  const asking = Promise.all(Array.from({ length: 3 }, ask));
  return async () => {
    stop.abort();
    await asking;
    await pool.destroy();
    return statuses;
  };
}

test.each(["127.0.0.1", "localhost"])(
  "SIGHUP replaces all workers without a failed request, and the new ones have the new file (%s)",
  async (host) => {
    await using workers = await start(host);
    const before = new Set(workers.pids().values());
    expect(await modelsOf(workers)).toContain("old");
    const stopAsking = keepAsking(workers.url);
    writeFileSync(join(folder, "gateway.yaml"), configuration("new"));
    workers.signal("SIGHUP");
    await workers.line(({ event }) => event === "rolled");
    // Those that went have finished what they had.
    await workers.line(
      () => workers.lines.filter(({ event, worker }) => event === "stopped" && worker).length === 2,
    );
    const statuses = await stopAsking();
    expect([...statuses.keys()]).toEqual(["200"]);
    const after = [...workers.pids().values()];
    expect(after.filter((pid) => before.has(pid))).toEqual([]);
    for (let tries = 0; tries < 4; tries += 1) {
      const models = await modelsOf(workers);
      expect(models).toContain("new");
      expect(models).not.toContain("old");
    }
  },
);

test("a file that is wrong is told, and the workers go on with what they have", async () => {
  await using workers = await start();
  const before = [...workers.pids().values()];
  writeFileSync(join(folder, "gateway.yaml"), "upstreams: 5\n");
  workers.signal("SIGHUP");
  const { problems } = await workers.line(
    ({ event, worker }) => event === "config-wrong" && worker === undefined,
  );
  expect(JSON.stringify(problems)).toContain("gateway.yaml");
  expect(await modelsOf(workers)).toContain("old");
  expect([...workers.pids().values()]).toEqual(before);
  writeFileSync(join(folder, "gateway.yaml"), configuration("mended"));
  workers.signal("SIGHUP");
  await workers.line(({ event }) => event === "rolled");
  expect(await modelsOf(workers)).toContain("mended");
});
