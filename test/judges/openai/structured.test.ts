/** Structured output as the `openai` SDK sees it. */
import { APIError, BadRequestError } from "openai";
import { LengthFinishReasonError } from "openai/error";
import { zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { createGate } from "../../support/gate.ts";
import { startStack, type Stack } from "../../support/start-stack.ts";
import { model, openai } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";
import { everyWay, messageOf, type Way, ways } from "../support/ways.ts";

expectSilence();

const place = z.object({
  city: z.string(),
  population: z.number().int(),
  districts: z.array(z.object({ name: z.string(), old: z.boolean() })),
  mayor: z.string().nullable(),
});
const oslo = {
  city: "Oslo",
  population: 717_710,
  districts: [
    { name: 'Frogner "west"', old: true },
    { name: "Grünerløkka {x}", old: false },
  ],
  mayor: null,
};
const json = JSON.stringify(oslo);
const messages = [{ role: "user" as const, content: "Where?" }];
const body = { model, messages, response_format: zodResponseFormat(place, "place") };

/** `.parse`, or what `.stream` comes to: both read the answer by zod. */
function parse(stack: Stack, way: Way) {
  const { completions } = openai(stack).chat;
  return way === "whole" ? completions.parse(body) : completions.stream(body).finalChatCompletion();
}

describe.each(everyWay)("an answer by a schema (%s)", (way) => {
  test.each([
    ["JSON", json],
    ["laid out JSON", JSON.stringify(oslo, null, 2)],
    ["JSON in a fence", `\`\`\`json\n${json}\n\`\`\``],
    ["JSON after chatter", `Sure! Here is the JSON:\n\n${json}`],
    ["JSON before chatter", `${json}\n\nLet me know if you need {anything} else.`],
    ["JSON in a fence amid chatter", `Here:\n\n\`\`\`json\n${json}\n\`\`\`\n\nI hope this helps.`],
    ["JSON behind thoughts in the text", `<think>{"city": "no"}</think>\n${json}`],
    ["JSON without its last brackets", json.slice(0, -1)],
  ])("that is %s", async (_what, text) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text });
    const { choices } = await parse(stack, way);
    expect(choices[0]?.message.parsed).toEqual(oslo);
    expect(JSON.parse(choices[0]?.message.content ?? "")).toEqual(oslo);
    expect(choices[0]?.finish_reason).toBe("stop");
    expect(stack.simulator.chats).toHaveLength(1);
  });

  test.each([
    ["is no JSON", "I think Oslo is a nice place."],
    ["is a refusal", "I'm sorry, but I can't help with that."],
    ["is empty", " "],
  ])("that %s is asked for once more", async (_what, text) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text });
    stack.simulator.enqueue({ text: json });
    const { choices } = await parse(stack, way);
    expect(choices).toHaveLength(1);
    expect(choices[0]?.message.parsed).toEqual(oslo);
    expect(stack.simulator.chats).toHaveLength(2);
  });

  test("that stays a refusal is a clear error, never a stop", async () => {
    await using stack = await startStack();
    const text = "I'm sorry, but I can't help with that.";
    stack.simulator.enqueue({ text });
    stack.simulator.enqueue({ text });
    const answer = parse(stack, way);
    await expect(answer).rejects.toThrow(APIError);
    await expect(answer).rejects.toThrow(/JSON.*I'm sorry, but I can't help with that\./);
    expect(stack.simulator.chats).toHaveLength(2);
  });

  test("is asked for only once with REPAIR_TURNS=0", async () => {
    await using stack = await startStack({ env: { REPAIR_TURNS: "0" } });
    stack.simulator.enqueue({ text: "No." });
    await expect(parse(stack, way)).rejects.toThrow(/JSON/);
    expect(stack.simulator.chats).toHaveLength(1);
  });

  test("cut by the limit is the SDK's own length error", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: json, finishReason: "length" });
    await expect(parse(stack, way)).rejects.toThrow(LengthFinishReasonError);
  });

  test("against the schema never ends as if it were complete", async () => {
    await using stack = await startStack();
    const wrong = JSON.stringify({ ...oslo, population: "many" });
    stack.simulator.enqueue({ text: wrong });
    stack.simulator.enqueue({ text: json });
    const answer = parse(stack, way);
    if (way === "whole") expect((await answer).choices[0]?.message.parsed).toEqual(oslo);
    else await expect(answer).rejects.toThrow(/population/);
  });
});

test.each(everyWay)("broken JSON of which nothing was sent yet is mended (%s)", async (way) => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: `{city: 'Oslo', "population": 717710, "districts": [], "mayor": None,}` });
  const { choices } = await parse(stack, way);
  expect(choices[0]?.message.parsed).toEqual({ ...oslo, districts: [] });
  expect(stack.simulator.chats).toHaveLength(1);
});

test.each(everyWay)(
  "values that miss the schema only by their form are brought into it (%s)",
  async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({
      text: `{"City": "Oslo", "population": "717710", "districts": [{"name": "Frogner", "old": "true"}], "mayor": null}`,
    });
    const { choices } = await parse(stack, way);
    const districts = [{ name: "Frogner", old: true }];
    expect(choices[0]?.message.parsed).toEqual({ ...oslo, districts });
    expect(stack.simulator.chats).toHaveLength(1);
  },
);

test("a stream gives the JSON while it comes", async () => {
  await using stack = await startStack();
  const gate = createGate();
  stack.simulator.enqueue({
    text: [`Sure:\n\`\`\`json\n${json.slice(0, 30)}`, `${json.slice(30)}\n\`\`\``],
    gate: gate.promise,
    gateAfter: 1,
  });
  const stream = openai(stack).chat.completions.stream(body);
  const snapshots: unknown[] = [];
  stream.on("content.delta", ({ parsed }) => {
    snapshots.push(parsed);
    gate.open();
  });
  const { choices } = await stream.finalChatCompletion();
  expect(snapshots[0]).toMatchObject({ city: "Oslo" });
  expect(choices[0]?.message.parsed).toEqual(oslo);
});

describe("json_object", () => {
  test.each(everyWay)("is an object without fence and chatter (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: 'Of course!\n```json\n{"a": [1, 2], "b": "}"}\n```\nDone.' });
    const answer = await ways[way](openai(stack), {
      model,
      messages,
      response_format: { type: "json_object" },
    });
    expect(JSON.parse(messageOf(answer).content ?? "")).toEqual({ a: [1, 2], b: "}" });
  });

  test.each(everyWay)("is asked for once more if need be (%s)", async (way) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: "No object here." });
    stack.simulator.enqueue({ text: '{"a": 1}' });
    const answer = await ways[way](openai(stack), {
      model,
      messages,
      response_format: { type: "json_object" },
    });
    expect(messageOf(answer).content).toBe('{"a": 1}');
  });
});

test.each(everyWay)("a schema that is none is refused before the model is asked (%s)", async (way) => {
  await using stack = await startStack();
  const answer = ways[way](openai(stack), {
    model,
    messages,
    response_format: { type: "json_schema", json_schema: { name: "x", schema: { type: "nonsense" } } },
  });
  await expect(answer).rejects.toThrow(BadRequestError);
  expect(stack.simulator.chats).toHaveLength(0);
});
