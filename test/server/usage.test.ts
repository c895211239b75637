/** `GET /v1/usage` over real sockets: what is left, how often it is looked at, and what the gateway did. */
import { describe, expect, test } from "vitest";

import { usageObject } from "../../src/dialects/encode-gateway-usage.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post } from "../support/post.ts";
import { startStack, type Stack, type StackOptions } from "../support/start-stack.ts";

const model = "DeepSeek-V3.2";
const messages = [{ role: "user" as const, content: "Hi" }];
const start = Date.parse("2026-11-26T12:00:00Z");
const window = 14_400;

async function startClocked(options: StackOptions = {}) {
  const clock = { now: start };
  const now = (): number => clock.now;
  const stack = await startStack({
    ...options,
    overrides: { now },
    simulator: { now, ...options.simulator },
  });
  return { ...stack, clock };
}

function looks({ simulator }: Pick<Stack, "simulator">): number {
  return simulator.requests.filter(({ path }) => path.startsWith("/api/rate-limit/")).length;
}

/** What the route answers, which is of the documented form. */
async function usageOf({ url }: Pick<Stack, "url">) {
  const reply = await get(`${url}/v1/usage`);
  expect(reply.status).toBe(200);
  const { upstreams, totals } = usageObject.strict().parse(reply.json());
  return { upstream: upstreams[0], count: upstreams.length, totals, headers: reply.headers };
}

async function spend(stack: Stack, promptTokens: number, completionTokens = 0): Promise<void> {
  stack.simulator.enqueue({ text: "Hi.", usage: { promptTokens, completionTokens } });
  const { status } = await post(`${stack.url}/v1/chat/completions`, { model, messages });
  expect(status).toBe(200);
}

const never = new Promise<void>(() => {});

describe("what an upstream allows", () => {
  test("is looked up before anything was spent", async () => {
    await using stack = await startClocked({ simulator: { tokenLimit: 25_000 } });
    const { upstream, count, headers } = await usageOf(stack);
    expect(count).toBe(1);
    expect(upstream).toEqual({
      name: "akash-chat",
      state: "available",
      used_percent: 0,
      used_tokens: 0,
      remaining_tokens: 25_000,
      limit_tokens: 25_000,
      window_seconds: window,
      estimated: false,
      checked_at: "2026-11-26T12:00:00.000Z",
      resets_at: "2026-11-26T16:00:00.000Z",
      resets_in_seconds: window,
    });
    expect(headers).toMatchObject({
      "x-ratelimit-limit-tokens": "25000",
      "x-ratelimit-remaining-tokens": "25000",
      "x-ratelimit-reset-tokens": "4h0m0s",
    });
  });

  test("is told by the upstream, then by our own count, then by the upstream again", async () => {
    await using stack = await startClocked({ simulator: { tokenLimit: 25_000 } });
    await usageOf(stack);
    await spend(stack, 12_000, 500);
    expect((await usageOf(stack)).upstream).toMatchObject({
      used_percent: 50,
      used_tokens: 12_500,
      remaining_tokens: 12_500,
      estimated: true,
      checked_at: "2026-11-26T12:00:00.000Z",
    });
    expect(looks(stack)).toBe(1);
    stack.clock.now += 30_000;
    expect((await usageOf(stack)).upstream).toMatchObject({
      used_percent: 50,
      estimated: false,
      checked_at: "2026-11-26T12:00:30.000Z",
      resets_in_seconds: window - 30,
    });
    expect(looks(stack)).toBe(2);
  });

  test("is spent after a refusal, and comes back", async () => {
    await using stack = await startClocked();
    const resetAt = start / 1000 + 7200;
    stack.simulator.enqueue({ error: { kind: "usage", resetAt } });
    expect((await post(`${stack.url}/v1/messages`, { model, messages, max_tokens: 9 })).status).toBe(429);
    const { upstream, headers } = await usageOf(stack);
    expect(upstream).toMatchObject({
      state: "spent",
      used_percent: 100,
      remaining_tokens: 0,
      estimated: false,
      resets_at: "2026-11-26T14:00:00.000Z",
      resets_in_seconds: 7200,
    });
    expect(headers["x-ratelimit-remaining-tokens"]).toBe("0");
    stack.clock.now = resetAt * 1000;
    expect((await usageOf(stack)).upstream?.state).toBe("available");
  });

  test("has no tokens for an account, whose size nobody tells", async () => {
    await using stack = await startClocked({
      env: { AKASH_ACCESS_TOKEN: "secret" },
      simulator: { accessToken: "secret" },
    });
    expect((await usageOf(stack)).upstream).toMatchObject({
      state: "available",
      used_percent: 0,
      used_tokens: null,
      remaining_tokens: null,
      limit_tokens: null,
      window_seconds: null,
      resets_in_seconds: 86_400,
    });
  });

  const nothing = { used_percent: null, remaining_tokens: null, resets_at: null, estimated: null };

  test("is uncounted at an instance that counts nothing", async () => {
    await using stack = await startClocked({ simulator: { generation: "A" } });
    const { upstream, headers } = await usageOf(stack);
    expect(upstream).toMatchObject({ state: "uncounted", ...nothing });
    expect(Object.keys(headers).filter((name) => name.includes("ratelimit"))).toEqual([]);
  });

  test("is unknown while the upstream can't say", async () => {
    await using stack = await startClocked();
    stack.simulator.enqueueAt("/api/rate-limit/status", { error: { kind: "http", status: 500, body: {} } });
    expect((await usageOf(stack)).upstream).toMatchObject({ state: "unknown", ...nothing });
  });

  test("is looked at once in 30 s, however many ask at once and again", async () => {
    await using stack = await startClocked();
    const replies = await Promise.all(Array.from({ length: 50 }, () => usageOf(stack)));
    // All have waited for the same look.
    expect(new Set(replies.map(({ upstream }) => upstream?.state))).toEqual(new Set(["available"]));
    for (let times = 0; times < 5; times += 1) await usageOf(stack);
    await spend(stack, 10);
    expect(looks(stack)).toBe(1);
  });
});

describe("the route", () => {
  test("wants the key as all others do, and tells nothing without", async () => {
    await using stack = await startClocked({ env: { BEARER_TOKEN: "key" } });
    const refused = await get(`${stack.url}/v1/usage`);
    expect([refused.status, refused.json().error.code]).toEqual([401, "invalid_api_key"]);
    expect(looks(stack)).toBe(0);
    for (const headers of [{ authorization: "Bearer key" }, { "x-api-key": "key" }] as Record<
      string,
      string
    >[]) {
      expect((await get(`${stack.url}/v1/usage`, headers)).status).toBe(200);
    }
    expect((await get(`${stack.url}/usage?key=key`)).status).toBe(200);
  });

  test("takes GET only, and is not to be kept", async () => {
    await using stack = await startClocked();
    const wrong = await post(`${stack.url}/v1/usage`, {});
    expect([wrong.status, wrong.headers["allow"]]).toEqual([405, "GET, HEAD"]);
    expect((await get(`${stack.url}/v1/usage`)).headers["cache-control"]).toBe("no-store");
  });
});

describe("what the gateway did", () => {
  test("is counted by model and by failure, for every API", async () => {
    await using stack = await startClocked();
    const { url, simulator } = stack;
    expect((await usageOf(stack)).totals).toEqual({
      since: "2026-11-26T12:00:00.000Z",
      requests: 0,
      failures: {},
      input_tokens: 0,
      output_tokens: 0,
      models: [],
    });
    const usage = { promptTokens: 100, completionTokens: 7 };
    for (const [route, body] of Object.entries({
      "/v1/chat/completions": { model, messages },
      "/v1/completions": { model, prompt: "Hi" },
      "/v1/responses": { model, input: "Hi" },
      "/v1/messages": { model, messages, max_tokens: 50 },
    })) {
      for (const stream of [false, true]) {
        simulator.enqueue({ text: "Hi.", usage });
        if (stream) await (await openStream(url + route, { ...body, stream })).readRest();
        else await post(url + route, body);
      }
    }
    await post(`${url}/v1/chat/completions`, { model, messages: [] });
    await post(`${url}/v1/chat/completions`, { model: "no-such-model", messages });
    simulator.enqueue({ error: { kind: "usage", resetAt: start / 1000 + 7200 } });
    await post(`${url}/v1/messages`, { model, messages, max_tokens: 5 });
    await post(`${url}/v1/messages/count_tokens`, { model, messages });
    await get(`${url}/v1/models`);
    // The last answers may have been read before their connections were closed.
    await expect.poll(async () => (await usageOf(stack)).totals?.requests).toBe(11);
    expect((await usageOf(stack)).totals).toEqual({
      since: "2026-11-26T12:00:00.000Z",
      requests: 11,
      failures: { "invalid-request": 1, "model-not-found": 1, "budget-exhausted": 1 },
      input_tokens: 800,
      output_tokens: 56,
      models: [{ model, answers: 8, input_tokens: 800, output_tokens: 56 }],
    });
  });

  test("has the tokens of background responses and the pictures", async () => {
    await using stack = await startClocked();
    const { url, simulator } = stack;
    simulator.enqueue({ text: "Hi.", usage: { promptTokens: 40, completionTokens: 2 } });
    await post(`${url}/v1/responses`, { model, input: "Hi", background: true });
    const models = async () => (await usageOf(stack)).totals?.models;
    await expect.poll(models).toEqual([{ model, answers: 1, input_tokens: 40, output_tokens: 2 }]);
    await post(`${url}/v1/images/generations`, { prompt: "a boat" });
    await expect
      .poll(async () => (await models())?.map((entry) => [entry.model, entry.answers]))
      .toEqual([
        [model, 1],
        ["AkashGen", 1],
      ]);
    expect((await usageOf(stack)).totals?.requests).toBe(2);
  });

  test("has what a background response has cost that was cancelled", async () => {
    await using stack = await startClocked();
    const { url, simulator } = stack;
    simulator.enqueue({ text: ["one two ", "three"], gate: never, gateAfter: 1 });
    const asked = await post(`${url}/v1/responses`, { model, input: "Hi", background: true });
    const { id } = asked.json() as { id: string };
    await simulator.waitForRequest("/api/chat");
    await post(`${url}/v1/responses/${id}/cancel`, {});
    const { totals } = await usageOf(stack);
    expect(totals).toMatchObject({ requests: 1, failures: { aborted: 1 }, models: [{ model, answers: 0 }] });
    expect(totals?.input_tokens).toBeGreaterThan(0);
  });
});
