/** What models get wrong about calls, and what the `openai` SDK sees of it: nothing but time. */
import type OpenAI from "openai";
import { InternalServerError } from "openai";
import { describe, expect, test } from "vitest";

import { createGate } from "../support/gate.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { model, openai } from "./support/clients.ts";
import { expectSilence } from "./support/expect-silence.ts";
import { callsOf, everyWay, messageOf, type Way, ways } from "./support/ways.ts";

expectSilence();

const tools: OpenAI.ChatCompletionFunctionTool[] = [
  {
    type: "function",
    function: {
      name: "book_room",
      description: "Books a room.",
      parameters: {
        type: "object",
        properties: {
          hotelName: { type: "string" },
          nights: { type: "integer", minimum: 1 },
          breakfast: { type: "boolean" },
          guests: { type: "array", items: { type: "string" } },
          price: { type: "object", properties: { most: { type: "number" } } },
          class: { enum: ["standard", "suite"] },
        },
        required: ["hotelName", "nights"],
        additionalProperties: false,
      },
    },
  },
  {
    type: "function",
    function: {
      name: "cancel_room",
      parameters: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
    },
  },
];
const messages = [{ role: "user" as const, content: "Book it." }];
const right = { hotelName: "Ritz", nights: 2 };

function write(name: string, input: string | object): string {
  const json = typeof input === "string" ? input : JSON.stringify(input);
  return `<tool_call>\n{"name": "${name}", "arguments": ${json}}\n</tool_call>`;
}

function ask(stack: Stack, way: Way, fields: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) {
  return ways[way](openai(stack), { model, messages, tools, ...fields });
}

async function promptOf({ simulator }: Stack, index: number): Promise<string> {
  return JSON.stringify((await simulator.waitForChat(index)).body);
}

describe.each(everyWay)("arguments (%s)", (way) => {
  test.each<[string, string | object, object]>([
    ["numbers as strings", { hotelName: "Ritz", nights: "2" }, right],
    ["a truth value as a string", { ...right, breakfast: "true" }, { ...right, breakfast: true }],
    ["JSON in a string", { ...right, guests: '["Ann", "Bo"]' }, { ...right, guests: ["Ann", "Bo"] }],
    ["an object in a string", { ...right, price: '{"most": 9.5}' }, { ...right, price: { most: 9.5 } }],
    ["one item for a list", { ...right, guests: "Ann" }, { ...right, guests: ["Ann"] }],
    ["keys in another case", { hotel_name: "Ritz", Nights: 2 }, right],
    ["an enum value in another case", { ...right, class: "Suite" }, { ...right, class: "suite" }],
    ["null for what is optional", { ...right, breakfast: null }, right],
    ["arguments encoded twice", JSON.stringify(JSON.stringify(right)), right],
    ["single quotes and a trailing comma", "{'hotelName': 'Ritz', 'nights': 2,}", right],
    ["keys without quotes", '{hotelName: "Ritz", nights: 2}', right],
    [
      "Python's constants",
      '{"hotelName": "Ritz", "nights": 2, "breakfast": True}',
      { ...right, breakfast: true },
    ],
    [
      "a wrong escape",
      String.raw`{"hotelName": "\$Ritz\'s", "nights": 2}`,
      { ...right, hotelName: "$Ritz's" },
    ],
    [
      "a raw line break in a string",
      '{"hotelName": "Ri\ntz", "nights": 2}',
      { ...right, hotelName: "Ri\ntz" },
    ],
  ])("with %s arrive right, without another turn", async (_what, input, expected) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: write("book_room", input) });
    expect(callsOf(await ask(stack, way))).toEqual([{ name: "book_room", input: expected }]);
    expect(stack.simulator.chats).toHaveLength(1);
  });

  test("that can't be made right are asked for once more", async () => {
    await using stack = await startStack({ env: { TOOL_ARGUMENTS: "whole" } });
    stack.simulator.enqueue({ text: write("book_room", { hotelName: "Ritz", nights: "a few" }) });
    stack.simulator.enqueue({ text: write("book_room", right) });
    expect(callsOf(await ask(stack, way))).toEqual([{ name: "book_room", input: right }]);
    expect(stack.simulator.chats).toHaveLength(2);
    const prompt = await promptOf(stack, 1);
    expect(prompt).toContain("a few");
    expect(prompt).toMatch(/nights.{0,40}integer/);
  });

  test("that miss a required field are asked for once more", async () => {
    await using stack = await startStack({ env: { TOOL_ARGUMENTS: "whole" } });
    stack.simulator.enqueue({ text: write("book_room", { nights: 2 }) });
    stack.simulator.enqueue({ text: write("book_room", right) });
    expect(callsOf(await ask(stack, way))).toEqual([{ name: "book_room", input: right }]);
    expect(stack.simulator.chats).toHaveLength(2);
  });

  test("that stay wrong are passed on: the client's own check may be milder", async () => {
    await using stack = await startStack({ env: { TOOL_ARGUMENTS: "whole" } });
    const wrong = { hotelName: "Ritz", nights: 0 };
    stack.simulator.enqueue({ text: write("book_room", wrong) });
    stack.simulator.enqueue({ text: write("book_room", wrong) });
    const answer = await ask(stack, way);
    expect(callsOf(answer)).toEqual([{ name: "book_room", input: wrong }]);
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(stack.simulator.chats).toHaveLength(2);
  });
});

describe.each(everyWay)("a tool that was not offered (%s)", (way) => {
  test("leads to another turn, of which the client sees one right call", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({
      text: `Let me see. ${write("reserve", right)}`,
      usage: { promptTokens: 10, completionTokens: 5 },
    });
    stack.simulator.enqueue({
      text: write("book_room", right),
      usage: { promptTokens: 20, completionTokens: 7 },
    });
    const answer = await ask(stack, way);
    expect(callsOf(answer)).toEqual([{ name: "book_room", input: right }]);
    expect(JSON.stringify(answer)).not.toMatch(/reserve|<tool_call/);
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(answer.usage).toMatchObject({ prompt_tokens: 30, completion_tokens: 12 });
    expect(stack.simulator.chats).toHaveLength(2);
    expect(await promptOf(stack, 1)).toMatch(/reserve.*reserve.*book_room/s);
  });

  test("spelled in another case needs no other turn", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: write("Book_Room", right) });
    expect(callsOf(await ask(stack, way))).toEqual([{ name: "book_room", input: right }]);
    expect(stack.simulator.chats).toHaveLength(1);
  });

  test("is never passed on, also without turns left", async () => {
    await using stack = await startStack({ env: { REPAIR_TURNS: "0" } });
    stack.simulator.enqueue({ text: write("reserve", right) });
    const answer = await ask(stack, way);
    expect(messageOf(answer).tool_calls).toBeUndefined();
    expect(messageOf(answer).content).toContain("reserve");
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    expect(stack.simulator.chats).toHaveLength(1);
  });

  test("beside a right call leaves the right one", async () => {
    await using stack = await startStack();
    const cancel = { name: "cancel_room", input: { id: "7" } };
    stack.simulator.enqueue({ text: `${write("cancel_room", { id: "7" })}\n${write("reserve", right)}` });
    stack.simulator.enqueue({ text: write("book_room", right) });
    const answer = await ask(stack, way);
    expect(callsOf(answer)).toEqual([cancel, { name: "book_room", input: right }]);
    const ids = messageOf(answer).tool_calls?.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test("is asked about as often as REPAIR_TURNS says", async () => {
    await using stack = await startStack({ env: { REPAIR_TURNS: "2" } });
    for (const name of ["reserve", "rent"]) stack.simulator.enqueue({ text: write(name, right) });
    stack.simulator.enqueue({ text: write("book_room", right) });
    expect(callsOf(await ask(stack, way))).toEqual([{ name: "book_room", input: right }]);
    expect(stack.simulator.chats).toHaveLength(3);
  });
});

const named = { type: "function" as const, function: { name: "book_room" } };

describe.each(everyWay)("tool_choice (%s)", (way) => {
  test.each([
    ["required", "required" as const, "I would book the Ritz."],
    ["a named function", named, "I would book the Ritz."],
    ["a named function, another one called", named, write("cancel_room", { id: "7" })],
  ])("%s is enforced by one more turn", async (_what, tool_choice, text) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text });
    stack.simulator.enqueue({ text: write("book_room", right) });
    const answer = await ask(stack, way, { tool_choice });
    expect(callsOf(answer)).toEqual([{ name: "book_room", input: right }]);
    expect(stack.simulator.chats).toHaveLength(2);
  });

  test.each([
    ["required", "required" as const],
    ["a named function", named],
  ])("%s without a call is a clear error in the end", async (_what, tool_choice) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "No." });
    stack.simulator.enqueue({ text: "No, I said." });
    const answer = ask(stack, way, { tool_choice });
    await expect(answer).rejects.toThrow(InternalServerError);
    await expect(answer).rejects.toThrow(/did not call.*tool_choice/);
    expect(stack.simulator.chats).toHaveLength(2);
  });

  test("required without turns left fails at once", async () => {
    await using stack = await startStack({ env: { REPAIR_TURNS: "0" } });
    stack.simulator.enqueue({ text: "No." });
    await expect(ask(stack, way, { tool_choice: "required" })).rejects.toThrow(/tool_choice/);
    expect(stack.simulator.chats).toHaveLength(1);
  });
});

describe("TOOL_ARGUMENTS", () => {
  const text = write("book_room", { hotelName: "Ritz", nights: "2" });
  const middle = text.indexOf("tz");

  test("stream: strings are seen before the call is complete", async () => {
    await using stack = await startStack();
    const gate = createGate();
    stack.simulator.enqueue({
      text: [text.slice(0, middle), text.slice(middle)],
      gate: gate.promise,
      gateAfter: 1,
    });
    const stream = openai(stack).chat.completions.stream({ model, messages, tools });
    stream.on("tool_calls.function.arguments.delta", () => gate.open());
    expect(callsOf(await stream.finalChatCompletion())).toEqual([{ name: "book_room", input: right }]);
  });

  test("whole: a call comes at once, when it was checked", async () => {
    await using stack = await startStack({ env: { TOOL_ARGUMENTS: "whole" } });
    stack.simulator.enqueue({ text: Array.from(text) });
    const stream = openai(stack).chat.completions.stream({ model, messages, tools });
    const deltas: string[] = [];
    stream.on("tool_calls.function.arguments.delta", (event) => deltas.push(event.arguments_delta));
    await stream.done();
    expect(deltas.map((delta): unknown => JSON.parse(delta))).toEqual([right]);
  });
});

test.each(everyWay)("a call that the limit cut keeps the reason length (%s)", async (way) => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: write("book_room", right).slice(0, -20), finishReason: "length" });
  const answer = await ask(stack, way);
  expect(answer.choices[0]?.finish_reason).toBe("length");
  expect(stack.simulator.chats).toHaveLength(1);
});
