import { afterAll, beforeAll, expect, test } from "vitest";

import { startSimulator, type Simulator } from "../../../src/simulator/index.ts";
import { get, post, send, type Reply } from "../../support/post.ts";
import { openTestDatabase } from "../../support/postgres/open-test-database.ts";
import { startWorkers, type RunningWorkers } from "../../support/start-workers.ts";

// Each starts a database and three processes.
const patience = 120_000;
const admin = { authorization: "Bearer admin-of-this-test" };

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

/** Asks, on a new connection each time, until both workers have answered; resolves with what each said, by its number. */
async function askBoth(
  workers: RunningWorkers,
  path: string,
  headers: Readonly<Record<string, string>> = admin,
): Promise<ReadonlyMap<number, Reply>> {
  const replies = new Map<number, Reply>();
  while (replies.size < 2) {
    const reply = await get(`${workers.url}${path}`, { ...headers, connection: "close" });
    const id = reply.headers["x-request-id"];
    const { worker } = await workers.line(({ event, reqId }) => event === "request" && reqId === id);
    replies.set(Number(worker), reply);
  }
  return replies;
}

/** Whoever started them is warned that anybody may use them. */
const warned = ({ msg }: { readonly msg?: unknown }) => String(msg).startsWith("BEARER_TOKEN is not set");

test(
  "whoever lets everybody in from elsewhere is warned, as long as the database has no key",
  {
    timeout: patience,
  },
  async () => {
    const { url } = await openTestDatabase();
    const settings = { AKASH_BASE_URL: simulator.url, DATABASE_URL: url, SERVER_ADDRESS: "0.0.0.0:0" };
    {
      await using open = await startWorkers(settings);
      expect(open.lines.filter(warned)).toHaveLength(1);
      expect(await open.line(({ event }) => event === "start")).toMatchObject({ auth: false });
    }
    {
      await using own = await startWorkers({ ...settings, ADMIN_TOKEN: "admin-of-this-test" });
      const wish = { ...admin, "content-type": "application/json" };
      const { status } = await send("POST", `${own.url}/admin/v1/keys`, '{"name": "first"}', wish);
      expect([status, own.lines.filter(warned)]).toEqual([201, []]);
    }
    await using keyed = await startWorkers(settings);
    expect(keyed.lines.filter(warned)).toEqual([]);
    expect(await keyed.line(({ event }) => event === "start")).toMatchObject({ auth: true });
  },
);

async function start(): Promise<RunningWorkers> {
  const { url } = await openTestDatabase();
  return startWorkers({
    AKASH_BASE_URL: simulator.url,
    ADMIN_TOKEN: "admin-of-this-test",
    DATABASE_URL: url,
  });
}

test("a trace of one worker is found at all, with a database too", { timeout: patience }, async () => {
  await using workers = await start();
  const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hello" }] };
  const reply = await post(`${workers.url}/v1/chat/completions`, body, { ...admin, "x-trace": "on" });
  expect(reply.status).toBe(200);
  const id = String(reply.headers["x-trace"]);
  // It is there soon after its answer.
  await expect.poll(async () => (await get(`${workers.url}/admin/v1/traces/${id}`, admin)).status).toBe(200);
  for (const found of (await askBoth(workers, `/admin/v1/traces/${id}`)).values())
    expect([found.status, found.json()]).toMatchObject([200, { id }]);
  for (const found of (await askBoth(workers, "/admin/v1/traces")).values())
    expect(found.json()).toMatchObject({ data: [{ id }] });
});

test(
  "the first key of a database is good at every worker from its answer on",
  { timeout: patience },
  async () => {
    await using workers = await start();
    const wish = { ...admin, "content-type": "application/json" };
    const made = await send("POST", `${workers.url}/admin/v1/keys`, '{"name": "first"}', wish);
    const own = { authorization: `Bearer ${made.json().key}` };
    for (const { status } of (await askBoth(workers, "/v1/usage", own)).values()) expect(status).toBe(200);
  },
);
