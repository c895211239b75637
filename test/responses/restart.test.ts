import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import OpenAI from "openai";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasSqlite } from "../support/has-sqlite.ts";
import { openStream } from "../support/open-stream.ts";
import { type Stack, startStack } from "../support/start-stack.ts";

const model = "DeepSeek-V3.2";
let DATA_DIR: string;

beforeEach(async () => {
  DATA_DIR = await mkdtemp(path.join(tmpdir(), "responses-restart-"));
});
afterEach(() => rm(DATA_DIR, { recursive: true }));

function sdk(stack: Stack) {
  return new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "any", maxRetries: 0 }).responses;
}

test.runIf(hasSqlite)("a conversation goes on after a restart of the gateway", async () => {
  const before = await startStack({ env: { DATA_DIR } });
  before.simulator.enqueue({ text: "Hello Alice." });
  const first = await sdk(before).create({ model, input: "My name is Alice." });
  await before.close();

  await using after = await startStack({ env: { DATA_DIR } });
  expect(await sdk(after).retrieve(first.id)).toEqual(first);
  after.simulator.enqueue({ text: "Alice." });
  const second = await sdk(after).create({
    model,
    input: "What is my name?",
    previous_response_id: first.id,
  });
  expect(second.output_text).toBe("Alice.");
  const prompt = JSON.stringify(after.simulator.chats.at(-1)?.body);
  for (const text of ["My name is Alice.", "Hello Alice.", "What is my name?"])
    expect(prompt).toContain(text);
});

test.runIf(hasSqlite)(
  "a background response that a shutdown ended is found failed, and its upstream request was closed",
  async () => {
    const before = await startStack({ env: { DATA_DIR } });
    before.simulator.enqueue({ text: "never", gate: new Promise(() => {}) });
    const { id } = await sdk(before).create({ model, input: "hi", background: true });
    const chat = await before.simulator.waitForChat(0);
    const [closed] = await Promise.all([chat.closed, before.close()]);
    expect(closed).toBe("client-left");

    await using after = await startStack({ env: { DATA_DIR } });
    const found = await sdk(after).retrieve(id);
    expect(found).toMatchObject({ status: "failed", error: { code: "server_is_overloaded" } });
    expect(found.error?.message).toMatch(/shut down/);
  },
);

test("the stream of a background response that a shutdown ended says so", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: ["one ", "two"], gate: new Promise(() => {}), gateAfter: 1 });
  const body = { model, input: "hi", background: true, stream: true };
  const stream = await openStream(`${stack.url}/v1/responses`, body);
  await stream.readUntil("one");
  const [rest] = await Promise.all([stream.readRest(), stack.gateway.close()]);
  expect(rest).toContain("event: response.failed");
  expect(rest).toMatch(/shut down/);
});

test("a cancelled background response ends its upstream request", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: "never", gate: new Promise(() => {}) });
  const { id } = await sdk(stack).create({ model, input: "hi", background: true });
  const chat = await stack.simulator.waitForChat(0);
  expect(await sdk(stack).cancel(id)).toMatchObject({ status: "cancelled" });
  expect(await chat.closed).toBe("client-left");
});
