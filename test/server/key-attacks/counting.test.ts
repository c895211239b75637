/** What somebody who has a key tries, so that requests cost less or are none. */
import { connect } from "node:net";

import { describe, expect, test, vi } from "vitest";

import { startCompatibleSimulator } from "../../../src/simulator/compatible/index.ts";
import { createGate } from "../../support/gate.ts";
import { get, post } from "../../support/post.ts";
import { startConfigured } from "../../support/start-configured.ts";
import { hello, startTeam, type Team } from "../../support/start-team.ts";

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** How the limits of a key stand, by the names of their fields. */
async function limitsOf(team: Pick<Team, "admin">, id: string) {
  const { limits } = (await team.admin("GET", `/keys/${id}`)).json();
  return Object.fromEntries(limits.map((state: { limit: string }) => [state.limit, state]));
}

describe("by the count of its requests", () => {
  test("several answers are one request, however they are asked for at once", async () => {
    await using team = await startTeam();
    const { id, key } = await team.createKey({ requests_per_minute: 3, concurrency: 1 });
    for (const stream of [false, true]) {
      const reply = await team.chat(key, { n: 3, stream });
      expect(reply.status).toBe(200);
      expect(reply.text).not.toContain("concurrency");
    }
    const limits = await limitsOf(team, id);
    expect(limits["requests_per_minute"]).toMatchObject({ used: 2 });
    await vi.waitFor(async () =>
      expect((await limitsOf(team, id))["concurrency"]).toMatchObject({ reserved: 0 }),
    );
  });

  test("many prompts of the old API are one request", async () => {
    await using team = await startTeam();
    const { id, key } = await team.createKey({ requests_per_minute: 3, concurrency: 1 });
    const body = { model: hello.model, prompt: ["one", "two", "three"], max_tokens: 10 };
    expect((await post(`${team.url}/v1/completions`, body, bearer(key))).status).toBe(200);
    expect((await limitsOf(team, id))["requests_per_minute"]).toMatchObject({ used: 1 });
  });

  test("all answers of a request are paid for", async () => {
    await using team = await startTeam({
      simulator: { script: () => ({ text: "x", usage: { promptTokens: 10, completionTokens: 5 } }) },
    });
    const { id, key } = await team.createKey({ budget: { tokens: 100_000, period: "total" } });
    expect((await team.chat(key, { n: 4 })).status).toBe(200);
    expect((await limitsOf(team, id))["budget"]).toMatchObject({ used: 60, reserved: 0 });
  });

  test("a background response that is refused leaves nothing reserved", async () => {
    await using team = await startTeam();
    const gate = createGate();
    const { id, key } = await team.createKey({ budget: { tokens: 10_000_000, period: "total" } });
    const url = `${team.url}/v1/responses`;
    const body = { model: hello.model, input: "Hello", background: true };
    for (let count = 0; count < 100; count += 1) {
      team.simulator.enqueue({ text: "slow", gate: gate.promise });
      expect((await post(url, body, bearer(key))).status).toBe(200);
    }
    const before = (await limitsOf(team, id))["budget"];
    const refused = await post(url, body, bearer(key));
    expect(refused.status).toBe(503);
    await vi.waitFor(async () => expect((await limitsOf(team, id))["budget"]).toEqual(before));
    gate.open();
  });

  test("who leaves before the first word has had the prompt read", async () => {
    await using team = await startTeam();
    const { id, key } = await team.createKey({ budget: { tokens: 100_000, period: "total" } });
    const gate = createGate();
    team.simulator.enqueue({ text: "late", gate: gate.promise });
    const leaving = new AbortController();
    const asked = fetch(`${team.url}/v1/chat/completions`, {
      method: "POST",
      headers: { ...bearer(key), "content-type": "application/json" },
      body: JSON.stringify({ ...hello, messages: [{ role: "user", content: "word ".repeat(500) }] }),
      signal: leaving.signal,
    });
    await team.simulator.waitForChat(0);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await vi.waitFor(async () => expect((await limitsOf(team, id))["budget"]).toMatchObject({ reserved: 0 }));
    expect((await limitsOf(team, id))["budget"].used).toBeGreaterThan(500);
    gate.open();
  });
});

/** Sends the head of a request and gives what sends the rest. */
async function dribble(team: Team, key: string, text = JSON.stringify(hello)) {
  const { port, hostname, host } = new URL(team.url);
  const socket = connect(Number(port), hostname);
  const head = [
    "POST /v1/chat/completions HTTP/1.1",
    `host: ${host}`,
    `authorization: Bearer ${key}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(text)}`,
    "connection: close",
  ];
  let seen = "";
  socket.setEncoding("utf8").on("data", (piece: string) => (seen += piece));
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.write(`${head.join("\r\n")}\r\n\r\n${text.slice(0, 5)}`);
  return async () => {
    socket.write(text.slice(5));
    await ended;
    return seen;
  };
}

describe("by being slow", () => {
  test.each([
    ["no limits", {}],
    ["limits", { requests_per_minute: 100 }],
  ])("a key with %s that ends while its request comes in is refused", async (_what, wish) => {
    let now = Date.parse("2027-01-01T00:00:00Z");
    await using team = await startTeam({ overrides: { now: () => now } });
    const revoked = await team.createKey(wish);
    const narrowed = await team.createKey(wish);
    const expired = await team.createKey({ ...wish, expires_at: "2027-01-01T01:00:00Z" });
    let begun = 0;
    team.gateway.app.server.on("request", () => (begun += 1));
    const rests = await Promise.all([revoked, narrowed, expired].map(({ key }) => dribble(team, key)));
    await vi.waitFor(() => expect(begun).toBe(3));
    await team.admin("DELETE", `/keys/${revoked.id}`);
    await team.admin("PATCH", `/keys/${narrowed.id}`, { models: ["gpt*"] });
    now += 3_600_000;
    const heads = (await Promise.all(rests.map((rest) => rest()))).map((text) => text.slice(0, 12));
    expect(heads).toEqual(["HTTP/1.1 401", "HTTP/1.1 403", "HTTP/1.1 401"]);
  });
});

describe("by going on when it is revoked", () => {
  test("what is under way ends well and is settled, nothing new begins, and a child goes with it", async () => {
    await using team = await startTeam();
    const { id, key } = await team.createKey({
      budget: { tokens: 100_000, period: "total" },
      concurrency: 10,
    });
    const child = (await post(`${team.url}/v1/keys`, { name: "sub" }, bearer(key))).json();
    const gate = createGate();
    for (let count = 0; count < 3; count += 1) {
      team.simulator.enqueue({
        text: "x",
        gate: gate.promise,
        usage: { promptTokens: 10, completionTokens: 5 },
      });
    }
    const running = [team.chat(key), team.chat(child.key, { stream: true })];
    const run = { model: hello.model, input: "Hello", background: true };
    expect((await post(`${team.url}/v1/responses`, run, bearer(child.key))).status).toBe(200);
    await team.simulator.waitForChat(2);
    // Revoked while a crowd of new ones comes in: each is let through whole or refused whole.
    const crowd = Array.from({ length: 20 }, () => team.chat(child.key));
    await team.admin("DELETE", `/keys/${id}`);
    const late = await Promise.all(Array.from({ length: 20 }, () => team.chat(child.key)));
    expect(new Set(late.map(({ status }) => status))).toEqual(new Set([401]));
    gate.open();
    for (const reply of await Promise.all(running))
      expect([reply.status, reply.text]).toEqual([200, expect.stringContaining("x")]);
    for (const { status } of await Promise.all(crowd)) expect([200, 401, 429]).toContain(status);
    await vi.waitFor(async () => {
      const { budget, concurrency } = await limitsOf(team, id);
      expect([budget.reserved, concurrency.reserved]).toEqual([0, 0]);
      expect(budget.used).toBeGreaterThanOrEqual(45);
    });
  });

  test("a request id that is another's changes nothing of what is counted", async () => {
    await using team = await startTeam();
    const { id, key } = await team.createKey({
      budget: { tokens: 100_000, period: "total" },
      requests_per_minute: 100,
    });
    const headers = { ...bearer(key), "x-request-id": "the-same" };
    for (let count = 0; count < 5; count += 1)
      team.simulator.enqueue({ text: "x", usage: { promptTokens: 10, completionTokens: 5 } });
    const ask = () => post(`${team.url}/v1/chat/completions`, hello, headers);
    await Promise.all(Array.from({ length: 5 }, ask));
    expect(await limitsOf(team, id)).toMatchObject({
      budget: { used: 75, reserved: 0 },
      requests_per_minute: { used: 5 },
    });
  });
});

async function startPriced() {
  const server = await startCompatibleSimulator({ persona: "vllm", models: [{ id: "priced" }] });
  const configured = await startConfigured(
    `upstreams: [{ name: mine, type: openai, base_url: "${server.baseUrl}", models: { price: { input: 1000, output: 1000 } } }]\n`,
    { env: { ADMIN_TOKEN: "a" } },
  );
  const { id, key } = (
    await post(`${configured.url}/admin/v1/keys`, { name: "a", budget: { usd: 100 } }, bearer("a"))
  ).json();
  return {
    server,
    url: configured.url,
    key,
    ask: (body: object = {}, init: RequestInit = {}) =>
      fetch(`${configured.url}/v1/chat/completions`, {
        method: "POST",
        headers: { ...bearer(key), "content-type": "application/json" },
        body: JSON.stringify({ ...hello, model: "priced", ...body }),
        ...init,
      }),
    async budget() {
      const { limits } = (await get(`${configured.url}/admin/v1/keys/${id}`, bearer("a"))).json();
      return limits[0];
    },
    async [Symbol.asyncDispose]() {
      await configured.close();
      await server.close();
    },
  };
}

describe("with a budget in dollars", () => {
  test("who leaves in the middle pays for what was said", async () => {
    await using priced = await startPriced();
    const gate = createGate();
    priced.server.enqueue({ kind: "answer", text: ["one two three", gate.promise, "late"] });
    const leaving = new AbortController();
    const reply = await priced.ask({ stream: true }, { signal: leaving.signal });
    await reply.body?.getReader().read();
    expect((await priced.budget()).reserved).toBeGreaterThan(0);
    leaving.abort();
    await vi.waitFor(async () => expect((await priced.budget()).reserved).toBe(0));
    expect((await priced.budget()).used).toBeGreaterThan(0.003);
    gate.open();
  });

  test("and pays for each of several answers", async () => {
    await using priced = await startPriced();
    expect((await priced.ask()).status).toBe(200);
    const one = (await priced.budget()).used;
    expect(one).toBeGreaterThan(0);
    expect((await priced.ask({ n: 3 })).status).toBe(200);
    expect((await priced.budget()).used).toBeGreaterThan(3 * one);
  });
});
