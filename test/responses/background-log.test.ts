/** Nobody waits for a background response, so the log has to say how it ended: its request was answered long before. */
import { afterEach, beforeEach, expect, test } from "vitest";

import { createLog } from "../../src/log.ts";
import type { ScriptedReply } from "../../src/simulator/index.ts";
import { post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

const model = "DeepSeek-V3.2";
let stack: Stack;
let lines: string[];

beforeEach(async () => {
  lines = [];
  const log = await createLog(
    { LOG_LEVEL: "info", LOG_FORMAT: "json" },
    { write: (line) => void lines.push(line) },
  );
  stack = await startStack({ overrides: { log } });
});
afterEach(() => stack.close());

/** Asks in the background, follows the response to its end, and gives its log lines and the id of its request. */
async function run(reply: ScriptedReply) {
  stack.simulator.enqueue(reply);
  const asked = await post(`${stack.url}/v1/responses`, { model, input: "a secret diary", background: true });
  const { id } = asked.json() as { id: string };
  return { id, requestId: asked.headers["x-request-id"] };
}

async function linesOf(requestId: unknown): Promise<object[]> {
  await stack.close();
  return lines
    .map((line) => JSON.parse(line) as { reqId?: string })
    .filter(({ reqId }) => reqId === requestId);
}

test("one that was answered is logged with its model and tokens", async () => {
  const usage = { promptTokens: 10, completionTokens: 3 };
  const { id, requestId } = await run({ text: "one two three", usage });
  await (await fetch(`${stack.url}/v1/responses/${id}?stream=true`)).text();
  expect(await linesOf(requestId)).toContainEqual(
    expect.objectContaining({
      level: 30,
      response: id,
      outcome: "completed",
      ms: expect.any(Number),
      model,
      inputTokens: 10,
      outputTokens: 3,
      msg: "background response completed",
    }),
  );
  expect(lines.join("")).not.toMatch(/diary|two/);
});

test("one that failed is logged as an error, with its cause", async () => {
  const { id, requestId } = await run({ text: "one two three", error: { kind: "cut", afterDeltas: 2 } });
  await (await fetch(`${stack.url}/v1/responses/${id}?stream=true`)).text();
  expect(await linesOf(requestId)).toContainEqual(
    expect.objectContaining({
      level: 50,
      response: id,
      outcome: "failed",
      error: "upstream-truncated",
      err: expect.objectContaining({ kind: "upstream-truncated", cause: expect.anything() }),
    }),
  );
});

test("one that was cancelled is no error", async () => {
  const { id, requestId } = await run({ text: "never", gate: new Promise(() => {}) });
  await stack.simulator.waitForRequest("/api/chat");
  await post(`${stack.url}/v1/responses/${id}/cancel`, {});
  const logged = await linesOf(requestId);
  expect(logged).toContainEqual(expect.objectContaining({ level: 30, response: id, outcome: "cancelled" }));
  expect(JSON.stringify(logged)).not.toContain('"err"');
});

test("one is not waited for when the gateway stops, and the log does not say so", async () => {
  await run({ text: "never", gate: new Promise(() => {}) });
  await stack.simulator.waitForChat(0);
  await stack.close();
  expect(lines.join("")).toContain('"stopping: nothing is under way"');
});

test("one that a shutdown ended is logged as failed", async () => {
  const { id, requestId } = await run({ text: "never", gate: new Promise(() => {}) });
  await stack.simulator.waitForRequest("/api/chat");
  expect(await linesOf(requestId)).toContainEqual(
    expect.objectContaining({ level: 50, response: id, outcome: "failed", error: "overloaded" }),
  );
});
