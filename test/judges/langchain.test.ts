/** The gateway as `@langchain/openai` sees it. */
import {
  AIMessage,
  type AIMessageChunk,
  type BaseMessageLike,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import type { Runnable } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { type Call, syntaxes } from "../fixtures/tool-calls/syntaxes.ts";
import { startStack } from "../support/start-stack.ts";
import { langchain } from "./support/clients.ts";
import { expectSilence } from "./support/expect-silence.ts";
import { everyWay, type Way } from "./support/ways.ts";

expectSilence();

const usage = { promptTokens: 30, completionTokens: 20 };
const oslo: Call = { name: "get_weather", input: { city: 'Åre "x" {1}\n', days: 3 } };
const rome: Call = { name: "get_weather", input: { city: "Rome", days: 1 } };

const weather = tool(({ city }) => `rain in ${city}`, {
  name: "get_weather",
  description: "Tells the weather of a city.",
  schema: z.object({ city: z.string(), days: z.number() }),
});

/** Asks whole, or adds up a stream as LangChain does. */
async function ask(
  way: Way,
  model: Runnable<BaseMessageLike[], AIMessageChunk>,
  messages: BaseMessageLike[],
): Promise<AIMessage> {
  if (way === "whole") return model.invoke(messages);
  let sum: AIMessageChunk | undefined;
  for await (const chunk of await model.stream(messages)) sum = sum === undefined ? chunk : sum.concat(chunk);
  if (sum === undefined) throw new Error("No chunk came.");
  return new AIMessage({
    content: sum.content,
    tool_calls: sum.tool_calls ?? [],
    invalid_tool_calls: sum.invalid_tool_calls ?? [],
    additional_kwargs: sum.additional_kwargs,
    response_metadata: sum.response_metadata,
    ...(sum.usage_metadata === undefined ? {} : { usage_metadata: sum.usage_metadata }),
  });
}

const callsOf = (message: AIMessage) => message.tool_calls?.map(({ name, args }) => ({ name, input: args }));

describe.each(everyWay)("text (%s)", (way) => {
  test("arrives with its usage and reason", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "Hello 🙂!", usage });
    const answer = await ask(way, langchain(stack), [new SystemMessage("Be kind."), new HumanMessage("Hi")]);
    expect(answer.text).toBe("Hello 🙂!");
    expect(answer.usage_metadata).toMatchObject({ input_tokens: 30, output_tokens: 20, total_tokens: 50 });
    expect(answer.response_metadata).toMatchObject({ finish_reason: "stop" });
    expect(JSON.stringify(stack.simulator.chats[0]?.body)).toContain("Be kind.");
  });

  test("is limited", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "one two three four five six" });
    stack.simulator.enqueue({ text: "one two END three" });
    const messages = [new HumanMessage("Count.")];
    const cut = await ask(way, langchain(stack, { maxTokens: 3 }), messages);
    expect([cut.text, cut.response_metadata["finish_reason"]]).toEqual(["one two three", "length"]);
    const stopped = await ask(way, langchain(stack, { stop: ["END"] }), messages);
    expect([stopped.text, stopped.response_metadata["finish_reason"]]).toEqual(["one two ", "stop"]);
  });

  test("comes beside thoughts", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ reasoning: "let me think", text: "42" });
    const answer = await ask(way, langchain(stack, { model: "DeepSeek-V3.2" }), [new HumanMessage("?")]);
    expect(answer.text).toBe("42");
    expect(answer.additional_kwargs).toMatchObject({ reasoning_content: "let me think" });
  });
});

describe.each(syntaxes.map((syntax) => [syntax.id, syntax] as const))(
  "calls written as %s",
  (_id, syntax) => {
    test.each(everyWay)("are run, and their results go back (%s)", async (way) => {
      await using stack = await startStack();
      stack.simulator.enqueue({ text: syntax.render([oslo, rome]), usage });
      stack.simulator.enqueue({ text: "Rain in both." });
      const model = langchain(stack).bindTools([weather]);
      const question = new HumanMessage("Weather?");
      const first = await ask(way, model, [question]);
      expect(callsOf(first)).toEqual([oslo, rome]);
      expect(first.invalid_tool_calls).toEqual([]);
      expect(first.text).toBe("");
      expect(first.response_metadata).toMatchObject({ finish_reason: "tool_calls" });

      const results: ToolMessage[] = [];
      for (const call of first.tool_calls ?? []) {
        const content = await weather.invoke(
          z.object({ city: z.string(), days: z.number() }).parse(call.args),
        );
        results.push(new ToolMessage({ content, tool_call_id: call.id ?? "" }));
      }
      const second = await ask(way, model, [question, first, ...results]);
      expect(second.text).toBe("Rain in both.");
      const prompt = JSON.stringify(stack.simulator.chats[1]?.body);
      expect(prompt).toContain("rain in Rome");
      expect(prompt.match(/rain in/g)).toHaveLength(2);
    });
  },
);

test.each(everyWay)("a tool that was not offered is mended before LangChain sees it (%s)", async (way) => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: '<tool_call>{"name": "sky", "arguments": {"city": "Rome"}}</tool_call>' });
  stack.simulator.enqueue({
    text: '<tool_call>{"name": "get_weather", "arguments": {"City": "Rome", "days": "1"}}</tool_call>',
  });
  const answer = await ask(way, langchain(stack).bindTools([weather]), [new HumanMessage("Weather?")]);
  expect(callsOf(answer)).toEqual([rome]);
  expect(stack.simulator.chats).toHaveLength(2);
});

test.each(everyWay)("tool_choice is enforced (%s)", async (way) => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: "I'd look." });
  stack.simulator.enqueue({ text: syntaxes[0]?.render([rome]) ?? "" });
  const model = langchain(stack).bindTools([weather], { tool_choice: "get_weather" });
  expect(callsOf(await ask(way, model, [new HumanMessage("Weather?")]))).toEqual([rome]);
  expect(stack.simulator.chats).toHaveLength(2);
});

describe("withStructuredOutput", () => {
  const schema = z.object({ city: z.string(), sights: z.array(z.object({ name: z.string() })) });
  const object = { city: "Oslo", sights: [{ name: 'Opera "house"' }, { name: "{Fjord}" }] };
  const fenced = `Sure:\n\`\`\`json\n${JSON.stringify(object, null, 2)}\n\`\`\`\nEnjoy!`;
  const called = `<tool_call>\n${JSON.stringify({ name: "extract", arguments: object })}\n</tool_call>`;

  test.each([
    ["functionCalling" as const, called],
    ["jsonSchema" as const, fenced],
    ["jsonMode" as const, fenced],
  ])("by %s, at the first answer and after one that does not do", async (method, text) => {
    await using stack = await startStack();
    const model = langchain(stack).withStructuredOutput(schema, { method });
    stack.simulator.enqueue({ text });
    expect(await model.invoke("Where? Answer in JSON.")).toEqual(object);
    stack.simulator.enqueue({ text: "Oslo is nice." });
    stack.simulator.enqueue({ text });
    expect(await model.invoke("Where? Answer in JSON.")).toEqual(object);
    expect(stack.simulator.chats).toHaveLength(3);
  });

  test.each([
    ["functionCalling" as const, called],
    ["jsonSchema" as const, fenced],
    ["jsonMode" as const, fenced],
  ])("by %s, from a stream", async (method, text) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text });
    const model = langchain(stack).withStructuredOutput(schema, { method });
    let last: unknown;
    for await (const part of await model.stream("Where? Answer in JSON.")) last = part;
    expect(last).toEqual(object);
  });

  test.each([
    ["functionCalling" as const, JSON.stringify({ extract: object })],
    ["jsonSchema" as const, JSON.stringify({ Result: object })],
    ["jsonMode" as const, fenced],
  ])("by %s, beside the message that it came with", async (method, text) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text });
    const model = langchain(stack).withStructuredOutput(schema, { method, includeRaw: true });
    const { raw, parsed } = await model.invoke("Where? Answer in JSON.");
    expect(parsed).toEqual(object);
    if (!AIMessage.isInstance(raw)) throw new Error("What came is no message.");
    const said = method === "functionCalling" ? callsOf(raw)?.[0]?.input : JSON.parse(raw.text);
    expect(said).toEqual(object);
  });
});
