import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";

import { startCompatibleSimulator } from "../../../src/simulator/compatible/index.ts";
import { startSimulator } from "../../../src/simulator/index.ts";
import { get, post, type Reply } from "../../support/post.ts";
import { openTestDatabase } from "../../support/postgres/open-test-database.ts";
import { adminToken, startGateway, type TeamGateway } from "../../support/team/start-gateway.ts";

// What never comes is waited for, to be told by its name.
vi.setConfig({ testTimeout: 60_000 });
afterAll(() => vi.resetConfig());

const operator = { authorization: `Bearer ${adminToken}` };

function ask({ url }: TeamGateway, model: string): Promise<Reply> {
  return post(
    `${url}/v1/chat/completions`,
    { model, messages: [{ role: "user", content: "Hello" }] },
    { ...operator, connection: "close" },
  );
}

/** Whether it says of an upstream that it is not to be asked. */
async function rests(gateway: TeamGateway, name: string): Promise<boolean> {
  const { text } = await get(`${gateway.url}/metrics`, { authorization: "Bearer metrics-of-this-test" });
  return text.includes(`akashchat_upstream_up{upstream="${name}"} 0`);
}

async function answeredBy(gateway: TeamGateway): Promise<unknown> {
  return (await ask(gateway, "m")).headers["x-upstream"];
}

/** What is said of the budget, in the head of an answer. */
function budgetOf({ headers }: Reply) {
  const { "x-ratelimit-remaining-tokens": left, "x-ratelimit-limit-tokens": size } = headers;
  return { left, size };
}

test("what one gateway is refused for, no other asks for: a spent allowance, at once, until it comes back, over workers and restarts", async () => {
  await using simulator = await startSimulator();
  const { url } = await openTestDatabase();
  const settings = { AKASH_BASE_URL: simulator.url, DATABASE_URL: url };
  await using one = await startGateway({ settings });
  await using two = await startGateway({ settings: { ...settings, WORKERS: "2" } });
  const resetAt = Math.floor(Date.now() / 1000) + 3600;
  simulator.enqueue({ error: { kind: "usage", resetAt } });
  const refused = await ask(one, "DeepSeek-V3.2");
  expect(refused.status).toBe(402);
  // Each worker says so in the log when it hears of it.
  await expect.poll(() => new Set(two.linesOf("budget").map(({ worker }) => worker)).size).toBe(2);
  for (let count = 0; count < 4; count += 1) {
    const reply = await ask(two, "DeepSeek-V3.2");
    expect([reply.status, budgetOf(reply)]).toEqual([402, budgetOf(refused)]);
    const until = Date.parse(reply.json().error.message.match(/new budget at (\S+)/)[1]);
    // Clocks of databases and gateways are read at different times.
    expect(Math.abs(until / 1000 - resetAt)).toBeLessThan(60);
  }
  // One that comes later knows it from the start; one that leaves by another address has an allowance of its own.
  await using late = await startGateway({ settings });
  expect((await ask(late, "DeepSeek-V3.2")).status).toBe(402);
  expect(simulator.chats).toHaveLength(1);
  await using elsewhere = await startGateway({ settings: { ...settings, EGRESS_NAME: "elsewhere" } });
  expect((await ask(elsewhere, "DeepSeek-V3.2")).status).toBe(200);
  expect(simulator.chats).toHaveLength(2);
  // What was told is told once.
  expect(two.linesOf("budget")).toHaveLength(2);
});

test("a limit of a server is one of its account, whatever gateways call it; another account is asked", async () => {
  await using server = await startCompatibleSimulator({ persona: "vllm", models: [{ id: "m" }] });
  await using spare = await startCompatibleSimulator({ persona: "vllm", models: [{ id: "m" }] });
  const { url } = await openTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), "shared-"));
  onTestFinished(() => rm(folder, { recursive: true }));

  async function start(name: string, key: string): Promise<TeamGateway> {
    const path = join(folder, `${name}.yaml`);
    await writeFile(
      path,
      `upstreams:
  - { name: ${name}, type: openai, base_url: "${server.baseUrl}", api_key: ${key} }
  - { name: spare, type: openai, base_url: "${spare.baseUrl}" }
`,
    );
    const settings = { CONFIG_FILE: path, DATABASE_URL: url, METRICS_TOKEN: "metrics-of-this-test" };
    return startGateway({ settings });
  }

  await using one = await start("mine", "secret-1");
  await using two = await start("theirs", "secret-1");
  await using other = await start("other", "secret-2");
  server.enqueue({ kind: "error", status: 429, headers: { "retry-after": "600" } });
  expect(await answeredBy(one)).toBe("spare/m");
  expect(server.chats).toHaveLength(1);
  await expect.poll(() => rests(two, "theirs")).toBe(true);
  expect(await answeredBy(two)).toBe("spare/m");
  expect(server.chats).toHaveLength(1);
  expect(await rests(other, "other")).toBe(false);
  expect(await answeredBy(other)).toBe("other/m");
});
