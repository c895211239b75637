/** What is told of budgets over three upstreams on real sockets: whose it is in the headers, and all of them in `GET /v1/usage`. */
import { expect, test } from "vitest";

import { usageObject } from "../../src/dialects/encode-gateway-usage.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post } from "../support/post.ts";
import { startMerged } from "../support/start-merged.ts";

const start = () =>
  startMerged({
    simulator: {
      tokenLimit: 25_000,
      models: [{ id: "DeepSeek-V3.2", apiId: "deepseek-ai/DeepSeek-V3.2" }, { id: "AkashGen" }],
    },
    models: [{ id: "deepseek-ai/DeepSeek-V3.2" }, { id: "Only-Paid" }],
  });
const messages = [{ role: "user", content: "Hi" }];
const bodies = (model: string) => ({
  "/v1/chat/completions": { model, messages },
  "/v1/completions": { model, prompt: "Hi" },
  "/v1/responses": { model, input: "Hi" },
  "/v1/messages": { model, messages, max_tokens: 50 },
});
const budgetOf = (headers: Readonly<Record<string, unknown>>) =>
  Object.keys(headers).filter((name) => /ratelimit|x-codex/.test(name));

test("GET /v1/usage lists the allowance of each upstream, in their order", async () => {
  await using stack = await start();
  const reply = await get(`${stack.url}/v1/usage`);
  const { upstreams } = usageObject.strict().parse(reply.json());
  expect(upstreams.map(({ name, state, limit_tokens }) => [name, state, limit_tokens])).toEqual([
    ["web", "available", 25_000],
    ["paid", "unknown", null],
    ["gone", "unknown", null],
  ]);
  // Only one of them has a budget, so there is no doubt whose it is.
  expect(reply.headers).toMatchObject({ "x-ratelimit-limit-tokens": "25000" });
});

test("the headers tell of the budget of the upstream that answered, whole and streamed", async () => {
  await using stack = await start();
  await get(`${stack.url}/v1/usage`);
  for (const [path, body] of Object.entries(bodies("DeepSeek-V3.2"))) {
    const reply = await post(stack.url + path, body);
    expect([reply.status, reply.headers["x-upstream"]], path).toEqual([200, "web/DeepSeek-V3.2"]);
    expect(reply.headers).toMatchObject({ "x-ratelimit-limit-tokens": "25000" });
  }
  for (const [path, body] of Object.entries(bodies("Only-Paid"))) {
    const reply = await post(stack.url + path, body);
    expect([reply.status, reply.headers["x-upstream"]], path).toEqual([200, "paid/Only-Paid"]);
    expect(budgetOf(reply.headers)).toEqual([]);
    const stream = await openStream(stack.url + path, { ...body, stream: true });
    expect(budgetOf(stream.headers)).toEqual([]);
    await stream.readRest();
  }
});

test("once it is spent, an answer from elsewhere says nothing of it, and a refusal does", async () => {
  await using stack = await start();
  stack.simulator.enqueue({ error: { kind: "usage", resetAt: stack.clock.now / 1000 + 7200 } });
  const path = `${stack.url}/v1/messages`;
  const reply = await post(path, bodies("DeepSeek-V3.2")["/v1/messages"]);
  expect([reply.status, reply.headers["x-upstream"]]).toEqual([200, "paid/deepseek-ai/DeepSeek-V3.2"]);
  expect(budgetOf(reply.headers)).toEqual([]);
  const refused = await post(path, bodies("web/DeepSeek-V3.2")["/v1/messages"]);
  expect(refused.status).toBe(429);
  expect(refused.headers).toMatchObject({
    "x-ratelimit-remaining-tokens": "0",
    "anthropic-ratelimit-unified-status": "rejected",
  });
  const picture = await post(`${stack.url}/v1/images/generations`, { prompt: "a boat" });
  expect([picture.status, picture.headers["x-ratelimit-remaining-tokens"]]).toEqual([402, "0"]);
});
