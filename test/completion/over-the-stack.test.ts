import { expect, test } from "vitest";

import type { ScriptedReply } from "../../src/simulator/types.ts";
import { createGate } from "../support/gate.ts";
import { post, readChunks, type AnyJson } from "../support/post.ts";
import { startStack, type StackOptions } from "../support/start-stack.ts";

const question = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hello?" }] };

async function ask(
  replies: readonly ScriptedReply[],
  body: Record<string, unknown>,
  options: StackOptions = {},
) {
  await using stack = await startStack(options);
  for (const reply of replies) stack.simulator.enqueue(reply);
  const reply = await post(`${stack.url}/v1/chat/completions`, { ...question, ...body });
  return {
    reply,
    chats: stack.simulator.chats,
    body: (index = 0): AnyJson => stack.simulator.chats[index]?.body,
  };
}

test("a recorded kind of reasoning comes in its own field, streaming and not", async () => {
  const replies: ScriptedReply[] = [{ reasoning: "hm </think> hm", text: ["Yes", "."] }];
  const { reply } = await ask(replies, {});
  expect(reply.json().choices[0].message).toMatchObject({
    content: "Yes.",
    reasoning_content: "hm </think> hm",
  });
  const streamed = readChunks((await ask(replies, { stream: true })).reply.text);
  const join = (key: string) => streamed.map((chunk) => chunk.choices[0]?.delta?.[key] ?? "").join("");
  expect([join("content"), join("reasoning_content")]).toEqual(["Yes.", "hm </think> hm"]);
});

test("a stop sequence across deltas closes the upstream request while it is still answering", async () => {
  const gate = createGate();
  await using stack = await startStack();
  stack.simulator.enqueue({ text: ["one ST", "OP", " two", " three"], gate: gate.promise, gateAfter: 2 });
  const reply = await post(`${stack.url}/v1/chat/completions`, { ...question, stop: "STOP" });
  expect(reply.json().choices[0]).toMatchObject({ message: { content: "one " }, finish_reason: "stop" });
  expect(await stack.simulator.chats[0]?.closed).toBe("client-left");
  gate.open();
});

test("max_tokens cuts, with finish reason length", async () => {
  const { reply } = await ask([{ text: [" one", " two", " three", " four"] }], { max_tokens: 2 });
  expect(reply.json()).toMatchObject({
    choices: [{ message: { content: " one two" }, finish_reason: "length" }],
    usage: { completion_tokens: 2 },
  });
});

test("JSON that does not fit its schema is asked for again without the client noticing", async () => {
  const schema = { type: "object", properties: { age: { type: "integer" } }, required: ["age"] };
  const { reply, chats, body } = await ask([{ text: "Sure: {}" }, { text: '```json\n{"age": 4}\n```' }], {
    response_format: { type: "json_schema", json_schema: { name: "person", schema } },
  });
  expect(reply.json().choices[0]).toMatchObject({
    message: { content: '{"age": 4}' },
    finish_reason: "stop",
  });
  expect(chats).toHaveLength(2);
  expect(body(1).messages.at(-1).content).toContain("required property 'age'");
});

test("a refusal of JSON is an error", async () => {
  const replies = [{ text: "I'm sorry, no." }, { text: "No." }];
  const { reply } = await ask(replies, { response_format: { type: "json_object" } });
  expect(reply.status).toBe(502);
  expect(reply.json().error.message).toContain("No.");
});

test("a prompt that the upstream would cut is refused with context_length_exceeded", async () => {
  const models = [{ id: "DeepSeek-V3.2", tokenLimit: 2000 }];
  const messages = [{ role: "user", content: "word ".repeat(1500) }];
  const { reply, chats } = await ask([], { messages }, { simulator: { models } });
  expect(reply.json().error).toMatchObject({ code: "context_length_exceeded" });
  expect(chats).toEqual([]);
});

test("leading system messages go to the system text, later ones stay in place, and the neutral prompt stands in for none", async () => {
  const messages = [
    { role: "system", content: "A" },
    { role: "developer", content: "B" },
    { role: "user", content: "hi" },
    { role: "developer", content: "C" },
  ];
  expect((await ask([{ text: "ok" }], { messages })).body()).toMatchObject({
    system: "A\n\nB",
    messages: [{ role: "user", content: "hi\n\n<system-message>\nC\n</system-message>" }],
  });
  expect((await ask([{ text: "ok" }], {})).body().system).toBe("You are a helpful assistant.");
});

test("an image reaches a model that can see", async () => {
  const url = "data:image/png;base64,iVBORw0KGgo=";
  const messages = [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }];
  const models = [{ id: "Qwen2.5-VL-72B" }, { id: "DeepSeek-V3.2" }];
  const seen = await ask([{ text: "ok" }], { messages, model: "Qwen2.5-VL-72B" }, { simulator: { models } });
  expect(JSON.stringify(seen.body())).toContain(url);
  const blind = await ask([], { messages }, { simulator: { models } });
  expect(blind.reply.status).toBe(400);
  expect(blind.reply.json().error.message).toContain("Qwen2.5-VL-72B");
});

test("an alias with a wildcard finds its model", async () => {
  const env = { MODEL_ALIASES: "gpt-*=DeepSeek-V3.2" };
  expect((await ask([{ text: "ok" }], { model: "gpt-4o" }, { env })).body().model).toBe("DeepSeek-V3.2");
});
