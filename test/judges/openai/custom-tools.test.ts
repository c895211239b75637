/** Tools that take free-form text, as the `openai` SDK has them in Chat Completions. */
import type OpenAI from "openai";
import { describe, expect, test } from "vitest";

import { syntaxes } from "../../fixtures/tool-calls/syntaxes.ts";
import { startStack } from "../../support/start-stack.ts";
import { model, openai } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";
import { messageOf } from "../support/ways.ts";

expectSilence();

const patch = '*** Begin Patch\n+ "é🙂" {1}\n*** End Patch';
const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: "Patch it." }];
const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: "custom",
    custom: {
      name: "apply_patch",
      description: "Applies a patch.",
      format: { type: "grammar", grammar: { syntax: "lark", definition: 'start: "*** Begin Patch"' } },
    },
  },
  {
    type: "function",
    // Tags that are named by the keys need declared ones.
    function: { name: "read", parameters: { type: "object", properties: { path: { type: "string" } } } },
  },
];

describe.each(syntaxes.map((syntax) => [syntax.id, syntax] as const))(
  "calls written as %s",
  (_id, syntax) => {
    const text = syntax.render([
      { name: "apply_patch", input: { input: patch } },
      { name: "read", input: { path: "a.ts" } },
    ]);

    test("come as type custom, beside those of functions", async () => {
      await using stack = await startStack();
      stack.simulator.enqueue({ text });
      const answer = await openai(stack).chat.completions.create({ model, messages, tools });
      expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
      expect(messageOf(answer).tool_calls).toMatchObject([
        { type: "custom", custom: { name: "apply_patch", input: patch } },
        { type: "function", function: { name: "read" } },
      ]);
    });

    test("come so in a stream, piece by piece", async () => {
      await using stack = await startStack();
      stack.simulator.enqueue({ text: text.split("") });
      const stream = await openai(stack).chat.completions.create({ model, messages, tools, stream: true });
      const calls = new Map<number, { type: string; name: string; input: string }>();
      for await (const { choices } of stream) {
        for (const delta of choices[0]?.delta.tool_calls ?? []) {
          const call = calls.get(delta.index) ?? { type: "", name: "", input: "" };
          // The SDK's types have no custom calls in streams yet.
          const { custom } = delta as { custom?: { name?: string; input: string } };
          call.type += delta.type ?? "";
          call.name += custom?.name ?? delta.function?.name ?? "";
          call.input += custom?.input ?? delta.function?.arguments ?? "";
          calls.set(delta.index, call);
        }
      }
      const [first, second] = calls.values();
      expect(first).toEqual({ type: "custom", name: "apply_patch", input: patch });
      expect(second).toMatchObject({ type: "function", name: "read" });
      expect(JSON.parse(second?.input ?? "")).toEqual({ path: "a.ts" });
    });
  },
);

test("what such a tool takes, its calls and its results reach the model", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: "Done." });
  const call = { id: "c1", type: "custom" as const, custom: { name: "apply_patch", input: "*** my patch" } };
  const history: OpenAI.ChatCompletionMessageParam[] = [
    ...messages,
    { role: "assistant", tool_calls: [call] },
    { role: "tool", tool_call_id: "c1", content: "It was applied." },
  ];
  await openai(stack).chat.completions.create({ model, messages: history, tools });
  const prompt = JSON.stringify(stack.simulator.chats.at(-1)?.body);
  for (const part of ["Applies a patch.", "grammar (lark)", "*** my patch", "It was applied."]) {
    expect(prompt).toContain(part);
  }
});

test("one can be demanded by its name", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: "I would rather talk." });
  stack.simulator.enqueue({
    text: syntaxes[0]?.render([{ name: "apply_patch", input: { input: patch } }]) ?? "",
  });
  const answer = await openai(stack).chat.completions.create({
    model,
    messages,
    tools,
    tool_choice: { type: "custom", custom: { name: "apply_patch" } },
  });
  expect(messageOf(answer).tool_calls).toMatchObject([{ type: "custom", custom: { input: patch } }]);
});
