/** JSON answers as models miss their schema, as SDKs read them: streamed and whole. */
import { generateObject, generateText, Output, streamObject, streamText } from "ai";
import { zodResponseFormat } from "openai/helpers/zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";

import { startStack, type Stack } from "../support/start-stack.ts";
import { aiModel, langchain, model, openai } from "./support/clients.ts";
import { expectSilence } from "./support/expect-silence.ts";

// generateObject and streamObject are deprecated, but much used.
expectSilence(/Deprecated: "(generate|stream)Object"|^Warning: AI SDK Warning System: To turn off/);

const schema = z.object({
  city: z.string(),
  size: z.enum(["small", "large"]),
  people: z.number().int(),
  coast: z.boolean(),
  names: z.array(z.string()),
  mayor: z.string().nullable(),
  sights: z.array(z.object({ name: z.string(), year: z.number().nullable() })),
});
const oslo: z.infer<typeof schema> = {
  city: "Oslo",
  size: "large",
  people: 717_710,
  coast: true,
  names: ["Kristiania"],
  mayor: null,
  sights: [
    { name: "Opera", year: 2008 },
    { name: "Fjord", year: null },
  ],
};
const json = JSON.stringify(oslo);
const { mayor: _mayor, ...withoutMayor } = oslo;

const answers: readonly [what: string, text: string][] = [
  ["numbers and booleans in strings", JSON.stringify({ ...oslo, people: "717710", coast: "yes" })],
  ["keys and enums in another case", json.replace('"city"', '"City"').replace('"large"', '"LARGE"')],
  ["one item for a list", JSON.stringify({ ...oslo, names: "Kristiania" })],
  ["a nullable key left out", JSON.stringify(withoutMayor)],
  ["nullable keys left out deep inside", json.replace(',"year":null', "")],
  ["keys too many", JSON.stringify({ ...oslo, country: "Norway", river: { name: "Akerselva" } })],
  ["its schema's name around it", JSON.stringify({ place: oslo })],
  ["the schema before it", `${JSON.stringify(z.toJSONSchema(schema))}\n\n${json}`],
  ["a pattern before it", `{"city": "string", "size": "small", "people": 0}\n\n${json}`],
  ["its schema around it", JSON.stringify({ type: "object", properties: oslo })],
  ["quotes in a text", json.replace("Fjord", 'Fjord "the blue" Line')],
];

const read: Readonly<Record<string, (stack: Stack) => Promise<unknown>>> = {
  "openai .parse": async (stack) =>
    (await openai(stack).chat.completions.parse(chat)).choices[0]?.message.parsed,
  "openai .stream": async (stack) =>
    (await openai(stack).chat.completions.stream(chat).finalChatCompletion()).choices[0]?.message.parsed,
  generateObject: async (stack) => (await generateObject({ model: aiModel(stack), schema, prompt })).object,
  async streamObject(stack) {
    const { object, partialObjectStream } = streamObject({ model: aiModel(stack), schema, prompt });
    for await (const partial of partialObjectStream) void partial;
    return object;
  },
  "generateText with Output.object": async (stack) =>
    (await generateText({ model: aiModel(stack), output: Output.object({ schema }), prompt })).output,
  async "streamText with Output.object"(stack) {
    const result = streamText({ model: aiModel(stack), output: Output.object({ schema }), prompt });
    for await (const partial of result.partialOutputStream) void partial;
    return result.output;
  },
  "LangChain jsonSchema": (stack) => structured(stack).invoke(prompt),
  async "LangChain jsonSchema, streamed"(stack) {
    let last: unknown;
    for await (const part of await structured(stack).stream(prompt)) last = part;
    return last;
  },
};
const prompt = "Where?";
const chat = {
  model,
  messages: [{ role: "user" as const, content: prompt }],
  response_format: zodResponseFormat(schema, "place"),
};

const structured = (stack: Stack) =>
  langchain(stack).withStructuredOutput(schema, { name: "place", method: "jsonSchema" });

describe.each(Object.entries(read))("%s", (_, parse) => {
  test.each(answers)("%s", async (what, text) => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: text.match(/.{1,3}/gsu) ?? [] });
    const sights = [oslo.sights[0], { name: 'Fjord "the blue" Line', year: null }];
    expect(await parse(stack)).toEqual(what === "quotes in a text" ? { ...oslo, sights } : oslo);
    expect(stack.simulator.chats).toHaveLength(1);
  });
});
