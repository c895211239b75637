import { expect, test } from "vitest";

import { get, post, send } from "../support/post.ts";
import { startMerged, type MergedStack } from "../support/start-merged.ts";

const env = { ADMIN_TOKEN: "admin", BEARER_TOKEN: "mine" };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const start = () => startMerged({ env });

const tryNow = (stack: MergedStack, name: string, token = "admin") =>
  send("POST", `${stack.url}/admin/v1/upstreams/${name}/try`, null, bearer(token));
const look = async (stack: MergedStack, name: string) => {
  const status = (await get(`${stack.url}/v1/status`, bearer("admin"))).json();
  return status.upstreams.find((one: { name: string }) => one.name === name);
};
const ask = (stack: MergedStack, model: string) =>
  post(
    `${stack.url}/v1/chat/completions`,
    { model, messages: [{ role: "user", content: "Say hello" }] },
    bearer("mine"),
  );
/** The upstream `paid` refuses a model, and says for how long. */
const restPaid = async (stack: MergedStack) => {
  const { models } = (await get(`${stack.url}/v1/status`, bearer("admin"))).json();
  const legs: { name: string; model: string }[] = models.flatMap(
    (one: { upstreams: object[] }) => one.upstreams,
  );
  const model = legs.find(({ name }) => name === "paid")?.model;
  stack.paid.enqueue({ kind: "error", status: 429, headers: { "retry-after": "50" } });
  expect((await ask(stack, `paid/${model}`)).status).toBe(429);
};

test("an upstream that answers rests no longer", async () => {
  await using stack = await start();
  await restPaid(stack);
  expect(await look(stack, "paid")).toMatchObject({ problem: { error: "rate-limited", told: true } });
  const tried = await tryNow(stack, "paid");
  const { object, ...shown } = tried.json();
  expect([tried.status, object]).toEqual([200, "upstream"]);
  expect(shown).toMatchObject({ up: true, models_resting: 0, problem: null });
  expect(shown).toEqual(await look(stack, "paid"));
});

test("one that does not answer goes on resting, and what it said just now is told", async () => {
  await using stack = await start();
  await restPaid(stack);
  stack.paid.enqueueAt("/v1/models", { kind: "error", status: 401 });
  const { up, problem } = (await tryNow(stack, "paid")).json();
  expect([up, problem.error]).toEqual([false, "upstream-unauthorized"]);
  expect(await look(stack, "paid")).toMatchObject({ problem: { error: "rate-limited" } });
  // Each press is a look, also where the last one was a moment ago.
  expect((await tryNow(stack, "paid")).json()).toMatchObject({ up: true, problem: null });
});

test("one that can't be reached says so again", async () => {
  await using stack = await start();
  expect((await tryNow(stack, "gone")).json()).toMatchObject({
    up: false,
    problem: { error: "upstream-unavailable", message: expect.stringContaining("gone") },
  });
});

test("an allowance that is used up is looked at: it may have been renewed before its time", async () => {
  await using stack = await startMerged({ env, simulator: { tokenLimit: 20 } });
  await ask(stack, "web/DeepSeek-V3.2");
  expect((await ask(stack, "web/DeepSeek-V3.2")).status).toBe(402);
  expect((await tryNow(stack, "web")).json()).toMatchObject({ up: false, allowance: { state: "spent" } });

  await using renewed = await start();
  renewed.simulator.enqueue({ error: { kind: "usage", resetAt: renewed.clock.now / 1000 + 7200 } });
  expect((await ask(renewed, "web/DeepSeek-V3.2")).status).toBe(402);
  expect((await tryNow(renewed, "web")).json()).toMatchObject({ up: true, problem: null });
  expect((await ask(renewed, "web/DeepSeek-V3.2")).status).toBe(200);
});

test("it is for ADMIN_TOKEN, and a name that nobody has is an error with those that there are", async () => {
  await using stack = await start();
  const refused = await tryNow(stack, "paid", "mine");
  expect([refused.status, stack.paid.requests]).toEqual([401, []]);
  const wrong = await tryNow(stack, "nobody");
  expect(wrong.status).toBe(404);
  expect(wrong.json().error.message).toContain("`nobody`. It has: web, paid, gone.");
});
