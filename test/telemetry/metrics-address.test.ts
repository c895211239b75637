/** Where the metrics are, and that they are nowhere where nobody asked for them. */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";

import { get, send } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";
import { readMetrics } from "./read-metrics.ts";

// That nothing is loaded then: test/cli/start-modules.test.ts.
test("without a setting there is no page", async () => {
  await using stack = await startStack();
  const closed = await get(`${stack.url}/metrics`);
  expect([closed.status, closed.json().error.message]).toEqual([
    404,
    expect.stringMatching(/METRICS_ADDRESS.*METRICS_TOKEN/),
  ]);
  expect(stack.gateway.metricsUrl).toBeUndefined();
});

test("an address of its own, without a token, and then not on the other", async () => {
  await using stack = await startStack({ env: { METRICS_ADDRESS: "127.0.0.1:0", BEARER_TOKEN: "s3cret" } });
  const url = stack.gateway.metricsUrl ?? "";
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/);
  const reply = await get(url);
  expect(reply.status).toBe(200);
  expect(readMetrics(reply.text).get('akashchat_upstream_up{upstream="akash-chat"}')).toBe(1);
  expect((await get(`${url}?x=1`)).status).toBe(200);
  expect((await get(url.replace("/metrics", "/v1/models"))).status).toBe(404);
  expect((await send("POST", url, "{}")).status).toBe(405);
  expect((await get(`${stack.url}/metrics`)).status).toBe(404);
});

test("an address of its own with a token", async () => {
  await using stack = await startStack({ env: { METRICS_ADDRESS: "127.0.0.1:0", METRICS_TOKEN: "t0ken" } });
  const url = stack.gateway.metricsUrl ?? "";
  expect((await get(url)).status).toBe(401);
  expect((await get(url, { authorization: "Bearer t0ken" })).status).toBe(200);
});

test("an address that is taken is told by its setting, and nothing is left listening", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  await expect(startStack({ env: { METRICS_ADDRESS: `127.0.0.1:${port}` } })).rejects.toThrow(
    `METRICS_ADDRESS: 127.0.0.1:${port} can't be listened on: listen EADDRINUSE`,
  );
  other.close();
});
