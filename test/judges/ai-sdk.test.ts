/** The gateway as `ai` sees it through `@ai-sdk/openai-compatible`, which reads every chunk strictly. */
import {
  APICallError,
  generateObject,
  generateText,
  isStepCount,
  NoObjectGeneratedError,
  Output,
  streamObject,
  streamText,
  tool,
  type LanguageModel,
} from "ai";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { type Call, syntaxes } from "../fixtures/tool-calls/syntaxes.ts";
import { startStack } from "../support/start-stack.ts";
import { aiModel } from "./support/clients.ts";
import { expectSilence } from "./support/expect-silence.ts";
import { everyWay, type Way } from "./support/ways.ts";

// generateObject and streamObject are deprecated, but much used.
expectSilence(/Deprecated: "(generate|stream)Object"|^Warning: AI SDK Warning System: To turn off/);

const usage = { promptTokens: 30, completionTokens: 20 };
const oslo: Call = { name: "get_weather", input: { city: 'Åre "x" {1}\n', days: 3 } };
const rome: Call = { name: "get_weather", input: { city: "Rome", days: 1 } };
const list: Call = { name: "run_command", input: { command: "ls -la | grep '\\.ts$'" } };

/** Tools that write down what they were called with. */
function createTools() {
  const ran: Call[] = [];
  const tools = {
    get_weather: tool({
      description: "Tells the weather of a city.",
      inputSchema: z.object({ city: z.string(), days: z.number() }),
      execute: (input) => {
        ran.push({ name: "get_weather", input });
        return { city: input.city, sky: "rain" };
      },
    }),
    run_command: tool({
      description: "Runs a shell command.",
      inputSchema: z.object({ command: z.string() }),
      execute: (input) => {
        ran.push({ name: "run_command", input });
        return `done: ${input.command}`;
      },
    }),
  };
  return { ran, tools };
}

/** What an agent of several steps comes to, whichever way its answers come. */
async function runAgent(way: Way, model: LanguageModel) {
  const { ran, tools } = createTools();
  const options = { model, tools, prompt: "Weather?", stopWhen: isStepCount(5) };
  if (way === "whole") {
    const { text, steps, finishReason, totalUsage, warnings } = await generateText(options);
    return { ran, text, steps: steps.map(toStep), finishReason, totalUsage, warnings };
  }
  const result = streamText(options);
  const errors: unknown[] = [];
  for await (const part of result.fullStream) if (part.type === "error") errors.push(part.error);
  expect(errors).toEqual([]);
  const steps = await result.steps;
  return {
    ran,
    text: await result.text,
    steps: steps.map(toStep),
    finishReason: await result.finishReason,
    totalUsage: await result.totalUsage,
    warnings: await result.warnings,
  };
}

function toStep(step: {
  text: string;
  reasoningText: string | undefined;
  finishReason: string;
  toolCalls: readonly { toolName: string; input: unknown }[];
  toolResults: readonly { output: unknown }[];
}) {
  return {
    text: step.text.trim(),
    reasoning: step.reasoningText,
    finishReason: step.finishReason,
    calls: step.toolCalls.map(({ toolName, input }) => ({ name: toolName, input })),
    results: step.toolResults.map(({ output }) => output),
  };
}

describe.each(syntaxes.map((syntax) => [syntax.id, syntax] as const))(
  "calls written as %s",
  (_id, syntax) => {
    test("lead through several steps, the same in a stream as whole", async () => {
      const outcomes = [];
      for (const way of everyWay) {
        await using stack = await startStack();
        stack.simulator.enqueue({ reasoning: "two at once", text: syntax.render([oslo, rome]), usage });
        stack.simulator.enqueue({ text: syntax.render([list]), usage });
        stack.simulator.enqueue({ text: "It rains everywhere.", usage });
        outcomes.push(await runAgent(way, aiModel(stack, "DeepSeek-V3.2")));
        expect(stack.simulator.chats).toHaveLength(3);
      }
      const [whole, streamed] = outcomes;
      expect(whole).toMatchObject({
        ran: [oslo, rome, list],
        text: "It rains everywhere.",
        finishReason: "stop",
        totalUsage: { inputTokens: 90, outputTokens: 60 },
      });
      expect(whole?.steps.map(({ finishReason }) => finishReason)).toEqual([
        "tool-calls",
        "tool-calls",
        "stop",
      ]);
      expect(whole?.steps[0]).toMatchObject({ reasoning: "two at once", text: "", calls: [oslo, rome] });
      expect(streamed).toEqual(whole);
    });
  },
);

describe.each(everyWay)("a call (%s)", (way) => {
  test("of a tool that was not offered is mended before the SDK sees it", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({
      text: '<tool_call>{"name": "weather_lookup", "arguments": {"city": "Rome"}}</tool_call>',
    });
    stack.simulator.enqueue({
      text: '<tool_call>{"name": "get_weather", "arguments": {"city": "Rome", "days": "1"}}</tool_call>',
    });
    stack.simulator.enqueue({ text: "Rain." });
    const { ran, text, steps } = await runAgent(way, aiModel(stack));
    expect(ran).toEqual([rome]);
    expect(text).toBe("Rain.");
    expect(steps).toHaveLength(2);
    expect(stack.simulator.chats).toHaveLength(3);
  });

  test.each([
    ["required", "required" as const],
    ["a named tool", { type: "tool" as const, toolName: "get_weather" as const }],
  ])("comes when toolChoice is %s", async (_what, toolChoice) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "I could look it up." });
    stack.simulator.enqueue({ text: syntaxes[0]?.render([rome]) ?? "" });
    const { ran, tools } = createTools();
    const options = { model: aiModel(stack), tools, toolChoice, prompt: "Weather?" };
    const text = way === "whole" ? (await generateText(options)).text : await streamText(options).text;
    expect(ran).toEqual([rome]);
    expect(text).toBe("");
    expect(stack.simulator.chats).toHaveLength(2);
  });
});

describe("an object", () => {
  const schema = z.object({ city: z.string(), sights: z.array(z.object({ name: z.string() })) });
  const object = { city: "Oslo", sights: [{ name: 'Opera "house"' }, { name: "{Fjord}" }] };
  const json = JSON.stringify(object);

  const make: Readonly<Record<string, (model: LanguageModel) => Promise<unknown>>> = {
    generateObject: async (model) => (await generateObject({ model, schema, prompt: "Where?" })).object,
    streamObject: async (model) => {
      const { object: made, partialObjectStream } = streamObject({
        model,
        schema,
        prompt: "Where?",
        // The error comes by the promise below.
        onError: () => {},
      });
      for await (const partial of partialObjectStream) void partial;
      return made;
    },
    "generateText with Output.object": async (model) =>
      (await generateText({ model, output: Output.object({ schema }), prompt: "Where?" })).output,
    "streamText with Output.object": async (model) => {
      const result = streamText({
        model,
        output: Output.object({ schema }),
        prompt: "Where?",
        onError: () => {},
      });
      for await (const partial of result.partialOutputStream) void partial;
      return result.output;
    },
  };

  describe.each(Object.entries(make))("of %s", (_name, generate) => {
    test.each([
      ["plain", json],
      ["in a fence amid chatter", `Sure:\n\`\`\`json\n${JSON.stringify(object, null, 2)}\n\`\`\`\nEnjoy!`],
      ["behind thoughts", `<think>{"city": 1}</think>${json}`],
    ])("arrives: %s", async (_what, text) => {
      await using stack = await startStack();
      stack.simulator.enqueue({ text });
      expect(await generate(aiModel(stack))).toEqual(object);
    });

    test("is asked for once more after an answer without JSON", async () => {
      await using stack = await startStack();
      stack.simulator.enqueue({ text: "Oslo is nice." });
      stack.simulator.enqueue({ text: json });
      expect(await generate(aiModel(stack))).toEqual(object);
      expect(stack.simulator.chats).toHaveLength(2);
    });
  });

  test("that the model refuses is an error in words", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "I can't." });
    stack.simulator.enqueue({ text: "I really can't." });
    const error = await generateObject({
      model: aiModel(stack),
      schema,
      prompt: "Where?",
      maxRetries: 0,
    }).catch((reason: unknown) => reason);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringMatching(/JSON.*I really can't/) });
  });

  test("cut by the limit is told as such", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: json.slice(0, 20), finishReason: "length" });
    const error = await generateObject({ model: aiModel(stack), schema, prompt: "Where?" }).catch(
      (reason: unknown) => reason,
    );
    expect(NoObjectGeneratedError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ finishReason: "length" });
  });
});

describe("reasoning", () => {
  test("comes before the text, in parts of its own", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ reasoning: "let me think", text: "42" });
    const { fullStream } = streamText({ model: aiModel(stack, "DeepSeek-V3.2"), prompt: "?" });
    const types: string[] = [];
    for await (const { type } of fullStream) if (/reasoning|text/.test(type)) types.push(type);
    expect(types).toEqual([
      "reasoning-start",
      "reasoning-delta",
      "reasoning-end",
      "text-start",
      "text-delta",
      "text-end",
    ]);
  });

  test("goes back with the history without harm", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ reasoning: "secret thoughts", text: "42" });
    stack.simulator.enqueue({ text: "Because." });
    const model = aiModel(stack, "DeepSeek-V3.2");
    const { response } = await generateText({ model, prompt: "?" });
    const { text } = await generateText({
      model,
      messages: [{ role: "user", content: "?" }, ...response.messages, { role: "user", content: "Why?" }],
    });
    expect(text).toBe("Because.");
    const prompt = JSON.stringify(stack.simulator.chats[1]?.body);
    expect(prompt).toContain("42");
    expect(prompt).not.toContain("secret thoughts");
  });
});

describe("limits", () => {
  test.each(everyWay)("end the answer, with the right reason (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "one two three four five six seven eight" });
    stack.simulator.enqueue({ text: "one two END three" });
    const model = aiModel(stack);
    const ask = async (limits: { maxOutputTokens: number } | { stopSequences: string[] }) => {
      const options = { model, prompt: "Count.", ...limits };
      const result = way === "whole" ? await generateText(options) : streamText(options);
      return [await result.text, await result.finishReason];
    };
    expect(await ask({ maxOutputTokens: 3 })).toEqual(["one two three", "length"]);
    expect(await ask({ stopSequences: ["END"] })).toEqual(["one two ", "stop"]);
  });
});

describe("a request that is aborted", () => {
  test.each(everyWay)("ends the upstream's (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["one", "two"], gate: new Promise(() => {}), gateAfter: 1 });
    const controller = new AbortController();
    const options = { model: aiModel(stack), prompt: "Count.", abortSignal: controller.signal };
    if (way === "whole") {
      const result = generateText(options);
      const refused = expect(result).rejects.toThrow(/abort/i);
      await stack.simulator.waitForChat(0);
      controller.abort();
      await refused;
    } else {
      const types: string[] = [];
      for await (const { type } of streamText(options).fullStream) {
        types.push(type);
        if (type === "text-delta") controller.abort();
      }
      expect(types.at(-1)).toBe("abort");
    }
    expect(await (await stack.simulator.waitForChat(0)).closed).toBe("client-left");
  });
});

describe("failures", () => {
  test("in the middle of a stream are parts of type error", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: ["Once ", "upon"], error: { kind: "cut", afterDeltas: 1 } });
    const result = streamText({ model: aiModel(stack), prompt: "?", onError: () => {} });
    const errors: unknown[] = [];
    let finish = "";
    for await (const part of result.fullStream) {
      if (part.type === "error") errors.push(part.error);
      if (part.type === "finish") finish = part.finishReason;
    }
    expect(errors).toHaveLength(1);
    expect(finish).toBe("error");
  });

  test("before it are errors with our words", async () => {
    await using stack = await startStack();
    const error = await generateText({
      model: aiModel(stack, "nobody"),
      prompt: "?",
      maxRetries: 0,
    }).catch((reason: unknown) => reason);
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ message: expect.stringContaining("`nobody` does not exist") });
  });
});
