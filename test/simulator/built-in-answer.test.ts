import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";

import { createToolPrompt } from "../../src/shaping/tools/prompt/create-tool-prompt.ts";
import { createBuiltInAnswer } from "../../src/simulator/built-in-answer.ts";
import { startSimulator, type ChatBody } from "../../src/simulator/index.ts";
import type { World } from "../../src/simulator/world.ts";

const world = { pace: 0, models: [{ id: "DeepSeek-V3.2", reasoning: true }] } as unknown as World;

function answerTo(content: string, body: Partial<ChatBody> = {}): string {
  const messages = [{ role: "user", content }];
  const { text } = createBuiltInAnswer({ messages, model: "Llama", ...body }, world);
  return typeof text === "string" ? text : "";
}

describe("small talk", () => {
  it.each([
    ["Hello!", /^Hello!/],
    ["你好", /^你好!/],
    ["What model are you?", /^I am Llama,/],
    ["Count to 5", /^1, 2, 3, 4, 5$/],
    ["What is 6 * 7?", /= 42$/],
    ['Reply with exactly "OK".', /^OK$/],
    ["Say hello world", /^hello world$/],
    ["Show me some Python code", /```python\n[^]*```/],
    ["Explain it with a table", /\| --- \| --- \|/],
    ["Tomorrow it rains.", /“Tomorrow it rains\.”/],
    ["", /empty message/],
  ])("%j", (question, expected) => {
    expect(answerTo(question)).toMatch(expected);
  });

  it("remembers a name of the conversation", () => {
    const messages = [
      { role: "user", content: "My name is Žofie." },
      { role: "assistant", content: "Nice to meet you." },
      { role: "user", content: "What is my name?" },
    ];
    expect(answerTo("", { messages })).toBe("Your name is Žofie.");
  });

  it("thinks first where the model reasons", () => {
    const reply = createBuiltInAnswer(
      { messages: [{ role: "user", content: "Hi" }], model: "DeepSeek-V3.2" },
      world,
    );
    expect(reply.reasoning).toContain('"Hi"');
  });
});

describe("tools", () => {
  const weather = {
    name: "get_weather",
    description: "Current weather in a city",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string", description: "City name" },
        unit: { type: "string", enum: ["celsius", "fahrenheit"] },
        days: { type: "integer", minimum: 1 },
      },
      required: ["city"],
    },
  };
  const calculator = {
    name: "calculate",
    description: "Evaluates an arithmetic expression",
    parameters: {
      type: "object",
      properties: { expression: { type: "string" } },
      required: ["expression"],
    },
  };
  const request = {
    tools: [weather, calculator],
    toolChoice: { kind: "auto" },
    parallelToolCalls: true,
  } as const;
  const system = createToolPrompt(request, "Llama");

  it.each([
    ["What is the weather in Paris?", "get_weather", { city: "Paris" }],
    ["Weather in New York in fahrenheit, please", "get_weather", { city: "New York", unit: "fahrenheit" }],
    ["Please calculate 12*(3+4)", "calculate", { expression: "12*(3+4)" }],
  ])("%s", (question, name, given) => {
    const call = JSON.stringify({ name, arguments: given });
    expect(answerTo(question, { system })).toBe(`<tool_call>\n${call}\n</tool_call>`);
  });

  it("calls once for each place when it may", () => {
    const calls = answerTo("Compare the weather in Paris and Oslo", { system });
    expect(calls.match(/"city":"\w+"/g)).toEqual(['"city":"Paris"', '"city":"Oslo"']);
    const single = createToolPrompt({ ...request, parallelToolCalls: false }, "Llama");
    const call = answerTo("Compare the weather in Paris and Oslo", { system: single });
    expect(call.match(/"city":"\w+"/g)).toEqual(['"city":"Paris"']);
  });

  it("writes the call in the form that the prompt teaches", () => {
    const taught = createToolPrompt(request, "DeepSeek-V3.2");
    expect(answerTo("What is the weather in Paris?", { system: taught })).toBe(
      '<function_calls>\n<invoke name="get_weather">\n<parameter name="city">Paris</parameter>\n</invoke>\n</function_calls>',
    );
  });

  it("calls what it must call", () => {
    const toolChoice = { kind: "function", name: "calculate" } as const;
    const forced = createToolPrompt({ ...request, toolChoice }, "Llama");
    expect(answerTo("Hello", { system: forced })).toContain('"name":"calculate"');
  });

  it("just talks when no tool suits", () => {
    expect(answerTo("Hello!", { system })).toMatch(/^Hello!/);
  });

  it("understands tools that are listed as JSON", () => {
    const listed = `Call tools as <tool_call>…</tool_call>.\n${JSON.stringify({ type: "function", function: weather })}`;
    expect(answerTo("What is the weather in Rome?", { system: listed })).toContain('{"city":"Rome"}');
  });

  it("tells in words what the results say", () => {
    const turn =
      '<tool_response name="get_weather">\n18 °C, sunny\n</tool_response>\n<tool_response name="calculate" error="true">\ndivided by 0\n</tool_response>';
    expect(answerTo(turn, { system })).toBe(
      "get_weather says: 18 °C, sunny\n\ncalculate failed: divided by 0",
    );
  });
});

describe("JSON", () => {
  it.each([
    {
      type: "object",
      properties: { city: { type: "string" }, degrees: { type: "number" } },
      required: ["city"],
    },
    { type: "object", properties: { tags: { type: "array", items: { enum: ["a", "b"] }, minItems: 2 } } },
    {
      type: "object",
      properties: { at: { $ref: "#/$defs/t" } },
      $defs: { t: { type: ["integer", "null"], minimum: 3 } },
    },
    {
      type: "object",
      properties: { one: { anyOf: [{ const: 5 }, { type: "null" }] }, two: { type: "boolean" } },
    },
  ])("fits the schema %j", (schema) => {
    const system = `Answer with JSON valid against this JSON Schema:\n${JSON.stringify(schema)}`;
    const value: unknown = JSON.parse(answerTo("It has 21 degrees in Brno", { system }));
    expect(new Ajv({ allowUnionTypes: true }).validate(schema, value)).toBe(true);
  });

  it("is an object where only that is asked", () => {
    const system = "Answer with one JSON object and nothing else.";
    expect(JSON.parse(answerTo("Hi", { system }))).toEqual({ answer: "Hi", source: "simulator" });
  });
});

describe("images", () => {
  it.each([
    ["Draw me a red boat!", "A red boat, "],
    ["Generate an image: an old tree", "An old tree, "],
    ["a cat's bowl", "A cat's bowl, "],
  ])("%s", (wish, start) => {
    const messages = [{ role: "user", content: wish }];
    const { image } = createBuiltInAnswer({ messages, model: "AkashGen" }, world);
    expect(image?.prompt.startsWith(start)).toBe(true);
  });
});

it("answers over the wire without any script", async () => {
  await using simulator = await startSimulator({ instance: "no-accounts" });
  const body = {
    messages: [{ role: "user", content: "Count to 3" }],
    model: "Kimi-K2-Instruct",
    temperature: 1,
    topP: 1,
  };
  const reply = await fetch(`${simulator.url}/api/chat`, { method: "POST", body: JSON.stringify(body) });
  const deltas = (await reply.text()).split("\n").filter((line) => line.startsWith("0:"));
  expect(deltas.map((line): unknown => JSON.parse(line.slice(2))).join("")).toBe("1, 2, 3");
});
