/** A request that stands still is told of, with what it waits for. The timer of the looks is the test's. */
import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createTimers, type Timers } from "../support/create-timers.ts";
import { createGate } from "../support/gate.ts";
import { openRequest, openStream } from "../support/open-stream.ts";
import { get, post } from "../support/post.ts";
import { startLogged, type LoggedStack } from "../support/start-logged.ts";

const chat = "/v1/chat/completions";
const messages = [{ role: "user", content: "x" }];
const model = "DeepSeek-V3.2";
const never = new Promise<void>(() => {});

let timers: Timers;
let stack: LoggedStack;
beforeEach(async () => {
  timers = createTimers();
  stack = await startLogged({ overrides: { startTimer: timers.start }, env: { IMAGE_CONCURRENCY: "1" } });
});
afterEach(() => stack.close());

/** Looks so many times, every 15 s. */
function look(times: number): void {
  for (let at = 0; at < times; at += 1) {
    expect(timers.running).toEqual([15_000]);
    timers.expireAll();
  }
}

/** What was warned of so far: what is waited for, for how long. */
function warnings(): unknown[] {
  return stack.lines
    .map((line): { event?: string; waitsFor?: string; silentMs?: number } => JSON.parse(line))
    .filter(({ event }) => event === "silent")
    .map(({ waitsFor, silentMs }) => [waitsFor, silentMs]);
}

test("after a minute, and again at growing intervals, with the id, until it moves", async () => {
  stack.simulator.enqueue({ text: ["one ", "two"], gate: never, gateAfter: 1 });
  const stream = await openStream(stack.url + chat, { model, messages, stream: true });
  await stream.readUntil("one");
  look(4);
  expect(warnings()).toEqual([]);
  look(1);
  expect(warnings()).toEqual([["upstream-next-byte", 60_000]]);
  look(3);
  expect(warnings()).toHaveLength(1);
  look(1);
  look(7);
  expect(warnings()).toHaveLength(2);
  look(1);
  expect(warnings().slice(1)).toEqual([
    ["upstream-next-byte", 120_000],
    ["upstream-next-byte", 240_000],
  ]);
  const [line] = await stack.logged({ event: "silent" });
  expect(line).toMatchObject({
    level: 40,
    reqId: stream.headers["x-request-id"],
    model,
    upstream: "akash-chat",
    openMs: expect.any(Number),
    msg: `POST ${chat}: silent for 60 s, waits for the next byte of the answer`,
  });
  stream.leave();
  await stack.logged({ event: "request" });
  look(1);
  // Nothing is left to look at, and nothing runs for it.
  expect(timers.running).toEqual([]);
});

test("one that moves is not told of, and its silence is counted anew", async () => {
  const gate = createGate();
  stack.simulator.enqueue({ text: ["one ", "two"], gate: gate.promise, gateAfter: 1 });
  const stream = await openStream(stack.url + chat, { model, messages, stream: true });
  await stream.readUntil("one");
  look(4);
  gate.open();
  await stream.readRest();
  await stack.logged({ event: "request" });
  look(1);
  expect([warnings(), timers.running]).toEqual([[], []]);
});

test.each([true, false])("the first byte; streamed: %s", async (stream) => {
  stack.simulator.enqueue({ error: { kind: "hang" } });
  const asked = openRequest(stack.url + chat, { model, messages, stream });
  await stack.simulator.waitForRequest("/api/chat");
  look(5);
  expect(warnings()).toEqual([["upstream-first-byte", 60_000]]);
  asked.leave();
});

test("a session", async () => {
  stack.simulator.enqueueAt("/api/auth/session", { gate: never });
  const asked = openRequest(stack.url + chat, { model, messages });
  await stack.simulator.waitForRequest("/api/auth/session");
  look(5);
  expect(warnings().map((warning) => (warning as unknown[])[0])).toEqual(["upstream-session"]);
  asked.leave();
});

test("an image job, and the turn of another behind it; the same status again and again is no movement", async () => {
  stack.simulator.enqueue({ image: { prompt: "a", statuses: ["waiting"] } });
  const drawing = openRequest(`${stack.url}/v1/images/generations`, { prompt: "a" });
  await stack.simulator.waitForRequest("/api/image-status");
  const waiting = openRequest(`${stack.url}/v1/images/generations`, { prompt: "b" });
  await stack.logged({ event: "open" }, 2);
  await expect
    .poll(() => stack.simulator.requests.filter(({ path }) => path.startsWith("/api/image-status")).length)
    .toBeGreaterThan(2);
  look(5);
  expect(warnings()).toEqual([
    ["image-job", 60_000],
    ["image-slot", 60_000],
  ]);
  drawing.leave();
  waiting.leave();
});

test("a client that does not read", async () => {
  const long = "word ".repeat(20_000);
  stack.simulator.enqueue({ text: Array.from({ length: 200 }, () => long) });
  const stream = await openStream(stack.url + chat, { model, messages, stream: true });
  // Nothing is read: what the sockets hold fills up.
  await expect
    .poll(() => {
      timers.expireAll();
      return warnings();
    })
    .toContainEqual(["client", 60_000]);
  stream.leave();
});

test("a body that does not come", async () => {
  const socket = connect(Number(new URL(stack.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(`POST ${chat} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{`);
  await stack.logged({ event: "open" });
  look(5);
  expect(warnings()).toEqual([["request-body", 60_000]]);
  socket.destroy();
});

test("a background response, and who follows it", async () => {
  stack.simulator.enqueue({ text: "never", gate: never });
  const body = { model, input: "x", background: true };
  const asked = await post(`${stack.url}/v1/responses`, body);
  await stack.simulator.waitForRequest("/api/chat");
  await stack.logged({ event: "request" });
  const { id } = asked.json() as { id: string };
  const following = new AbortController();
  const followed = await fetch(`${stack.url}/v1/responses/${id}?stream=true`, { signal: following.signal });
  look(5);
  expect(warnings()).toEqual([
    ["upstream-first-byte", 60_000],
    ["background-response", 60_000],
  ]);
  expect((await stack.logged({ event: "silent" }))[0].reqId).toBe(asked.headers["x-request-id"]);
  following.abort();
  await followed.text().catch(() => undefined);
});

test("a stop ends the looks", async () => {
  await get(`${stack.url}/health`);
  expect(timers.running).toEqual([15_000]);
  await stack.gateway.close();
  expect(timers.running).toEqual([]);
});
