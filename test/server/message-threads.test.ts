import { Anthropic } from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";

import { hasSqlite } from "../support/has-sqlite.ts";
import { send as sendAny, post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

const call = '<tool_call>\n{"name":"get_weather","arguments":{"city":"Oslo"}}\n</tool_call>';
const opening = {
  model: "DeepSeek-V3.2",
  max_tokens: 500,
  system: "You are a pirate.",
  messages: [{ role: "user" as const, content: "How is Oslo?" }],
};

const weather = betaTool({
  name: "get_weather",
  description: "The weather in a city",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  run: ({ city }) => `Rain in ${city}`,
});

const clientOf = (stack: Stack) => new Anthropic({ apiKey: "any", baseURL: stack.url, maxRetries: 0 });

/** What the upstream was asked for, request by request, as one text each. */
function prompts(stack: Stack): string[] {
  return stack.simulator.chats.map(({ body }) => JSON.stringify(body));
}

function send(stack: Stack, body: Record<string, unknown>) {
  return post(`${stack.url}/v1/messages`, { model: "DeepSeek-V3.2", max_tokens: 500, ...body });
}

const say = (content: string) => ({ messages: [{ role: "user", content }] });

describe.each([false, true])("the SDK, streaming: %s", (stream) => {
  it("runs tools in a thread without losing the conversation", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: call });
    stack.simulator.enqueue({ text: "Arr, rain." });
    const runner = clientOf(stack).beta.messages.toolRunner({ ...opening, tools: [weather], stream });
    const answer = await runner.runUntilDone();
    expect(answer.content).toEqual([expect.objectContaining({ type: "text", text: "Arr, rain." })]);
    const [, second] = prompts(stack);
    // Two requests: nothing was lost, and nothing had to be sent again.
    expect(prompts(stack)).toHaveLength(2);
    for (const part of ["You are a pirate.", "How is Oslo?", "get_weather", "Rain in Oslo"])
      expect(second).toContain(part);
  });

  it("talks in a thread, and begins anew when the gateway has forgotten it", async () => {
    await using stack = await startStack({ env: { STORED_RESPONSES: "1" } });
    const thread = clientOf(stack).beta.messages.thread({ ...opening, messages: [] });
    async function turn(content: string, text: string): Promise<void> {
      stack.simulator.enqueue({ text });
      const message = { role: "user" as const, content };
      if (stream) await thread.stream(message).finalMessage();
      else await thread.send(message);
    }
    await turn("One", "First");
    await turn("Two", "Second");
    // The store holds one turn, so the first is gone and the conversation can't be put together.
    await turn("Three", "Third");
    expect(prompts(stack)).toHaveLength(3);
    for (const part of ["One", "First", "Two", "Second", "Three", "pirate"])
      expect(prompts(stack)[2]).toContain(part);
    expect(thread.previousMessageId).toMatch(/^msg_/);
  });
});

test("a continue sends only what is new, and branches may grow from one answer", async () => {
  await using stack = await startStack();
  const first = (await send(stack, { ...say("One"), system: "S", thread: { type: "create" } })).json();
  const thread = { type: "continue", previous_message_id: first.id };
  await send(stack, { ...say("Two"), thread });
  await send(stack, { ...say("Other"), thread });
  const [, two, other] = prompts(stack);
  expect(two).toMatch(/One.*Two/);
  expect(other).toMatch(/One.*Other/);
  expect(other).not.toContain("Two");
  expect(JSON.parse(two ?? "")).toMatchObject({ system: "S" });
});

test("what is not held is 404 with the code that the SDK knows", async () => {
  await using stack = await startStack();
  const plain = (await send(stack, { ...say("One"), thread: null })).json();
  for (const id of [plain.id, "msg_unknown"]) {
    const reply = await send(stack, { ...say("Two"), thread: { type: "continue", previous_message_id: id } });
    expect(reply.status).toBe(404);
    expect(reply.json().error).toMatchObject({
      type: "not_found_error",
      message: expect.stringContaining(id),
      details: { error_code: "thread_not_found" },
    });
    expect(reply.headers["x-should-retry"]).toBe("false");
  }
  expect(stack.simulator.chats).toHaveLength(1);
});

test("an answer that broke off is not held", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: "Half an answer", error: { kind: "terminated", afterDeltas: 1 } });
  const reply = await send(stack, { ...say("One"), stream: true, thread: { type: "create" } });
  const id = /"id":"(msg_\w+)"/.exec(reply.text)?.[1] ?? "";
  expect(reply.text).toContain("event: error");
  const next = await send(stack, { ...say("Two"), thread: { type: "continue", previous_message_id: id } });
  expect(next.status).toBe(404);
});

test.each([
  ["thread.type: Input should be a thread of type create or continue", { thread: { type: "fork" } }],
  ["thread.previous_message_id: Field required", { thread: { type: "continue" } }],
])("is refused: %s", async (message, body) => {
  await using stack = await startStack();
  const reply = await send(stack, { ...say("One"), ...body });
  expect([reply.status, reply.json().error.message]).toEqual([400, message]);
});

test("a thread keeps its system prompt and tools", async () => {
  await using stack = await startStack();
  const first = (await send(stack, { ...say("One"), thread: { type: "create" } })).json();
  const thread = { type: "continue", previous_message_id: first.id };
  const reply = await send(stack, { ...say("Two"), system: "Other", thread });
  expect(reply.status).toBe(400);
  expect(reply.json().error.message).toMatch(/^system: The thread keeps/);
});

test("tokens are counted with all that the thread holds", async () => {
  await using stack = await startStack();
  const first = await send(stack, { ...say("One "), system: "S ".repeat(200), thread: { type: "create" } });
  const count = (body: object) =>
    post(`${stack.url}/v1/messages/count_tokens`, { model: "DeepSeek-V3.2", ...say("Two"), ...body });
  const alone = (await count({})).json().input_tokens;
  const thread = { type: "continue", previous_message_id: first.json().id };
  expect((await count({ thread })).json().input_tokens).toBeGreaterThan(alone + 200);
  const lost = await count({ thread: { ...thread, previous_message_id: "msg_unknown" } });
  expect([lost.status, lost.json().error.details]).toEqual([404, { error_code: "thread_not_found" }]);
});

test("threads are no responses", async () => {
  await using stack = await startStack();
  const { id } = (await send(stack, { ...say("One"), thread: { type: "create" } })).json();
  for (const name of [id, `thread:${id}`, encodeURIComponent(`thread:${id}`)])
    for (const method of ["GET", "DELETE"])
      expect((await sendAny(method, `${stack.url}/v1/responses/${name}`, null)).status, name).toBe(404);
  const thread = { type: "continue", previous_message_id: id };
  expect((await send(stack, { ...say("Two"), thread })).status).toBe(200);
});

test.runIf(hasSqlite)("a thread outlives the gateway with DATA_DIR", async () => {
  const folder = await mkdtemp(join(tmpdir(), "threads-"));
  const env = { DATA_DIR: folder };
  let id: string;
  {
    await using stack = await startStack({ env });
    ({ id } = (await send(stack, { ...say("One"), thread: { type: "create" } })).json());
  }
  {
    await using stack = await startStack({ env });
    await send(stack, { ...say("Two"), thread: { type: "continue", previous_message_id: id } });
    expect(prompts(stack)[0]).toMatch(/One.*Two/);
  }
  await rm(folder, { recursive: true, force: true });
});
