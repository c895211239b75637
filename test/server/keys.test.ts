import { describe, expect, test, vi } from "vitest";

import { createMemoryStores } from "../../src/store/open-stores.ts";
import { StoreError } from "../../src/store/response-store.ts";
import { createGate } from "../support/gate.ts";
import { get, post } from "../support/post.ts";
import { hello, startTeam } from "../support/start-team.ts";

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

const away = () => Promise.reject(new StoreError("unavailable", undefined));

const limitsOf = ({ name, limits }: { name: string; limits: { limit: string }[] }) => [
  name,
  limits.map(({ limit }) => limit),
];

describe("the admin API", () => {
  test("is closed without ADMIN_TOKEN, whatever comes along", async () => {
    await using team = await startTeam({ env: { ADMIN_TOKEN: "", BEARER_TOKEN: "sesame" } });
    for (const headers of [{}, bearer("sesame"), bearer("")]) {
      const reply = await get(`${team.url}/admin/v1/keys`, headers);
      expect(reply.status).toBe(403);
      expect(reply.json().error.message).toMatch(/ADMIN_TOKEN/);
    }
  });

  test("wants ADMIN_TOKEN and takes neither BEARER_TOKEN nor a key for it", async () => {
    await using team = await startTeam({ env: { BEARER_TOKEN: "sesame" } });
    const { key } = await team.createKey();
    for (const headers of [{}, bearer("sesame"), bearer(key)]) {
      const reply = await post(`${team.url}/admin/v1/keys`, { name: "mine" }, headers);
      expect(reply.status).toBe(401);
    }
    expect((await team.admin("GET", "/keys")).json().data).toHaveLength(1);
  });

  test("shows a key's secret once, and lists, changes and revokes the key", async () => {
    await using team = await startTeam();
    const made = await team.createKey({
      name: "ci",
      models: ["DeepSeek*"],
      dialects: ["openai-chat"],
      requests_per_minute: 10,
      budget: { tokens: 1000, period: "day" },
      expires_at: "2099-01-01T00:00:00Z",
    });
    expect(made.key).toMatch(/^akc-[\w-]{43}$/);
    expect(made).toMatchObject({
      object: "key",
      name: "ci",
      hint: `akc-…${made.key.slice(-4)}`,
      parent: null,
    });
    const listed = (await team.admin("GET", "/keys")).json();
    expect(listed.data.map(({ id }: { id: string }) => id)).toEqual([made.id]);
    expect(JSON.stringify(listed)).not.toContain(made.key);
    const changed = await team.admin("PATCH", `/keys/${made.id}`, { name: "cd", requests_per_minute: null });
    expect(changed.json()).toMatchObject({ name: "cd", requests_per_minute: null, models: ["DeepSeek*"] });
    const shown = (await team.admin("GET", `/keys/${made.id}`)).json();
    expect(shown.limits).toEqual([
      expect.objectContaining({
        limit: "budget",
        unit: "tokens",
        period: "day",
        cap: 1000,
        used: 0,
        reserved: 0,
      }),
    ]);
    expect((await team.admin("DELETE", `/keys/${made.id}`)).json().revoked_at).toEqual(expect.any(String));
    const refused = await team.chat(made.key);
    expect(refused.status).toBe(401);
    expect(refused.json().error.message).toMatch(/revoked/);
  });

  test.each([
    [{}, "name"],
    [{ name: "" }, "name"],
    [{ name: "a", requests_per_minute: 0 }, "requests_per_minute"],
    [{ name: "a", tokens_per_day: 1.5 }, "tokens_per_day"],
    [{ name: "a", budget: {} }, "budget"],
    [{ name: "a", budget: { tokens: 5, usd: 1 } }, "budget"],
    [{ name: "a", budget: { tokens: 5, period: "fortnight" } }, "budget.period"],
    [{ name: "a", dialects: ["soap"] }, "dialects[0]"],
    [{ name: "a", expires_at: "tomorrow" }, "expires_at"],
    [{ name: "a", expires_at: "2001-01-01T00:00:00Z" }, "expires_at"],
    [{ name: "a", parent: "key_none" }, "parent"],
    [{ name: "a", budget: { id: "bud_none" } }, "budget.id"],
    [{ name: "a", color: "red" }, "color"],
    [{ name: "a", budget: { tokens: 5, color: "red" } }, "budget.color"],
    [{ name: "a", budget: { usd: 1e-10 } }, "budget.usd"],
  ])("refuses %j and names %s", async (body, param) => {
    await using team = await startTeam();
    const reply = await team.admin("POST", "/keys", body);
    expect(reply.status).toBe(400);
    if (param !== undefined) expect(reply.json().error.param).toBe(param);
    expect((await team.admin("GET", "/keys")).json().data).toEqual([]);
  });

  test("lists keys with their limits to who asks for those, and nothing of keys that have ended", async () => {
    await using team = await startTeam();
    const parent = await team.createKey({ name: "ci", budget: { tokens: 1000, period: "day" } });
    await team.createKey({ name: "child", parent: parent.id, requests_per_minute: 5 });
    const gone = await team.createKey({ name: "gone", requests_per_minute: 5 });
    await team.admin("DELETE", `/keys/${gone.id}`);
    const { data } = (await team.admin("GET", "/keys?limits=true")).json();
    expect(data.map(limitsOf)).toEqual([
      ["gone", []],
      ["child", ["requests_per_minute", "budget"]],
      ["ci", ["budget"]],
    ]);
    expect((await team.admin("GET", "/keys")).json().data[0]).not.toHaveProperty("limits");
  });

  test("knows no key of another id", async () => {
    await using team = await startTeam();
    for (const method of ["GET", "DELETE"]) {
      expect((await team.admin(method, "/keys/key_none")).status).toBe(404);
    }
    expect((await team.admin("PATCH", "/keys/key_none", { name: "x" })).status).toBe(404);
  });
});

describe("who may ask", () => {
  test("anybody, while there is no token; with ADMIN_TOKEN keys alone, also before the first and when all are revoked", async () => {
    await using open = await startTeam({ env: { ADMIN_TOKEN: "" } });
    expect((await open.chat("whatever")).status).toBe(200);
    await using team = await startTeam();
    const early = await team.chat("whatever");
    expect(early.status).toBe(401);
    expect(early.json().error.message).toContain("keys create");
    const { id, key } = await team.createKey();
    expect((await team.chat("whatever")).status).toBe(401);
    expect((await team.chat(key)).status).toBe(200);
    await team.admin("DELETE", `/keys/${id}`);
    expect((await team.chat("whatever")).status).toBe(401);
  });

  test("the operator by BEARER_TOKEN, beside all keys", async () => {
    await using team = await startTeam({ env: { BEARER_TOKEN: "sesame" } });
    const { key } = await team.createKey();
    expect((await team.chat("sesame")).status).toBe(200);
    expect((await team.chat(key)).status).toBe(200);
    const wrong = await team.chat("akc-wrong");
    expect(wrong.status).toBe(401);
    expect(wrong.headers["www-authenticate"]).toBe("Bearer");
    const wrongAdmin = await get(`${team.url}/admin/v1/keys`, { authorization: "Bearer sesame" });
    expect([wrongAdmin.status, wrongAdmin.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
  });

  test("nobody by a key while the store of keys is away, which is no word against the key", async () => {
    const stores = createMemoryStores({ STORED_RESPONSES: 10, LEDGER_DAYS: 30 }, { now: Date.now });
    await using team = await startTeam({
      overrides: { stores: { ...stores, keys: { ...stores.keys, find: away } } },
    });
    const reply = await team.chat("akc-any");
    expect([reply.status, reply.headers["www-authenticate"]]).toEqual([503, undefined]);
  });

  test("a key in any place where clients put one", async () => {
    await using team = await startTeam();
    const { key } = await team.createKey();
    for (const headers of [{ "x-api-key": key }, { "api-key": key }, { "x-goog-api-key": key }]) {
      expect((await post(`${team.url}/v1/chat/completions`, hello, headers)).status).toBe(200);
    }
    expect((await post(`${team.url}/v1/chat/completions?key=${key}`, hello)).status).toBe(200);
  });
});

describe("what a key may use", () => {
  test("models by pattern: others are refused, and not in its list", async () => {
    await using team = await startTeam();
    const { key } = await team.createKey({ models: ["DeepSeek*"] });
    expect((await team.chat(key)).status).toBe(200);
    const refused = await team.chat(key, { model: "gpt-oss-120b" });
    expect(refused.status).toBe(403);
    expect(refused.json().error).toMatchObject({
      param: "model",
      message: expect.stringContaining("DeepSeek*"),
    });
    const list = (await get(`${team.url}/v1/models`, bearer(key))).json().data;
    expect(list.every(({ id }: { id: string }) => id.startsWith("DeepSeek"))).toBe(true);
    expect(list).not.toEqual([]);
    expect((await get(`${team.url}/v1/models/gpt-oss-120b`, bearer(key))).status).toBe(403);
  });

  test("APIs by name, refused in their own dialect", async () => {
    await using team = await startTeam();
    const { key } = await team.createKey({ dialects: ["openai-chat"] });
    expect((await team.chat(key)).status).toBe(200);
    const messages = await post(`${team.url}/v1/messages`, hello, bearer(key));
    expect(messages.status).toBe(403);
    expect(messages.json()).toMatchObject({ type: "error", error: { type: "permission_error" } });
    // A Responses body on the route of chat is the Responses API.
    const body = { model: hello.model, input: "Hello" };
    expect((await post(`${team.url}/v1/chat/completions`, body, bearer(key))).status).toBe(403);
  });

  test("nothing after its end", async () => {
    let now = Date.parse("2027-01-01T00:00:00Z");
    await using team = await startTeam({ overrides: { now: () => now } });
    const { key } = await team.createKey({ expires_at: "2027-01-02T00:00:00Z" });
    expect((await team.chat(key)).status).toBe(200);
    now = Date.parse("2027-01-02T00:00:00Z");
    const refused = await team.chat(key);
    expect(refused.status).toBe(401);
    expect(refused.json().error.message).toMatch(/expired/);
  });
});

describe("limits", () => {
  test("requests a minute: 429 with the true Retry-After, in each dialect", async () => {
    let now = Date.parse("2027-01-01T00:00:00Z");
    await using team = await startTeam({ overrides: { now: () => now } });
    const { key } = await team.createKey({ requests_per_minute: 2 });
    expect((await team.chat(key)).status).toBe(200);
    expect((await team.chat(key)).status).toBe(200);
    const chat = await team.chat(key);
    expect(chat.status).toBe(429);
    expect(chat.json().error.message).toContain("requests_per_minute");
    const seconds = Number(chat.headers["retry-after"]);
    expect(seconds).toBeGreaterThan(0);
    const messages = await post(`${team.url}/v1/messages`, hello, bearer(key));
    expect(messages.status).toBe(429);
    expect(messages.json().error.type).toBe("rate_limit_error");
    const responses = await post(
      `${team.url}/v1/responses`,
      { model: hello.model, input: "Hello" },
      bearer(key),
    );
    expect(responses.status).toBe(429);
    // What was refused was no request.
    now += seconds * 1000;
    expect((await team.chat(key)).status).toBe(200);
  });

  test("requests at once: one more fits when one is over", async () => {
    await using team = await startTeam();
    const { key } = await team.createKey({ concurrency: 1 });
    const gate = createGate();
    team.simulator.enqueue({ text: "slow", gate: gate.promise });
    const slow = team.chat(key);
    await team.simulator.waitForChat(0);
    const refused = await team.chat(key);
    expect(refused.status).toBe(429);
    expect(refused.json().error.message).toContain("concurrency");
    gate.open();
    expect((await slow).status).toBe(200);
    expect((await team.chat(key)).status).toBe(200);
  });

  test("a budget is settled by what the upstream counted", async () => {
    await using team = await startTeam();
    const { id, key } = await team.createKey({ budget: { tokens: 1000, period: "month" } });
    team.simulator.enqueue({ text: "Hi", usage: { promptTokens: 30, completionTokens: 12 } });
    expect((await team.chat(key)).status).toBe(200);
    const { limits } = (await team.admin("GET", `/keys/${id}`)).json();
    expect(limits).toMatchObject([{ limit: "budget", used: 42, reserved: 0, remaining: 958 }]);
  });

  test("a client that leaves, and an upstream that breaks off, have cost what they had by then", async () => {
    await using team = await startTeam();
    const { key } = await team.createKey({ budget: { tokens: 100_000, period: "month" } });
    const limits = async () => (await get(`${team.url}/v1/usage`, bearer(key))).json().key.limits;
    team.simulator.enqueue({ text: "one two three four five six", error: { kind: "cut" } });
    const broken = await team.chat(key, { stream: true });
    expect(broken.text).toContain("error");
    const [first] = await limits();
    expect(first.used).toBeGreaterThan(5);
    expect(first.reserved).toBe(0);

    const gate = createGate();
    team.simulator.enqueue({ text: ["one", " two", " three"], gate: gate.promise, gateAfter: 2 });
    const leaving = new AbortController();
    const streamed = await fetch(`${team.url}/v1/chat/completions`, {
      method: "POST",
      headers: { ...bearer(key), "content-type": "application/json" },
      body: JSON.stringify({ ...hello, stream: true }),
      signal: leaving.signal,
    });
    await streamed.body?.getReader().read();
    expect((await limits())[0].reserved).toBeGreaterThan(0);
    leaving.abort();
    await vi.waitFor(async () => expect((await limits())[0].reserved).toBe(0));
    gate.open();
    const [second] = await limits();
    expect(second.used).toBeGreaterThan(first.used + 5);
  });

  test("a budget that is spent is 402, and says when there is a new one", async () => {
    const now = Date.parse("2027-01-01T23:00:00Z");
    await using team = await startTeam({ overrides: { now: () => now } });
    const { key } = await team.createKey({ budget: { tokens: 100, period: "day" } });
    team.simulator.enqueue({ text: "Hi", usage: { promptTokens: 30, completionTokens: 70 } });
    expect((await team.chat(key)).status).toBe(200);
    const refused = await team.chat(key);
    expect(refused.status).toBe(402);
    expect(refused.json().error.message).toMatch(/100 tokens a day \(budget\)/);
  });

  test("of 200 requests at once against a budget for 50, exactly 50 pass", async () => {
    await using team = await startTeam({
      simulator: { script: () => ({ text: "x", usage: { promptTokens: 10, completionTokens: 90 } }) },
    });
    const probe = await team.createKey({ budget: { tokens: 1_000_000, period: "total" } });
    const gate = createGate();
    team.simulator.enqueue({ text: "x", gate: gate.promise });
    const first = team.chat(probe.key);
    await team.simulator.waitForChat(0);
    const [held] = (await team.admin("GET", `/keys/${probe.id}`)).json().limits;
    gate.open();
    await first;
    const { id, key } = await team.createKey({ budget: { tokens: held.reserved * 50, period: "total" } });
    const gates = createGate();
    for (let count = 0; count < 50; count += 1)
      team.simulator.enqueue({
        text: "x",
        gate: gates.promise,
        usage: { promptTokens: 10, completionTokens: 5 },
      });
    const replies = Array.from({ length: 200 }, () => team.chat(key));
    await team.simulator.waitForChat(50);
    let refused = 0;
    for (const reply of replies) void reply.then(({ status }) => (refused += status === 200 ? 0 : 1));
    await expect.poll(() => refused).toBe(150);
    gates.open();
    const statuses = (await Promise.all(replies)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(50);
    const [settled] = (await team.admin("GET", `/keys/${id}`)).json().limits;
    expect(settled).toMatchObject({ used: 50 * 15, reserved: 0 });
  });
});

describe("keys of keys", () => {
  test("a key makes children that live within it and end with it", async () => {
    await using team = await startTeam();
    const parent = await team.createKey({ requests_per_minute: 3, expires_at: "2099-01-01T00:00:00Z" });
    const url = `${team.url}/v1/keys`;
    const wish = { name: "sub", requests_per_minute: 2 };
    const child = (await post(url, wish, bearer(parent.key))).json();
    expect(child).toMatchObject({ parent: parent.id, key: expect.stringMatching(/^akc-/) });
    const more = await post(url, { name: "sub", requests_per_minute: 4 }, bearer(parent.key));
    expect(more.status).toBe(400);
    expect(more.json().error.param).toBe("requests_per_minute");
    const later = await post(url, { name: "sub", expires_at: "2100-01-01T00:00:00Z" }, bearer(parent.key));
    expect(later.json().error.param).toBe("expires_at");
    for (let count = 0; count < 2; count += 1) expect((await team.chat(child.key)).status).toBe(200);
    expect((await team.chat(child.key)).status).toBe(429);
    // What the child asked, the parent has asked.
    expect((await team.chat(parent.key)).status).toBe(200);
    expect((await team.chat(parent.key)).status).toBe(429);
    await team.admin("DELETE", `/keys/${parent.id}`);
    const refused = await team.chat(child.key);
    expect(refused.status).toBe(401);
    expect(refused.json().error.message).toContain("descends from");
  });

  test("a key sees and changes its descendants alone, and no budget of those above it", async () => {
    await using team = await startTeam();
    const one = await team.createKey({ budget: { tokens: 1000, period: "day" } });
    const other = await team.createKey();
    const url = `${team.url}/v1/keys`;
    const child = (await post(url, { name: "sub", budget: { id: one.budget.id } }, bearer(one.key))).json();
    expect((await get(url, bearer(one.key))).json().data).toMatchObject([{ id: child.id }]);
    expect((await get(url, bearer(other.key))).json().data).toEqual([]);
    for (const id of [one.id, other.id])
      expect((await get(`${url}/${id}`, bearer(one.key))).status).toBe(404);
    await team.admin("PATCH", `/keys/${child.id}`, {});
    const raised = await post(url, { name: "sub", parent: other.id }, bearer(one.key));
    expect(raised.json().error.param).toBe("parent");
    expect((await get(url, bearer("nobody"))).status).toBe(401);
  });

  test("several keys share a budget, and a change of it holds for all", async () => {
    await using team = await startTeam();
    const one = await team.createKey({ budget: { tokens: 100, period: "total" } });
    const two = await team.createKey({ budget: { id: one.budget.id } });
    team.simulator.enqueue({ text: "Hi", usage: { promptTokens: 40, completionTokens: 60 } });
    expect((await team.chat(one.key)).status).toBe(200);
    expect((await team.chat(two.key)).status).toBe(402);
    await team.admin("PATCH", `/keys/${two.id}`, { budget: { tokens: 1000, period: "total" } });
    expect((await team.chat(one.key)).status).toBe(200);
    expect((await team.admin("GET", `/keys/${one.id}`)).json().budget.tokens).toBe(1000);
  });
});

test("GET /v1/usage tells a key how its limits stand, and nothing of others", async () => {
  await using team = await startTeam({ env: { BEARER_TOKEN: "sesame" } });
  const { id, key } = await team.createKey({ name: "ci", requests_per_minute: 5, concurrency: 2 });
  await team.chat(key);
  const own = (await get(`${team.url}/v1/usage`, bearer(key))).json();
  expect(own.totals).toBeNull();
  expect(own.key).toMatchObject({
    id,
    name: "ci",
    limits: [
      { limit: "concurrency", cap: 2, used: 0, reserved: 0, remaining: 2 },
      { limit: "requests_per_minute", cap: 5, used: 1, reserved: 0, remaining: 4 },
    ],
  });
  const all = (await get(`${team.url}/v1/usage`, bearer("sesame"))).json();
  expect(all.totals.requests).toBe(1);
  expect(all.key).toBeUndefined();
});

describe("what a key stored", () => {
  test("is found by that key and the operator, and by no other", async () => {
    await using team = await startTeam({ env: { BEARER_TOKEN: "sesame" } });
    const [one, other] = [await team.createKey(), await team.createKey()];
    const url = `${team.url}/v1/responses`;
    const { id } = (await post(url, { model: hello.model, input: "Hello" }, bearer(one.key))).json();
    expect((await get(`${url}/${id}`, bearer(one.key))).status).toBe(200);
    expect((await get(`${url}/${id}`, bearer("sesame"))).status).toBe(200);
    expect((await get(`${url}/${id}`, bearer(other.key))).status).toBe(404);
    expect((await get(`${url}/${id}/input_items`, bearer(other.key))).status).toBe(404);
    const next = { model: hello.model, input: "More", previous_response_id: id };
    expect((await post(url, next, bearer(other.key))).status).toBe(400);
    expect((await post(url, next, bearer(one.key))).status).toBe(200);
    const run = { model: hello.model, input: "Hello", background: true };
    const background = (await post(url, run, bearer(one.key))).json();
    expect((await get(`${url}/${background.id}`, bearer(other.key))).status).toBe(404);
    expect((await post(`${url}/${background.id}/cancel`, {}, bearer(other.key))).status).toBe(404);
    expect((await get(`${url}/${background.id}`, bearer(one.key))).status).toBe(200);
  });
});
