/** Conversations as OpenAI's SDKs use them. */
import { Agent, OpenAIConversationsSession, OpenAIResponsesModel, Runner, tool } from "@openai/agents";
import { expect, test } from "vitest";
import { z } from "zod";

import { startStack } from "../support/start-stack.ts";
import { model, openai } from "./support/clients.ts";
import { expectSilence } from "./support/expect-silence.ts";

expectSilence();

test("openai: a conversation from its making to its end", async () => {
  await using stack = await startStack();
  const { conversations, responses } = openai(stack);
  const made = await conversations.create({
    items: [{ type: "message", role: "user", content: "My name is Ada." }],
    metadata: { topic: "names" },
  });
  expect(await conversations.retrieve(made.id)).toEqual(made);
  const updated = await conversations.update(made.id, { metadata: { topic: "sums" } });
  expect(updated).toEqual({ ...made, metadata: { topic: "sums" } });

  stack.simulator.enqueue({ text: "Hello Ada." });
  const answer = await responses.create({ model, conversation: made.id, input: "Greet me." });
  expect(answer.conversation).toEqual({ id: made.id });
  stack.simulator.enqueue({ text: "It is Ada." });
  const stream = responses.stream({ model, conversation: { id: made.id }, input: "Who am I?" });
  expect((await stream.finalResponse()).output_text).toBe("It is Ada.");

  await conversations.items.create(made.id, {
    items: [{ type: "message", role: "user", content: "The last." }],
  });
  const words: string[] = [];
  for await (const item of conversations.items.list(made.id, { order: "asc", limit: 2 })) {
    const [part] = item.type === "message" ? item.content : [];
    if (part !== undefined && "text" in part) words.push(part.text);
  }
  expect(words).toEqual([
    "My name is Ada.",
    "Greet me.",
    "Hello Ada.",
    "Who am I?",
    "It is Ada.",
    "The last.",
  ]);

  const [last] = (await conversations.items.list(made.id, { limit: 1 })).data;
  const id = last?.id ?? "";
  const at = { conversation_id: made.id };
  expect(await conversations.items.retrieve(id, at)).toEqual(last);
  expect(await conversations.items.delete(id, at)).toEqual(updated);
  await expect(conversations.items.retrieve(id, at)).rejects.toMatchObject({ status: 404 });
  expect(await conversations.delete(made.id)).toMatchObject({ deleted: true });
  await expect(conversations.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
  expect(await conversations.create()).toMatchObject({ object: "conversation", metadata: {} });
});

test.each([false, true])("@openai/agents: a session keeps what was said (stream: %s)", async (stream) => {
  await using stack = await startStack();
  const client = openai(stack);
  const add = tool({
    name: "add",
    description: "Adds",
    parameters: z.object({ a: z.number(), b: z.number() }),
    execute: async ({ a, b }) => String(a + b),
  });
  const agent = new Agent({ name: "Clerk", model: new OpenAIResponsesModel(client, model), tools: [add] });
  const session = new OpenAIConversationsSession({ client });
  const runner = new Runner({ tracingDisabled: true });
  async function ask(prompt: string): Promise<unknown> {
    if (!stream) return (await runner.run(agent, prompt, { session })).finalOutput;
    const result = await runner.run(agent, prompt, { session, stream: true });
    await result.completed;
    return result.finalOutput;
  }

  stack.simulator.enqueue({ text: '<tool_call>{"name": "add", "arguments": {"a": 1, "b": 2}}</tool_call>' });
  stack.simulator.enqueue({ text: "It is 3." });
  expect(await ask("1 + 2?")).toBe("It is 3.");
  stack.simulator.enqueue({ text: "As I said: 3." });
  expect(await ask("Say it again.")).toBe("As I said: 3.");
  const prompt = JSON.stringify(stack.simulator.chats.at(-1)?.body);
  expect(prompt).toMatch(/1 \+ 2\?.*It is 3\..*Say it again\./s);
  const types = (await session.getItems()).map(({ type }) => type);
  expect(types).toEqual([
    "message",
    "function_call",
    "function_call_result",
    "message",
    "message",
    "message",
  ]);
  expect(await session.popItem()).toMatchObject({ type: "message", role: "assistant" });
  expect(await session.getItems(1)).toMatchObject([{ role: "user" }]);
  await session.clearSession();
});

test("@openai/agents: a run in a conversation by its id", async () => {
  await using stack = await startStack();
  const client = openai(stack);
  const agent = new Agent({ name: "Clerk", model: new OpenAIResponsesModel(client, model) });
  const { id: conversationId } = await client.conversations.create();
  const runner = new Runner({ tracingDisabled: true });
  stack.simulator.enqueue({ text: "Noted." });
  await runner.run(agent, "Remember 42.", { conversationId });
  stack.simulator.enqueue({ text: "42." });
  expect((await runner.run(agent, "What was it?", { conversationId })).finalOutput).toBe("42.");
  expect(JSON.stringify(stack.simulator.chats.at(-1)?.body)).toMatch(
    /Remember 42\..*Noted\..*What was it\?/s,
  );
});
