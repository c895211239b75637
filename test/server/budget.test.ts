/** A spent budget over real sockets: what each API is told, that nobody is asked, and that it is in sight before. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { pino } from "pino";
import { describe, expect, test } from "vitest";

import type { Overrides } from "../../src/services.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

const model = "DeepSeek-V3.2";
const messages = [{ role: "user" as const, content: "Hi" }];
const bodies = {
  "/v1/chat/completions": { model, messages },
  "/v1/completions": { model, prompt: "Hi" },
  "/v1/responses": { model, input: "Hi" },
  "/v1/messages": { model, messages, max_tokens: 50 },
  "/v1/images/generations": { prompt: "a boat" },
} as const;
const routes = Object.entries(bodies);
const start = Date.parse("2026-11-26T12:00:00Z");
const resetAt = start / 1000 + 7200;

/** A stack whose clock stands still unless it is moved. */
async function startClocked(simulator: { tokenLimit?: number } = {}, overrides: Overrides = {}) {
  const clock = { now: start };
  const now = (): number => clock.now;
  const stack = await startStack({ overrides: { now, ...overrides }, simulator: { now, ...simulator } });
  return { ...stack, clock };
}

function chats({ simulator }: Pick<Stack, "simulator">): number {
  return simulator.requests.filter(({ path }) => path.startsWith("/api/chat")).length;
}

async function spend({ url, simulator }: Pick<Stack, "url" | "simulator">): Promise<void> {
  simulator.enqueue({ error: { kind: "usage", resetAt } });
  expect((await post(`${url}/v1/chat/completions`, bodies["/v1/chat/completions"])).status).toBe(402);
}

describe("once it is spent", () => {
  test("every API says so in its own form, and no model is asked until the reset", async () => {
    await using stack = await startClocked();
    await spend(stack);
    for (const stream of [false, true]) {
      for (const [route, body] of routes) {
        const reply = await post(stack.url + route, { ...body, stream });
        const { status, headers, text } = reply;
        const { error } = reply.json();
        const [expected, type, wait] =
          route === "/v1/responses"
            ? [429, "usage_limit_reached", undefined]
            : route === "/v1/messages"
              ? [429, "rate_limit_error", "7200"]
              : [402, "insufficient_quota", "7200"];
        expect([status, error.type, headers["retry-after"]], route).toEqual([expected, type, wait]);
        expect(headers["x-should-retry"]).toBe("false");
        expect(headers).toMatchObject({
          "x-ratelimit-limit-tokens": "25000",
          "x-ratelimit-remaining-tokens": "0",
          "x-ratelimit-reset-tokens": "2h0m0s",
        });
        expect(headers["anthropic-ratelimit-unified-status"]).toBe(
          route === "/v1/messages" ? "rejected" : undefined,
        );
        expect(error.resets_at).toBe(route === "/v1/responses" ? resetAt : undefined);
        expect(error.message).toContain("2026-11-26T14:00:00Z (in 2 h)");
        // A status in the body is a reason for some agents to ask on.
        expect(text.replaceAll(/"code":\d+|"resets_at":\d+/g, "")).not.toMatch(/429|500|502|503|504|524/);
      }
    }
    expect(chats(stack)).toBe(1);
    stack.clock.now = resetAt * 1000;
    expect((await post(`${stack.url}/v1/messages`, bodies["/v1/messages"])).status).toBe(200);
  });

  test("what asks no model goes on", async () => {
    await using stack = await startClocked();
    const stored = await post(`${stack.url}/v1/responses`, bodies["/v1/responses"]);
    await spend(stack);
    expect((await get(`${stack.url}/v1/models`)).status).toBe(200);
    expect((await get(`${stack.url}/v1/responses/${stored.json().id}`)).status).toBe(200);
    const counted = await post(`${stack.url}/v1/messages/count_tokens`, { model, messages });
    expect(counted.json().input_tokens).toBeGreaterThan(0);
  });

  test("the official SDKs ask once and show the text", async () => {
    await using stack = await startClocked();
    await spend(stack);
    let asked = 0;
    const counting: typeof fetch = (input, init) => {
      asked += 1;
      return fetch(input, init);
    };
    const openai = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "k", fetch: counting });
    const anthropic = new Anthropic({ baseURL: stack.url, apiKey: "k", fetch: counting });
    await expect(openai.chat.completions.create(bodies["/v1/chat/completions"])).rejects.toThrow(
      /usage limit/,
    );
    await expect(openai.responses.create(bodies["/v1/responses"])).rejects.toThrow(/usage limit/);
    await expect(anthropic.messages.create(bodies["/v1/messages"])).rejects.toThrow(/usage limit/);
    expect(asked).toBe(3);
  });

  test("a look at the status route lifts it early", async () => {
    await using stack = await startClocked();
    await spend(stack);
    stack.clock.now += 30_000;
    const looked = stack.simulator.waitForRequest("/api/rate-limit/status");
    const body = bodies["/v1/chat/completions"];
    expect((await post(`${stack.url}/v1/chat/completions`, body)).status).toBe(402);
    await (
      await looked
    ).closed;
    await expect.poll(async () => (await post(`${stack.url}/v1/chat/completions`, body)).status).toBe(200);
  });
});

describe("while some is left", () => {
  const usual = {
    "x-ratelimit-limit-tokens": "25000",
    "x-ratelimit-remaining-tokens": "20000",
    "x-ratelimit-reset-tokens": "4h0m0s",
  };
  const expected = {
    "/v1/chat/completions": usual,
    "/v1/completions": usual,
    "/v1/images/generations": usual,
    "/v1/responses": {
      ...usual,
      "x-codex-primary-used-percent": "20",
      "x-codex-primary-window-minutes": "240",
      "x-codex-primary-reset-at": String(start / 1000 + 14_400),
    },
    "/v1/messages": {
      ...usual,
      "anthropic-ratelimit-unified-status": "allowed",
      "anthropic-ratelimit-unified-reset": String(start / 1000 + 14_400),
      "anthropic-ratelimit-unified-representative-claim": "overage",
      "anthropic-ratelimit-unified-overage-utilization": "0.2",
      "anthropic-ratelimit-unified-overage-reset": String(start / 1000 + 14_400),
    },
  } as const;

  test.each([false, true])("answers tell how much, streamed: %s", async (stream) => {
    await using stack = await startClocked({ tokenLimit: 1000 });
    stack.simulator.enqueue({ text: "Hi.", usage: { promptTokens: 150, completionTokens: 50 } });
    const first = bodies["/v1/chat/completions"];
    await post(`${stack.url}/v1/chat/completions`, first);
    // The look is made behind the first answer.
    await expect
      .poll(async () => {
        const { headers } = await post(`${stack.url}/v1/responses`, {});
        return headers["x-codex-primary-used-percent"];
      })
      .toBeDefined();
    for (const [route, headers] of Object.entries(expected)) {
      if (route !== "/v1/images/generations") stack.simulator.enqueue({ text: "Hi.", usage: null });
      const body = { ...bodies[route as keyof typeof expected], stream };
      const url = stack.url + route;
      const reply = stream ? await openStream(url, body) : await post(url, body, { origin: "http://a.b" });
      expect(reply.status).toBe(200);
      expect(Object.keys(reply.headers)).toEqual(expect.arrayContaining(Object.keys(headers)));
      if (!stream) {
        const exposed = String(reply.headers["access-control-expose-headers"]).split(", ");
        expect(exposed).toEqual(expect.arrayContaining(Object.keys(headers)));
      }
    }
  });

  test("the log warns once at 80 % and once when it is spent, and tells of the next", async () => {
    const lines: { level: number; event?: string; msg: string }[] = [];
    const log = pino({ base: null }, { write: (line) => lines.push(JSON.parse(line)) });
    await using stack = await startClocked({ tokenLimit: 25_000 }, { log });
    const { url, simulator, clock } = stack;
    // The look that all is counted from.
    await get(`${url}/v1/usage`);
    const told = () => lines.flatMap(({ event, level, msg }) => (event === "budget" ? [[level, msg]] : []));
    for (const promptTokens of [19_000, 1500, 1500]) {
      simulator.enqueue({ text: "Hi.", usage: { promptTokens, completionTokens: 0 } });
      await post(`${url}/v1/messages`, bodies["/v1/messages"]);
    }
    await spend(stack);
    await post(`${url}/v1/chat/completions`, bodies["/v1/chat/completions"]);
    clock.now = resetAt * 1000;
    await post(`${url}/v1/chat/completions`, bodies["/v1/chat/completions"]);
    expect(told()).toEqual([
      [40, "82 % of the budget at Akash Chat is used, some 4,500 tokens are left; there is a new one in 4 h"],
      [40, "the budget at Akash Chat is spent: it refuses requests until there is a new one in 2 h"],
      [30, "there is a new budget at Akash Chat"],
    ]);
  });

  test.each([
    [
      "less than nothing is used",
      { usagePercentage: -5, blocked: false, resetTime: "2026-11-26T16:00:00Z" },
      "0",
    ],
    [
      "it ends in a thousand years",
      { usagePercentage: 150, blocked: true, resetTime: "3026-11-26T16:00:00Z" },
      undefined,
    ],
  ])("nothing absurd is told when the upstream says that %s", async (_name, body, used) => {
    await using stack = await startClocked();
    stack.simulator.enqueueAt("/api/rate-limit/status", { error: { kind: "http", status: 200, body } });
    stack.simulator.enqueue({ text: "Hi.", usage: { promptTokens: 0, completionTokens: 0 } });
    await post(`${stack.url}/v1/responses`, bodies["/v1/responses"]);
    await (
      await stack.simulator.waitForRequest("/api/rate-limit/status")
    ).closed;
    if (used !== undefined) {
      const told = async () =>
        (await post(`${stack.url}/v1/responses`, {})).headers["x-codex-primary-used-percent"];
      await expect.poll(told).toBe(used);
    }
    expect((await post(`${stack.url}/v1/responses`, bodies["/v1/responses"])).status).toBe(200);
  });

  test("nothing is said where nothing is counted", async () => {
    await using stack = await startStack({ simulator: { generation: "A" } });
    for (let times = 0; times < 2; times += 1) {
      const { headers } = await post(`${stack.url}/v1/chat/completions`, bodies["/v1/chat/completions"]);
      expect(Object.keys(headers).filter((name) => name.includes("ratelimit"))).toEqual([]);
    }
  });
});
