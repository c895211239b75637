import { Agent, request } from "node:http";
import { expect, test } from "vitest";

import { readConfig } from "../../src/config.ts";
import { startStack } from "../support/start-stack.ts";
import { createTimers } from "../support/create-timers.ts";
import { get } from "../support/post.ts";

/** Asks for a page on a connection that is kept; its status, and what becomes of the connection. */
function ask(url: string, agent: Agent): Promise<readonly [status: number | undefined, connection: string]> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent }, (response) => {
      response.resume();
      response.on("end", () => resolve([response.statusCode, String(response.headers.connection)]));
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** A gateway with a delay, and its timers. */
async function startDelayed(milliseconds: string) {
  const timers = createTimers();
  const stack = await startStack({
    env: { SHUTDOWN_DELAY_MS: milliseconds },
    overrides: { startTimer: timers.start },
  });
  return { ...stack, timers };
}

test("who is to stop says so at /health, and serves what comes until the delay is over", async () => {
  await using stack = await startDelayed("4321");
  const agent = new Agent({ keepAlive: true });
  expect(await ask(`${stack.url}/v1/models`, agent)).toEqual([200, "keep-alive"]);
  expect((await get(`${stack.url}/health`)).status).toBe(200);

  const closed = stack.gateway.close();
  const health = await get(`${stack.url}/health`);
  expect([health.status, health.json()]).toEqual([
    503,
    { status: "stopping", message: "akashchat-api is about to stop" },
  ]);
  // On a connection that it has, which it then lets go, and on new ones.
  expect(await ask(`${stack.url}/v1/models`, agent)).toEqual([200, "close"]);
  expect(await ask(`${stack.url}/v1/models`, agent)).toEqual([200, "close"]);
  expect(stack.timers.running).toContain(4321);

  stack.timers.expireAll();
  await closed;
  await expect(get(`${stack.url}/health`)).rejects.toThrow("ECONNREFUSED");
  agent.destroy();
});

test("a second close waits for the first, and without a delay there is none", async () => {
  await using slow = await startDelayed("1000");
  const both = Promise.all([slow.gateway.close(), slow.gateway.close()]);
  expect(slow.timers.running.filter((milliseconds) => milliseconds === 1000)).toHaveLength(1);
  slow.timers.expireAll();
  await both;

  expect(readConfig({}).SHUTDOWN_DELAY_MS).toBe(0);
  await using quick = await startDelayed("0");
  await quick.gateway.close();
});

test("who was drained has no delay any more: nobody reaches it", async () => {
  await using stack = await startDelayed("1000");
  await stack.gateway.drain(60_000);
  await stack.gateway.close();
});
