import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client } from "undici";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { startSimulator, type Simulator } from "../../../src/simulator/index.ts";
import { hasSqlite } from "../../support/has-sqlite.ts";
import { createGate } from "../../support/gate.ts";
import { get, post, send, type AnyJson, type Reply } from "../../support/post.ts";
import { spawnProgram } from "../../support/run-program.ts";
import { startWorkers, type RunningWorkers } from "../../support/start-workers.ts";

// Each starts three processes or more.
vi.setConfig({ testTimeout: 120_000 });
afterAll(() => vi.resetConfig());

/** Of the operator, who may ask for anything. */
const admin = { authorization: "Bearer admin-of-this-test", "content-type": "application/json" };
const json: Readonly<Record<string, string>> = admin;

let release = createGate();
let simulator: Simulator;
beforeEach(async () => {
  release = createGate();
  // Whoever is asked to wait does until the test lets it go on.
  simulator = await startSimulator({
    script: (body) =>
      JSON.stringify(body).includes("wait") ? { text: waitBetween(release.promise) } : undefined,
  });
});
afterEach(async () => {
  release.open();
  await simulator.close();
});

async function* waitBetween(gate: Promise<void>): AsyncGenerator<string> {
  yield "so ";
  await gate;
  yield "long";
}

const start = (environment: Readonly<Record<string, string>> = {}): Promise<RunningWorkers> =>
  startWorkers({ AKASH_BASE_URL: simulator.url, ADMIN_TOKEN: "admin-of-this-test", ...environment });

const bodyOf = (text: string, more: object = {}) => ({
  model: "DeepSeek-V3.2",
  max_tokens: 50,
  messages: [{ role: "user", content: text }],
  ...more,
});

async function createKey({ url }: RunningWorkers, wish: object = {}): Promise<AnyJson> {
  const reply = await send(
    "POST",
    `${url}/admin/v1/keys`,
    JSON.stringify({ name: "of a test", ...wish }),
    admin,
  );
  expect(reply.status).toBe(201);
  return reply.json();
}

const chat = ({ url }: RunningWorkers, key: string, text = "Hello"): Promise<Reply> =>
  post(`${url}/v1/chat/completions`, bodyOf(text), { authorization: `Bearer ${key}` });

const ownOf = (key: string) => ({ authorization: `Bearer ${key}` });

/** A connection, and which worker it leads to. */
async function connect(workers: RunningWorkers): Promise<{ client: Client; worker: number }> {
  const client = new Client(workers.url);
  const id = `probe-${workers.lines.length}`;
  const probe = await client.request({
    method: "GET",
    path: "/v1/models",
    headers: { ...admin, "x-request-id": id },
  });
  await probe.body.dump();
  const { worker } = await workers.line(({ event, reqId }) => event === "request" && reqId === id);
  return { client, worker };
}

type Place = Awaited<ReturnType<typeof connect>>;

/** Connections until they lead to two workers: one to each. */
async function connectToBoth(workers: RunningWorkers): Promise<readonly [Place, Place]> {
  const first = await connect(workers);
  for (;;) {
    const other = await connect(workers);
    if (other.worker !== first.worker) return [first, other];
    await other.client.destroy();
  }
}

/** Asks for a chat over a connection; resolves with the status. */
async function askOver({ client }: Place, headers: Record<string, string> = json): Promise<number> {
  const body = JSON.stringify(bodyOf("Hello"));
  const reply = await client.request({ method: "POST", path: "/v1/chat/completions", headers, body });
  await reply.body.dump();
  return reply.statusCode;
}

/** Has a worker of its own wait for the upstream; `whole` is the answer's text. */
async function stall(
  { client }: { readonly client: Client },
  body: object,
  headers: Record<string, string> = json,
) {
  const before = simulator.requests.length;
  const reply = await client.request({
    method: "POST",
    path: "/v1/chat/completions",
    headers,
    body: JSON.stringify({ ...body, stream: true }),
  });
  expect(simulator.requests.length).toBeGreaterThan(before);
  return { status: reply.statusCode, whole: reply.body.text() };
}

test("requests reach all workers, the start is told once, and a running answer is finished at the stop", async () => {
  await using workers = await start();
  const places = await connectToBoth(workers);
  expect(places.map(({ worker }) => worker).toSorted((one, other) => one - other)).toEqual([1, 2]);
  const answer = await stall(places[0], bodyOf("wait"));
  workers.signal("SIGTERM");
  await workers.line(({ msg }) => msg === "Another signal ends at once, without waiting.");
  release.open();
  expect(await answer.whole).toMatch(/long[\s\S]*\[DONE\]/);
  expect(await workers.ended).toBe(0);
  expect(workers.lines.filter(({ event }) => event === "start")).toMatchObject([
    { workers: 2, msg: expect.stringContaining("with 2 workers") },
  ]);
  expect(workers.lines.at(-1)).toMatchObject({ event: "stopped" });
  for (const { client } of places) await client.destroy();
});

test("a second signal ends all at once", async () => {
  await using workers = await start();
  const place = await connect(workers);
  const answer = await stall(place, bodyOf("wait"));
  const cut = expect(answer.whole).rejects.toThrow();
  workers.signal("SIGTERM");
  await workers.line(({ msg }) => msg === "Another signal ends at once, without waiting.");
  workers.signal("SIGTERM");
  expect(await workers.ended).toBe(130);
  await cut;
});

test("workers whose primary is gone end by themselves", async () => {
  await using workers = await start();
  workers.signal("SIGKILL");
  expect(await workers.ended).toBe(null);
});

test("limits hold over all of them, and a key that is revoked is refused by all", async () => {
  await using workers = await start({ BEARER_TOKEN: "operator" });
  const { key, id } = await createKey(workers, { requests_per_minute: 50 });
  const places = await connectToBoth(workers);
  const headers = { ...json, authorization: `Bearer ${key}` };
  const ask = (place: Place) => askOver(place, headers);
  const rounds = Array.from({ length: 50 }, () => places.map(ask));
  const others = Array.from({ length: 100 }, async () => (await chat(workers, key)).status);
  const statuses = await Promise.all([...rounds.flat(), ...others]);
  const count = (wanted: number) => statuses.filter((status) => status === wanted).length;
  expect([count(200), count(429)]).toEqual([50, 150]);
  const { totals } = (await get(`${workers.url}/v1/usage`, { authorization: "Bearer operator" })).json();
  expect(totals).toMatchObject({ requests: 200, failures: { "rate-limited": 150 } });
  await send("DELETE", `${workers.url}/admin/v1/keys/${id}`, null, admin);
  expect(await Promise.all(places.map(ask))).toEqual([401, 401]);
  for (const { client } of places) await client.destroy();
});

test("a background response is streamed and cancelled at a worker that does not make it", async () => {
  await using workers = await start();
  const { key } = await createKey(workers);
  const headers = { ...json, ...ownOf(key) };
  const [maker, other] = await connectToBoth(workers);
  async function begin(): Promise<string> {
    const body = JSON.stringify({ model: "DeepSeek-V3.2", input: "wait", background: true });
    const reply = await maker.client.request({ method: "POST", path: "/v1/responses", headers, body });
    return `/v1/responses/${((await reply.body.json()) as AnyJson).id}`;
  }
  const cancelled = await begin();
  const cancel = await other.client.request({ method: "POST", path: `${cancelled}/cancel`, headers });
  expect(await cancel.body.json()).toMatchObject({ status: "cancelled" });
  const path = `${await begin()}?stream=true`;
  const streamed = await other.client.request({ method: "GET", path, headers });
  release.open();
  expect(await streamed.body.text()).toMatch(/so [\s\S]*long[\s\S]*response\.completed/);
  for (const { client } of [maker, other]) await client.destroy();
});

describe("kill -9 of a worker", () => {
  test("gives back what it had reserved, ends its background responses as failed, and is followed by another", async () => {
    await using workers = await start();
    const { key } = await createKey(workers, { concurrency: 2 });
    const place = await connect(workers);
    const own = { ...json, authorization: `Bearer ${key}` };
    const background = await place.client.request({
      method: "POST",
      path: "/v1/responses",
      headers: own,
      body: JSON.stringify({ model: "DeepSeek-V3.2", input: "wait", background: true }),
    });
    const { id } = (await background.body.json()) as AnyJson;
    const answer = await stall(place, bodyOf("wait"), own);
    const cut = expect(answer.whole).rejects.toThrow();
    expect((await chat(workers, key)).status).toBe(429);
    process.kill(workers.pids().get(place.worker) ?? 0, "SIGKILL");
    await cut;
    await workers.line(({ event }) => event === "worker-died");
    expect((await chat(workers, key)).status).toBe(200);
    const lost = await get(`${workers.url}/v1/responses/${id}`, own);
    expect(lost.json()).toMatchObject({ status: "failed", error: { code: "server_error" } });
    const back = await workers.line(({ event }) => event === "worker-back");
    expect(back).toMatchObject({ worker: place.worker });
    const places = await connectToBoth(workers);
    for (const { client } of [place, ...places]) await client.destroy();
  });
});

test("what one worker learns of the budget keeps the others from asking", async () => {
  await simulator.close();
  simulator = await startSimulator({ tokenLimit: 1 });
  await using workers = await start();
  const [first, other] = await connectToBoth(workers);
  /** Whether the other worker, which has asked for nothing, says that the model answers. */
  async function answersThere(): Promise<boolean> {
    const reply = await other.client.request({
      method: "GET",
      path: "/v1/models/DeepSeek-V3.2",
      headers: admin,
    });
    return ((await reply.body.json()) as AnyJson).answers_now;
  }
  expect(await answersThere()).toBe(true);
  expect(await askOver(first)).toBe(200);
  expect(await askOver(first)).toBe(402);
  while (await answersThere());
  const chats = () => simulator.requests.filter(({ path }) => path === "/api/chat/").length;
  const before = chats();
  expect(await askOver(other)).toBe(402);
  expect(chats()).toBe(before);
  await first.client.destroy();
  await other.client.destroy();
});

test.runIf(hasSqlite)("with DATA_DIR the primary keeps for all of them what outlives a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "workers-"));
  let key = "";
  {
    await using workers = await start({ DATA_DIR: folder });
    ({ key } = await createKey(workers, { tokens_per_day: 100_000 }));
    const stored = await post(
      `${workers.url}/v1/responses`,
      { model: "DeepSeek-V3.2", input: "Hello" },
      ownOf(key),
    );
    expect(stored.status).toBe(200);
    const places = await connectToBoth(workers);
    for (const { client } of places) {
      const found = await client.request({
        method: "GET",
        path: `/v1/responses/${stored.json().id}`,
        headers: ownOf(key),
      });
      expect(found.statusCode).toBe(200);
      await found.body.dump();
      await client.destroy();
    }
    workers.signal("SIGTERM");
    expect(await workers.ended).toBe(0);
  }
  await using workers = await start({ DATA_DIR: folder });
  const usage = (await get(`${workers.url}/v1/usage`, ownOf(key))).json();
  expect(JSON.stringify(usage.key)).toMatch(/"used":[1-9]/);
  const { data } = (await get(`${workers.url}/admin/v1/requests?limit=10`, admin)).json();
  expect(data.map(({ route }: { route: string }) => route)).toContain("POST /v1/responses");
  rmSync(folder, { recursive: true });
});

test("an address that is in use is told as ever", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { code, stderr } = await spawnProgram(["serve"], {
    SERVER_ADDRESS: `127.0.0.1:${port}`,
    WORKERS: "2",
    CONFIG_FILE: "none",
    AKASH_BASE_URL: simulator.url,
  });
  server.close();
  expect(code).toBe(1);
  expect(stderr).toContain(`The address is in use (port ${port})`);
});

test("WORKERS must be a number or auto", async () => {
  const { code, stderr } = await spawnProgram(["serve"], { WORKERS: "many" });
  expect(code).toBe(2);
  expect(stderr).toContain('WORKERS: must be "auto" or a number from 1 to 256');
});
