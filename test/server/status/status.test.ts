import { expect, test } from "vitest";

import { followStatus } from "../../support/follow-status.ts";
import { createGate } from "../../support/gate.ts";
import { openStream } from "../../support/open-stream.ts";
import { get, post } from "../../support/post.ts";
import { startCompatibleStack } from "../../support/start-compatible-stack.ts";
import { startMerged } from "../../support/start-merged.ts";
import { startStack } from "../../support/start-stack.ts";

const secretWord = "zanzibar-42";
const chat = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: `The word is ${secretWord}.` }] };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("a gateway that nobody has asked yet tells what it has", async () => {
  await using stack = await startStack();
  const status = (await get(`${stack.url}/v1/status`)).json();
  expect(status).toMatchObject({
    object: "status",
    base_url: stack.url,
    kept_in: "memory",
    open_to_all: true,
    open: [],
    activity: { span: "24h", step_seconds: 1800, all: { requests: 0, first_token_ms: null, last_at: null } },
    activity_error: null,
    key: null,
  });
  expect(status.activity.steps).toHaveLength(48);
  expect(status.upstreams).toMatchObject([
    {
      type: "akash-chat",
      up: true,
      problem: null,
      allowance: { state: "available", used_percent: 0 },
      pace_tokens: null,
    },
  ]);
  const model = status.models.find(({ id }: { id: string }) => id === "DeepSeek-V3.2");
  expect(model).toMatchObject({
    kind: "chat",
    answers_now: true,
    upstreams: [{ answers_now: true, tools: "emulated", json_schema: "emulated", images: "none" }],
  });
});

test("counts what was asked, and no look at it", async () => {
  await using stack = await startStack();
  expect((await post(`${stack.url}/v1/chat/completions`, chat)).status).toBe(200);
  await post(`${stack.url}/v1/chat/completions`, { ...chat, model: "no such model" });
  await get(`${stack.url}/v1/models`);
  let status = (await get(`${stack.url}/v1/status?span=1h`)).json();
  await expect
    .poll(async () => {
      status = (await get(`${stack.url}/v1/status?span=1h`)).json();
      return status.activity.all.requests;
    })
    .toBe(2);
  expect(status.activity).toMatchObject({
    span: "1h",
    step_seconds: 75,
    all: { requests: 2, failed: 1, refused: 0, first_token_ms: { p50: expect.any(Number) } },
    models: [{ model: "DeepSeek-V3.2", requests: 1, failed: 0 }],
    errors: [{ error: "model-not-found", failed: 1, refused: 0 }],
  });
  const steps: { requests: number }[] = status.activity.steps;
  expect(steps.reduce((sum, { requests }) => sum + requests, 0)).toBe(2);
});

test("shows what is under way, without its words, where it came from, or who pays", async () => {
  await using stack = await startStack();
  const gate = createGate();
  async function* words() {
    yield "one ";
    await gate.promise;
    yield "two";
  }
  stack.simulator.enqueue({ text: words() });
  const stream = await openStream(
    `${stack.url}/v1/chat/completions`,
    { ...chat, stream: true },
    { "user-agent": "claude-cli/2.1", ...bearer("sk-anything") },
  );
  await stream.readUntil("one");
  const reply = await get(`${stack.url}/v1/status`);
  expect(reply.json().open).toMatchObject([
    {
      route: "POST /v1/chat/completions",
      model: "DeepSeek-V3.2",
      key: null,
      client: "claude-cli/2.1",
      stream: true,
      background: false,
      waits_for: "upstream-next-byte",
      first_token_ms: expect.any(Number),
    },
  ]);
  for (const hidden of [secretWord, "127.0.0.1", "sk-anything"]) {
    expect(reply.text.replaceAll(stack.url, "")).not.toContain(hidden);
  }
  gate.open();
  await stream.readRest();
  await expect.poll(async () => (await get(`${stack.url}/v1/status`)).json().open).toEqual([]);
});

test("says what keeps upstreams from answering, and what they allow", async () => {
  await using stack = await startMerged();
  const status = (await get(`${stack.url}/v1/status`)).json();
  expect(status.upstreams).toMatchObject([
    { name: "web", up: true },
    { name: "paid", type: "akashml", up: true, allowance: { state: "unknown" } },
    { name: "gone", up: false, problem: { error: "upstream-unavailable", since: null, next_try_at: null } },
  ]);
  stack.simulator.enqueue({ error: { kind: "usage", resetAt: stack.clock.now / 1000 + 7200 } });
  await post(`${stack.url}/v1/chat/completions`, chat);
  const later = (await get(`${stack.url}/v1/status`)).json();
  expect(later.upstreams[0]).toMatchObject({
    up: false,
    problem: {
      error: "budget-exhausted",
      model: null,
      since: new Date(stack.clock.now).toISOString(),
      next_try_at: new Date(stack.clock.now + 7_200_000).toISOString(),
      told: true,
    },
  });
});

test("a key sees its own part, the operator all, and nobody else anything", async () => {
  await using stack = await startStack({ env: { ADMIN_TOKEN: "admin", BEARER_TOKEN: "mine" } });
  const made = (
    await post(`${stack.url}/admin/v1/keys`, { name: "ci", models: ["Deep*"] }, bearer("admin"))
  ).json();
  await post(`${stack.url}/v1/chat/completions`, chat, bearer("mine"));
  await post(`${stack.url}/v1/chat/completions`, chat, bearer(made.key));
  const look = async (token: string) => (await get(`${stack.url}/v1/status`, bearer(token))).json();
  await expect.poll(async () => (await look("mine")).activity.all.requests).toBe(2);
  const own = await look(made.key);
  expect(own).toMatchObject({ activity: { all: { requests: 1 } }, key: { name: "ci", limits: [] } });
  expect(own.models.every(({ id }: { id: string }) => id.startsWith("Deep"))).toBe(true);
  expect((await look("admin")).models.length).toBeGreaterThan(own.models.length);
  expect((await get(`${stack.url}/v1/status`)).status).toBe(401);
  expect((await get(`${stack.url}/v1/status/events`)).status).toBe(401);
});

test("a wrong span is an error that names it; without a ledger it says so", async () => {
  await using stack = await startStack({ env: { LEDGER_DAYS: "0" } });
  const wrong = await get(`${stack.url}/v1/status?span=2h`);
  expect([wrong.status, wrong.json().error.param]).toEqual([400, "span"]);
  expect((await get(`${stack.url}/v1/status`)).json()).toMatchObject({
    activity: null,
    activity_error: "LEDGER_DAYS is 0.",
  });
});

test("is told as it changes, and what does not change is told once", async () => {
  await using stack = await startStack();
  await using followed = await followStatus(stack.url);
  expect(followed.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const first = await followed.until(({ object }) => object === "status");
  expect(first.open).toEqual([]);
  await post(`${stack.url}/v1/chat/completions`, chat);
  await followed.until(({ activity }) => activity?.all.requests === 1);
  expect(followed.fields.slice(1).flat()).not.toContain("models");
});

test("ends with the gateway at once, and for a key that is revoked with an error", async () => {
  const env = { ADMIN_TOKEN: "admin", SHUTDOWN_TIMEOUT_MS: "60000" };
  await using stack = await startStack({ env });
  const made = (await post(`${stack.url}/admin/v1/keys`, { name: "ci" }, bearer("admin"))).json();
  await using ofKey = await followStatus(stack.url, bearer(made.key));
  await using ofOperator = await followStatus(stack.url, bearer("admin"));
  await ofOperator.until(({ object }) => object === "status");
  await fetch(`${stack.url}/admin/v1/keys/${made.id}`, { method: "DELETE", headers: bearer("admin") });
  expect((await ofKey.rest()).at(-1)).toBe("error");
  const closing = stack.gateway.close();
  expect(await ofOperator.rest()).not.toContain("error");
  await closing;
});

test("has so many followers, and tells the next one to ask now and then", async () => {
  await using stack = await startStack();
  const all = await Promise.all(Array.from({ length: 32 }, () => followStatus(stack.url)));
  const more = await get(`${stack.url}/v1/status/events`);
  expect([more.status, more.headers["retry-after"]]).toEqual([429, "10"]);
  for (const one of all) await one[Symbol.asyncDispose]();
  await expect
    .poll(async () => {
      const controller = new AbortController();
      const { status } = await fetch(`${stack.url}/v1/status/events`, { signal: controller.signal });
      controller.abort();
      return status;
    })
    .toBe(200);
});

test("shows what is under way in other workers, too", async () => {
  const questions = new Map<string, () => unknown>();
  const other = {
    id: "req_other",
    route: "POST /v1/messages",
    stream: true,
    background: false,
    waitsFor: "gateway",
    ms: 5000,
  };
  await using stack = await startStack({
    overrides: {
      survey: {
        answer: (question, reply) => void questions.set(question, reply),
        ask: async (question) => (question === "open" ? [[other], []] : []),
        leave: async () => undefined,
      },
    },
  });
  const { open } = (await get(`${stack.url}/v1/status`)).json();
  expect(open).toMatchObject([{ id: "req_other", stream: true, waits_for: "gateway", ms: 5000 }]);
  expect(questions.get("open")?.()).toEqual([]);
});

test("keeps nobody who drains a worker waiting", async () => {
  await using stack = await startStack();
  await using followed = await followStatus(stack.url);
  await followed.until(({ object }) => object === "status");
  const drained = stack.gateway.drain(600_000);
  expect(await followed.rest()).not.toContain("error");
  await drained;
});

test("names the model that rests alone, while others answer at the same upstream", async () => {
  await using stack = await startCompatibleStack({
    persona: "vllm",
    models: [
      { id: "broken", contextLength: 8192 },
      { id: "sound", contextLength: 8192 },
    ],
  });
  for (let index = 0; index < 12; index += 1)
    stack.server.enqueue({
      kind: "error",
      status: 500,
      when: ({ body }) => JSON.stringify(body).includes("broken"),
    });
  const ask = (model: string) => post(`${stack.url}/v1/chat/completions`, { ...chat, model });
  for (let index = 0; index < 4; index += 1) expect((await ask("broken")).status).toBeGreaterThanOrEqual(500);
  expect((await ask("sound")).status).toBe(200);
  const { upstreams, models } = (await get(`${stack.url}/v1/status`)).json();
  expect(upstreams).toMatchObject([
    {
      name: "mine",
      up: true,
      models_resting: 1,
      problem: { model: "broken", told: false, since: expect.any(String) },
    },
  ]);
  const answers = models.map(({ id, answers_now: now }: { id: string; answers_now: boolean }) => [id, now]);
  expect(answers).toEqual([
    ["broken", false],
    ["sound", true],
  ]);
});
