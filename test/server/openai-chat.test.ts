import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";

import { createGate } from "../support/gate.ts";
import { openRequest, openStream } from "../support/open-stream.ts";
import { post, readChunks, readData } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

const path = "/v1/chat/completions";
const model = "Meta-Llama-3-3-70B-Instruct";
const messages = [{ role: "user", content: "Hi" }];
const body = { model, messages, stream: true };

/** The text of one choice of a stream. */
function contentOf(text: string, index = 0): string {
  return readChunks(text)
    .flatMap(({ choices }) => choices)
    .map((choice) => (choice.index === index ? (choice.delta.content ?? "") : ""))
    .join("");
}

describe("a client that leaves ends the upstream request", () => {
  test.each([
    ["before the upstream's first byte", body, { holdHead: true }],
    ["before the first token", body, {}],
    ["while a whole answer is made", { ...body, stream: false }, { gateAfter: 1 }],
  ])("%s", async (_name, request, reply) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["One ", "two"], gate: createGate().promise, ...reply });
    const client = openRequest(stack.url + path, request);
    const chat = await stack.simulator.waitForChat(0);
    client.leave();
    expect(await chat.closed).toBe("client-left");
  });

  test("in the middle of a stream", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["One ", "two"], gate: createGate().promise, gateAfter: 1 });
    const stream = await openStream(stack.url + path, body);
    await stream.readUntil("One ");
    stream.leave();
    expect(await (await stack.simulator.waitForChat(0)).closed).toBe("client-left");
  });
});

test("a stream of 100,000 tokens passes complete", async () => {
  await using stack = await startStack();
  const sent = createHash("sha256");
  function* tokens() {
    for (let index = 0; index < 100_000; index += 1) {
      const token = index % 97 === 0 ? ` é🙂${index}\n` : ` w${index}`;
      sent.update(token);
      yield token;
    }
  }
  stack.simulator.enqueue({ text: tokens() });
  const stream = await openStream(stack.url + path, body);
  const text = await stream.readRest();
  expect(createHash("sha256").update(contentOf(text)).digest("hex")).toBe(sent.digest("hex"));
});

describe("n", () => {
  test("answers are streamed as they come, each with its index, and one end", async () => {
    await using stack = await startStack();
    const gates = [createGate(), createGate(), createGate()];
    for (const [index, gate] of gates.entries()) {
      stack.simulator.enqueue({
        text: [`a${index}`, `b${index}`],
        gate: gate.promise,
        gateAfter: 1,
        usage: { promptTokens: 4, completionTokens: 2 },
      });
    }
    const stream = await openStream(stack.url + path, {
      ...body,
      n: 3,
      stream_options: { include_usage: true },
    });
    for (const index of [0, 1, 2]) await stream.readUntil(`"a${index}"`);
    // The last comes first: what is ready is not held back for others.
    for (const index of [2, 0, 1]) {
      gates[index]?.open();
      await stream.readUntil(`"b${index}"`);
    }
    const text = await stream.readRest();
    const whole = [0, 1, 2].map((index) => contentOf(text, index)).sort();
    expect(whole).toEqual(["a0b0", "a1b1", "a2b2"]);
    const finishes = readChunks(text).flatMap(({ choices }) =>
      choices.flatMap((choice: { index: number; finish_reason: string | null }) =>
        choice.finish_reason === null ? [] : [choice.index],
      ),
    );
    expect(finishes.sort((a: number, b: number) => a - b)).toEqual([0, 1, 2]);
    expect(readChunks(text).at(-1).usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 6 });
    expect(readData(text).filter((data) => data === "[DONE]")).toHaveLength(1);
  });

  test("whole answers stand in one completion", async () => {
    await using stack = await startStack();
    for (const text of ["one", "two"]) stack.simulator.enqueue({ text });
    const { choices } = (await post(stack.url + path, { model, messages, n: 2 })).json();
    expect(choices.map((choice: { index: number }) => choice.index)).toEqual([0, 1]);
    expect(choices.map((choice: { message: { content: string } }) => choice.message.content).sort()).toEqual([
      "one",
      "two",
    ]);
  });

  test("one that fails fails the request and ends the others", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "never", gate: createGate().promise });
    stack.simulator.enqueue({ error: { kind: "http", status: 400, body: { error: "Bad" } } });
    const reply = await post(stack.url + path, { model, messages, n: 2 });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    const outcomes = await Promise.all(stack.simulator.chats.map((chat) => chat.closed));
    expect(outcomes).toContain("client-left");
  });
});

describe("headers", () => {
  test("parameters without effect are named, streaming or not", async () => {
    await using stack = await startStack();
    for (const stream of [false, true]) {
      const reply = await post(stack.url + path, {
        ...body,
        stream,
        seed: 1,
        user: "u",
        logit_bias: { 1: 2 },
      });
      expect(reply.headers["x-ignored-parameters"]).toBe("seed, user, logit_bias");
    }
  });

  test("usage that we counted ourselves is marked", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "Hello", usage: null });
    const whole = await post(stack.url + path, { model, messages });
    expect(whole.headers["x-usage-estimated"]).toBe("true");
    expect(whole.json().usage.total_tokens).toBeGreaterThan(0);
    stack.simulator.enqueue({ text: "Hello", usage: null });
    const streamed = await post(stack.url + path, { ...body, stream_options: { include_usage: true } });
    expect(readChunks(streamed.text).at(-1)).toMatchObject({
      usage: whole.json().usage,
      usage_estimated: true,
    });
    expect(whole.json().usage_estimated).toBe(true);
    stack.simulator.enqueue({ text: "Hello", usage: { promptTokens: 1, completionTokens: 1 } });
    expect((await post(stack.url + path, { model, messages })).headers["x-usage-estimated"]).toBeUndefined();
  });
});

describe("reasoning", () => {
  test.each([
    [{}, { content: "42", reasoning_content: "hmm" }],
    [{ reasoning_format: "raw" }, { content: expect.stringMatching(/^<think>\s*hmm\s*<\/think>\s*42$/) }],
    [{ reasoning_format: "hidden" }, { content: "42" }],
  ])("%j", async (fields, expected) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ reasoning: "hmm", text: "42" });
    const { message } = (await post(stack.url + path, { model, messages, ...fields })).json().choices[0];
    expect(message).toMatchObject(expected);
    expect("reasoning_content" in message).toBe("reasoning_content" in expected);
  });
});

test("Cursor's agent mode, a Responses body with Chat Completions' stream_options, is answered in chunks", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({
    reasoning: "hm",
    text: 'On it.\n<tool_call>{"name":"ApplyPatch","arguments":{"input":"*** Begin Patch\\n+a \\"b\\""}}</tool_call>\n<tool_call>{"name":"read","arguments":{"path":"a"}}</tool_call>',
  });
  const { text } = await post(stack.url + path, {
    model,
    input: [{ role: "user", content: "Patch it" }],
    tools: [
      {
        type: "custom",
        name: "ApplyPatch",
        format: { type: "grammar", syntax: "lark", definition: "start: x" },
      },
      {
        type: "function",
        name: "read",
        parameters: { type: "object", properties: { path: { type: "string" } } },
      },
    ],
    include: ["reasoning.encrypted_content"],
    reasoning: { effort: "medium", summary: "auto" },
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = readChunks(text);
  expect(new Set(chunks.map((chunk) => chunk.object))).toEqual(new Set(["chat.completion.chunk"]));
  const calls = chunks.flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
  expect(calls.filter((call) => call.id !== undefined)).toMatchObject([
    { index: 0, type: "custom", custom: { name: "ApplyPatch" } },
    { index: 1, type: "function", function: { name: "read" } },
  ]);
  expect(calls.map((call) => call.custom?.input ?? "").join("")).toBe('*** Begin Patch\n+a "b"');
  expect(calls.map((call) => call.function?.arguments ?? "").join("")).toBe('{"path":"a"}');
  expect(chunks.at(-2)?.choices[0].finish_reason).toBe("tool_calls");
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
});

test("a Responses body that wants chunks can't be stored or run in the background, and is told so", async () => {
  await using stack = await startStack();
  const body = { model, input: "Hi", stream: true, stream_options: { include_usage: true } };
  stack.simulator.enqueue({ text: "Hello" });
  const stored = await post(stack.url + path, { ...body, store: true });
  expect(stored.headers["x-ignored-parameters"]).toBe("store");
  const background = await post(stack.url + path, { ...body, background: true });
  expect(background.status).toBe(400);
  expect(background.json().error.param).toBe("background");
});

test("any other Responses body is answered as such", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: "Hello" });
  const whole = await post(stack.url + path, { model, input: "Hi" });
  expect(whole.json()).toMatchObject({ object: "response", status: "completed" });
  stack.simulator.enqueue({ text: "Hello" });
  const streamed = await post(stack.url + path, { model, input: "Hi", stream: true });
  expect(streamed.text).toContain("event: response.completed");
});
