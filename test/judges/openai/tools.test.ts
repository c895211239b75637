/** Function calls as the `openai` SDK sees them, whatever way of writing calls the model knows. */
import { zodFunction } from "openai/helpers/zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { type Call, syntaxes } from "../../fixtures/tool-calls/syntaxes.ts";
import { createGate } from "../../support/gate.ts";
import { startStack, type Stack } from "../../support/start-stack.ts";
import { model, openai } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";
import { callsOf, comparable, everyWay, messageOf, ways } from "../support/ways.ts";

expectSilence();

const weatherInput = z.object({ city: z.string(), days: z.number() });
const commandInput = z.object({ command: z.string() });

/** Tools that write down what they were called with. */
function createTools() {
  const ran: Call[] = [];
  return {
    ran,
    tools: [
      zodFunction({
        name: "get_weather",
        description: "Tells the weather of a city.",
        parameters: weatherInput,
        function: (input) => {
          ran.push({ name: "get_weather", input });
          return { city: input.city, sky: "rain" };
        },
      }),
      zodFunction({
        name: "run_command",
        description: "Runs a shell command.",
        parameters: commandInput,
        function: (input) => {
          ran.push({ name: "run_command", input });
          return `done: ${input.command}`;
        },
      }),
    ],
  };
}

const oslo: Call = { name: "get_weather", input: { city: 'Åre <b>"x"</b>\n{1}', days: 3 } };
const rome: Call = { name: "get_weather", input: { city: "Rome", days: 1 } };
const list: Call = { name: "run_command", input: { command: "ls -la | grep '\\.ts$' && echo \"ok\"" } };

const messages = [{ role: "user" as const, content: "Weather, please." }];
const usage = { promptTokens: 30, completionTokens: 20 };

/** The text of request number `index` that reached the model. */
async function promptOf({ simulator }: Stack, index: number): Promise<string> {
  return JSON.stringify((await simulator.waitForChat(index)).body);
}

describe.each(syntaxes.map((syntax) => [syntax.id, syntax] as const))(
  "calls written as %s",
  (_id, syntax) => {
    test("are the same in a stream as in a whole answer", async () => {
      await using stack = await startStack();
      const text = syntax.render([oslo, list]);
      const answers = [];
      for (const way of everyWay) {
        stack.simulator.enqueue({ text, usage });
        answers.push(await ways[way](openai(stack), { model, messages, tools: createTools().tools }));
      }
      for (const answer of answers) {
        expect(callsOf(answer)).toEqual([oslo, list]);
        expect(messageOf(answer).content).toBeNull();
        expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
        expect(answer.usage?.total_tokens).toBe(50);
      }
      const [whole, streamed] = answers.map((answer) => normalised(comparable(answer)));
      expect(streamed).toEqual(whole);
    });

    test.each(everyWay)("make runTools go on to the end (%s)", async (way) => {
      await using stack = await startStack();
      stack.simulator.enqueue({ text: syntax.render([oslo, rome]) });
      stack.simulator.enqueue({ text: syntax.render([list]) });
      stack.simulator.enqueue({ text: "It rains everywhere." });
      const { tools, ran } = createTools();
      const { completions } = openai(stack).chat;
      const runner =
        way === "whole"
          ? completions.runTools({ model, messages, tools })
          : completions.runTools({ model, messages, tools, stream: true });
      expect(await runner.finalContent()).toBe("It rains everywhere.");
      expect(ran).toEqual([oslo, rome, list]);
      expect(stack.simulator.chats).toHaveLength(3);
      const ids = runner.messages.flatMap((message) =>
        message.role === "assistant" ? (message.tool_calls ?? []).map((call) => call.id) : [],
      );
      expect(new Set(ids).size).toBe(3);
      expect(await promptOf(stack, 1)).toMatch(/rain.*rain/);
      expect(await promptOf(stack, 2)).toContain("done: ls -la");
    });
  },
);

/** Whether text around a call is there at all depends on nothing; blanks inside of arguments may depend on the way. */
function normalised(answer: unknown): unknown {
  return JSON.parse(
    JSON.stringify(answer, (key, value: unknown) =>
      key === "arguments" && typeof value === "string" ? JSON.parse(value) : value,
    ),
  );
}

describe("the SDK's reading of calls", () => {
  const text = `I'll look.\n${syntaxes[0]?.render([oslo, rome]) ?? ""}`;

  test("parses arguments by zod, whole", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text });
    const { choices } = await openai(stack).chat.completions.parse({
      model,
      messages,
      tools: createTools().tools,
    });
    expect(choices[0]?.message.content?.trim()).toBe("I'll look.");
    const calls = choices[0]?.message.tool_calls?.filter((call) => call.type === "function");
    expect(calls?.map((call) => call.function.parsed_arguments)).toEqual([oslo.input, rome.input]);
  });

  test("parses arguments by zod while they come", async () => {
    await using stack = await startStack();
    const middle = text.indexOf("<b>");
    const gate = createGate();
    stack.simulator.enqueue({
      text: [text.slice(0, middle), text.slice(middle)],
      gate: gate.promise,
      gateAfter: 1,
    });
    const stream = openai(stack).chat.completions.stream({ model, messages, tools: createTools().tools });
    const partial: unknown[] = [];
    const done: unknown[] = [];
    const content: string[] = [];
    stream.on("tool_calls.function.arguments.delta", (event) => {
      // The model goes on only when the client has seen the first half.
      partial.push(event.parsed_arguments);
      gate.open();
    });
    stream.on("tool_calls.function.arguments.done", (event) => done.push(event.parsed_arguments));
    stream.on("content.done", (event) => content.push(event.content.trim()));
    await stream.done();
    expect(content).toEqual(["I'll look."]);
    expect(done).toEqual([oslo.input, rome.input]);
    expect(partial[0]).toEqual({ city: "Åre" });
  });

  test.each(everyWay)("sees one call where parallel ones are not wanted (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text });
    const answer = await ways[way](openai(stack), {
      model,
      messages,
      tools: createTools().tools,
      parallel_tool_calls: false,
    });
    expect(callsOf(answer)).toEqual([oslo]);
  });

  test.each(everyWay)("sees text where tools are not to be called (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "I can't look now." });
    const answer = await ways[way](openai(stack), {
      model,
      messages,
      tools: createTools().tools,
      tool_choice: "none",
    });
    expect(messageOf(answer)).toMatchObject({ content: "I can't look now." });
    expect(messageOf(answer).tool_calls).toBeUndefined();
    expect(await promptOf(stack, 0)).not.toContain("get_weather");
  });
});

describe("legacy functions", () => {
  const functions = [
    { name: "get_weather", parameters: z.toJSONSchema(weatherInput) },
    { name: "run_command", parameters: z.toJSONSchema(commandInput) },
  ];

  test.each(everyWay)("are answered by function_call, and its result is read (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: syntaxes[0]?.render([rome]) ?? "" });
    stack.simulator.enqueue({ text: "Rain." });
    const first = await ways[way](openai(stack), { model, messages, functions });
    const message = messageOf(first);
    expect(first.choices[0]?.finish_reason).toBe("function_call");
    expect(message.tool_calls).toBeUndefined();
    expect(message.function_call).toMatchObject({ name: "get_weather" });
    expect(JSON.parse(message.function_call?.arguments ?? "")).toEqual(rome.input);
    const second = await ways[way](openai(stack), {
      model,
      messages: [...messages, message, { role: "function", name: "get_weather", content: "sky: rain" }],
      functions,
    });
    expect(messageOf(second).content).toBe("Rain.");
    const prompt = await promptOf(stack, 1);
    expect(prompt).toContain("sky: rain");
    expect(prompt).toContain("Rome");
  });
});
