import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ResponseStore, StoreError } from "../../src/store/response-store.ts";
import { parseFrames } from "../dialects/openai-responses/parse-frames.ts";
import { holdLock } from "../store/hold-lock.ts";
import { openStore } from "../store/open-store.ts";
import { createGate } from "../support/gate.ts";
import { hasSqlite } from "../support/has-sqlite.ts";
import { get, post, send, type Reply } from "../support/post.ts";
import { type Stack, startStack } from "../support/start-stack.ts";

const model = "DeepSeek-V3.2";
const names = ["a store that can do nothing", "a store that fails in an unforeseen way"] as const;

/** Every call fails. */
function brokenStore(name: (typeof names)[number]): ResponseStore {
  const fail = async (): Promise<never> => {
    throw name === names[0] ? new StoreError("unavailable", undefined) : new Error("unforeseen");
  };
  return { problem: "unavailable", get: fail, put: fail, delete: fail, close: async () => {} };
}

function create(stack: Stack, more: object = {}): Promise<Reply> {
  return post(`${stack.url}/v1/responses`, { model, input: "hi", ...more });
}

/** Polls until a background response has a status. */
async function waitFor(stack: Stack, id: string, status: string): Promise<void> {
  while ((await get(`${stack.url}/v1/responses/${id}`)).json().status !== status);
}

describe.each(names)("%s", (name) => {
  const overrides = { store: brokenStore(name) };

  test("an answer is given, and says that it was not stored", async () => {
    await using stack = await startStack({ overrides });
    stack.simulator.enqueue({ text: "Hello" });
    const reply = await create(stack);
    expect(reply).toMatchObject({ status: 200, headers: { "x-store-error": "unavailable" } });
    expect(reply.json()).toMatchObject({ status: "completed" });
    stack.simulator.enqueue({ text: "Hello" });
    expect((await create(stack, { store: false })).headers["x-store-error"]).toBeUndefined();
  });

  test("a stream says so in its head, and is complete", async () => {
    await using stack = await startStack({ overrides });
    stack.simulator.enqueue({ text: "Hello" });
    const reply = await create(stack, { stream: true });
    expect(reply).toMatchObject({ status: 200, headers: { "x-store-error": "unavailable" } });
    expect(parseFrames(reply.text).at(-1)).toMatchObject({ type: "response.completed" });
    stack.simulator.enqueue({ text: "Hello" });
    const unstored = await create(stack, { stream: true, store: false });
    expect(unstored.headers["x-store-error"]).toBeUndefined();
    stack.simulator.enqueue({ text: "Hello" });
    const background = await create(stack, { stream: true, background: true });
    expect(background).toMatchObject({ status: 200, headers: { "x-store-error": "unavailable" } });
    expect(parseFrames(background.text).at(-1)).toMatchObject({ type: "response.completed" });
  });

  test("a background response is found, followed, cancelled and deleted while it is in memory", async () => {
    await using stack = await startStack({ overrides });
    const gate = createGate();
    stack.simulator.enqueue({ text: "Hello", gate: gate.promise });
    const created = await create(stack, { background: true });
    expect(created).toMatchObject({ status: 200, headers: { "x-store-error": "unavailable" } });
    const { id, status } = created.json();
    expect(status).toBe("queued");
    const url = `${stack.url}/v1/responses/${id}`;
    expect((await get(url)).json()).toMatchObject({ id, background: true });
    expect((await get(`${url}/input_items`)).json()).toMatchObject({ data: [{ role: "user" }] });
    const next = await create(stack, { previous_response_id: id });
    expect(next.json().error.message).toMatch(/is not complete yet/);
    expect((await post(`${url}/cancel`, {})).json()).toMatchObject({ id, status: "cancelled" });
    expect((await get(`${url}?stream=true`)).text).toContain("response.queued");
    expect(await send("DELETE", url, null)).toMatchObject({ status: 200 });
    expect((await get(url)).status).not.toBe(200);
    gate.open();
  });

  test("a background response that has ended can be gone on from", async () => {
    await using stack = await startStack({ overrides });
    stack.simulator.enqueue({ text: "Hello Alice." });
    const { id } = (await create(stack, { input: "I am Alice.", background: true })).json();
    await waitFor(stack, id, "completed");
    stack.simulator.enqueue({ text: "Alice." });
    expect(await create(stack, { previous_response_id: id })).toMatchObject({ status: 200 });
    expect(JSON.stringify(stack.simulator.chats.at(-1)?.body)).toContain("Hello Alice.");
  });
});

test("what only the store knows is 503 while it can't be asked, never 500 or 404", async () => {
  await using stack = await startStack({ overrides: { store: brokenStore(names[0]) } });
  const url = `${stack.url}/v1/responses/resp_1`;
  const replies = [
    await get(url),
    await get(`${url}/input_items`),
    await post(`${url}/cancel`, {}),
    await send("DELETE", url, null),
    await create(stack, { previous_response_id: "resp_1" }),
  ];
  for (const reply of replies) {
    expect(reply.status).toBe(503);
    expect(reply.json().error).toMatchObject({ code: "overloaded" });
    expect(reply.json().error.message).toMatch(/stored data can't be used now/);
  }
});

test("scripts in a browser may read the header", async () => {
  await using stack = await startStack();
  const { headers } = await get(`${stack.url}/health`, { origin: "http://localhost:3000" });
  expect(headers["access-control-expose-headers"]).toContain("x-store-error");
});

describe.runIf(hasSqlite)("DATA_DIR", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "store-trouble-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test("answers wait for the lock of another process, and nobody waits for them", async () => {
    await using stack = await startStack({ overrides: { store: await openStore(directory) } });
    const lock = await holdLock(path.join(directory, "responses.sqlite"));
    const seen: string[] = [];
    for (let count = 0; count < 20; count += 1) stack.simulator.enqueue({ text: "Hello" });
    const answers = Array.from({ length: 20 }, () =>
      create(stack).then((reply) => {
        seen.push("answer");
        return reply;
      }),
    );
    await stack.simulator.waitForChat(19);
    // A stream is not kept waiting: a client that refers to it at once finds it.
    stack.simulator.enqueue({ text: "Alice" });
    const frames = parseFrames((await create(stack, { stream: true })).text);
    const { id } = (frames.at(-1) as unknown as { response: { id: string } }).response;
    expect((await get(`${stack.url}/v1/responses/${id}`)).json()).toMatchObject({ id, status: "completed" });
    expect(await get(`${stack.url}/health`)).toMatchObject({ status: 200 });
    seen.push("health");
    await lock.release();
    for (const reply of await Promise.all(answers)) {
      expect(reply).toMatchObject({ status: 200 });
      expect(reply.headers["x-store-error"]).toBeUndefined();
    }
    expect(seen[0]).toBe("health");
  });

  test("without room: what does not fit is answered, found, gone on from and deleted", async () => {
    const store = await openStore(directory, { limitBytes: 1 });
    await using stack = await startStack({ overrides: { store } });
    const input = `I am Alice. ${"x".repeat(200_000)}`;
    stack.simulator.enqueue({ text: "Hello Alice." });
    const reply = await create(stack, { input });
    expect(reply).toMatchObject({ status: 200, headers: { "x-store-error": "disk-full" } });
    const url = `${stack.url}/v1/responses/${reply.json().id}`;
    expect(await get(url)).toMatchObject({ status: 200 });
    stack.simulator.enqueue({ text: "Alice." });
    const next = await create(stack, { input: "Who?", previous_response_id: reply.json().id });
    expect(next).toMatchObject({ status: 200 });
    expect(await send("DELETE", url, null)).toMatchObject({ status: 200 });
    expect(await get(url)).toMatchObject({ status: 404 });

    stack.simulator.enqueue({ text: "never", gate: new Promise(() => {}) });
    const background = await create(stack, { input, background: true });
    expect(background).toMatchObject({ status: 200, headers: { "x-store-error": "disk-full" } });
    const run = `${stack.url}/v1/responses/${background.json().id}`;
    expect((await get(run)).json()).toMatchObject({ background: true });
    expect((await post(`${run}/cancel`, {})).json()).toMatchObject({ status: "cancelled" });
    expect(await send("DELETE", run, null)).toMatchObject({ status: 200 });
    expect(await get(run)).toMatchObject({ status: 404 });
  });

  test("a restart finds what was stored", async () => {
    const before = await startStack({ env: { DATA_DIR: directory } });
    before.simulator.enqueue({ text: "Hello" });
    const { id } = (await create(before)).json();
    await before.close();
    await using after = await startStack({ env: { DATA_DIR: directory } });
    expect((await get(`${after.url}/v1/responses/${id}`)).json()).toMatchObject({ id });
  });
});
