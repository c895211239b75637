/** The gateway as Google's own SDK sees it, `@google/genai`. */
import { readFileSync } from "node:fs";

import {
  ApiError,
  type Content,
  type GenerateContentConfig,
  GenerateContentResponse,
  GoogleGenAI,
  ThinkingLevel,
  Type,
} from "@google/genai";
import { describe, expect, test } from "vitest";

import { syntaxes } from "../fixtures/tool-calls/syntaxes.ts";
import { createGate } from "../support/gate.ts";
import { startOver } from "../support/start-over.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { gemini } from "./support/clients.ts";
import { expectSilence } from "./support/expect-silence.ts";
import { everyWay, type Way } from "./support/ways.ts";

expectSilence();

const model = "DeepSeek-V3.2";
const usage = { promptTokens: 30, completionTokens: 20 };
const [hermes] = syntaxes;
if (hermes === undefined) throw new Error("There are no syntaxes.");
const read = { name: "read_file", input: { path: "a/b.ts", line: 3 } };
const other = { name: "read_file", input: { path: "C:\\Users\\{x}" } };
const functionDeclarations = [
  {
    name: "read_file",
    description: "Reads a file.",
    parameters: {
      type: Type.OBJECT,
      properties: { path: { type: Type.STRING }, line: { type: Type.INTEGER, nullable: true } },
      required: ["path"],
    },
  },
];
const tools = [{ functionDeclarations }];

/** An answer as the SDK gives it, added up where it came in pieces. */
async function ask(
  way: Way,
  stack: Stack,
  config: GenerateContentConfig = {},
  contents: string | Content[] = "Hi",
) {
  const { models } = gemini(stack);
  const request = { model, contents, config };
  const answers =
    way === "whole" ? [await models.generateContent(request)] : await models.generateContentStream(request);
  const seen: GenerateContentResponse[] = [];
  for await (const answer of answers) {
    expect(answer).toBeInstanceOf(GenerateContentResponse);
    seen.push(answer);
  }
  const parts = seen.flatMap(({ candidates = [] }) =>
    candidates.flatMap(({ content }) => content?.parts ?? []),
  );
  const last = seen.at(-1);
  return {
    text: parts.map(({ text = "", thought }) => (thought === true ? "" : text)).join(""),
    thoughts: parts.map(({ text = "", thought }) => (thought === true ? text : "")).join(""),
    calls: seen.flatMap(({ functionCalls = [] }) => functionCalls.map(({ name, args }) => ({ name, args }))),
    ids: seen.flatMap(({ functionCalls = [] }) => functionCalls.map(({ id }) => typeof id)),
    finish: last?.candidates?.[0]?.finishReason,
    usage: last?.usageMetadata,
    version: last?.modelVersion,
  };
}

const toCall = ({ name, input }: typeof read | typeof other) => ({ name, args: input });

const examples: readonly (readonly [string, string, GenerateContentConfig])[] = [
  ["a text", "One two three.\n\n```js\n1\u2028\n```", {}],
  ["calls", hermes.render([read, other]), { tools }],
  ["text around calls", `A ${hermes.render([read])} B ${hermes.render([other])} C`, { tools }],
  ["a call whose limit cuts it", hermes.render([read]), { tools, maxOutputTokens: 12 }],
  ["a text that its limit cuts", "more and more ".repeat(99), { maxOutputTokens: 20 }],
  ["a stop sequence", "One two END three", { stopSequences: ["END"] }],
  ["JSON", '```json\n{"a": 1}\n```', { responseMimeType: "application/json" }],
  ["thoughts that nobody asked for", "<think>\nHm.\n</think>\n\nYes.", {}],
  [
    "thoughts",
    "<think>\nHm.\n</think>\n\nYes.",
    { thinkingConfig: { includeThoughts: true, thinkingLevel: ThinkingLevel.LOW } },
  ],
];

test.each(examples)("%s: the same in a stream as whole", async (_what, text, config) => {
  const outcomes = [];
  for (const way of everyWay) {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: text.match(/.{1,3}/gsu) ?? [], usage });
    outcomes.push(await ask(way, stack, config));
  }
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(outcomes[0]?.version).toBe(model);
});

describe.each(everyWay)("an answer (%s)", (way) => {
  test("has calls with ids, and the usage of the upstream", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: hermes.render([read, other]), usage });
    expect(await ask(way, stack, { tools })).toMatchObject({
      text: "",
      calls: [toCall(read), toCall(other)],
      ids: ["string", "string"],
      finish: "STOP",
      usage: { promptTokenCount: 30, candidatesTokenCount: 20, totalTokenCount: 50 },
    });
  });

  test("has thoughts for who asks for them, and takes them back", async () => {
    await using stack = await startStack();
    const thinkingConfig = { includeThoughts: true };
    stack.simulator.enqueue({ text: "<think>\nHm.\n</think>\n\nYes." });
    expect(await ask(way, stack, { thinkingConfig })).toMatchObject({ text: "Yes.", thoughts: "Hm." });
    stack.simulator.enqueue({ text: "No." });
    const history = [
      { role: "user", parts: [{ text: "Hi" }] },
      { role: "model", parts: [{ text: "Hm.", thought: true, thoughtSignature: "AA==" }, { text: "Yes." }] },
      { role: "user", parts: [{ text: "Sure?" }] },
    ];
    expect(await ask(way, stack, { thinkingConfig }, history)).toMatchObject({ text: "No.", thoughts: "" });
    expect(JSON.stringify(stack.simulator.chats[1]?.body)).not.toContain("Hm.");
  });

  test("is what a schema wants, in Gemini's spelling", async () => {
    await using stack = await startStack();
    const responseSchema = {
      type: Type.OBJECT,
      properties: {
        city: { type: Type.STRING },
        sky: { type: Type.STRING, enum: ["sun", "rain"], nullable: true },
        days: { type: Type.ARRAY, items: { type: Type.INTEGER }, minItems: "1" },
      },
      required: ["city", "sky", "days"],
      propertyOrdering: ["days", "city", "sky"],
    };
    stack.simulator.enqueue({ text: 'Sure: {"city": "Oslo", "days": ["1", 2]}' });
    const { text } = await ask(way, stack, { responseMimeType: "application/json", responseSchema });
    expect(JSON.parse(text)).toEqual({ city: "Oslo", sky: null, days: [1, 2] });
    expect(stack.simulator.chats).toHaveLength(1);
  });

  test("is one word of an enum", async () => {
    await using stack = await startStack();
    const responseSchema = { type: Type.STRING, enum: ["percussion", "string"] };
    stack.simulator.enqueue({ text: ['"Str', 'ing"'] });
    const { text } = await ask(way, stack, { responseMimeType: "text/x.enum", responseSchema });
    expect(text).toBe("string");
  });

  test("tells a model that sees of a picture", async () => {
    await using stack = await startStack();
    const data = readFileSync(new URL("../fixtures/images/red-boat.webp", import.meta.url), "base64");
    const { models } = gemini(stack);
    const contents = [
      { role: "user", parts: [{ inlineData: { mimeType: "image/webp", data } }, { text: "What?" }] },
    ];
    const seeing = "meta-llama-Llama-4-Maverick-17B-128E-Instruct-FP8";
    const request = { model: seeing, contents };
    if (way === "whole") expect((await models.generateContent(request)).text).not.toBe("");
    else for await (const { text } of await models.generateContentStream(request)) expect(text).toBeDefined();
    await expect(models.generateContent({ model, contents })).rejects.toThrow("INVALID_ARGUMENT");
  });

  test("that fails is an ApiError with the status, the field and when to come again", async () => {
    await using stack = await startStack();
    await expect(ask(way, stack, { temperature: 3 })).rejects.toThrow(
      "'generationConfig.temperature' is not valid",
    );
    stack.simulator.enqueue({ error: { kind: "http", status: 429, headers: { "retry-after": "7" } } });
    const failure = await ask(way, stack).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 429, message: expect.stringContaining('"retryDelay":"7s"') });
  });

  test("ends at the upstream when the client leaves", async () => {
    await using stack = await startStack();
    const gate = createGate();
    stack.simulator.enqueue({ text: ["One ", "two"], gate: gate.promise, gateAfter: 1 });
    const leaving = new AbortController();
    const asked = ask(way, stack, { abortSignal: leaving.signal });
    const chat = await stack.simulator.waitForChat(0);
    leaving.abort();
    await expect(asked).rejects.toThrow("abort");
    expect(await chat.closed).toBe("client-left");
    gate.open();
  });
});

test("a stream that breaks off throws behind what was said", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: ["One ", "two"], error: { kind: "cut", afterDeltas: 2 } });
  const words: string[] = [];
  const failure = await (async () => {
    for await (const { text = "" } of await gemini(stack).models.generateContentStream({
      model,
      contents: "Hi",
    }))
      words.push(text);
  })().catch((error: unknown) => error);
  expect(words.join("")).toBe("One two");
  expect(failure).toBeInstanceOf(ApiError);
  expect(failure).toMatchObject({ status: 502 });
});

describe("a chat", () => {
  test("keeps streamed answers, through silence, and sends them back as one text", async () => {
    await using stack = await startStack({ env: { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" } });
    const gate = createGate();
    stack.simulator.enqueue({ text: ["Hel", "lo, ", "Ada."], gate: gate.promise, gateAfter: 1 });
    const chat = gemini(stack).chats.create({ model });
    let beats = 0;
    for await (const { text } of await chat.sendMessageStream({ message: "I am Ada." })) {
      if (text === "") beats += 1;
      if (beats > 1) gate.open();
    }
    stack.simulator.enqueue({ text: "Ada." });
    expect((await chat.sendMessage({ message: "Who am I?" })).text).toBe("Ada.");
    expect(JSON.stringify(stack.simulator.chats[1]?.body)).toContain("Hello, Ada.");
    expect(chat.getHistory(true).at(-1)).toMatchObject({ role: "model", parts: [{ text: "Ada." }] });
  });

  test("answers calls by name alone, as older clients do", async () => {
    await using stack = await startStack();
    stack.simulator.enqueue({ text: hermes.render([read]) });
    const chat = gemini(stack).chats.create({ model, config: { tools } });
    await chat.sendMessage({ message: "Read it." });
    stack.simulator.enqueue({ text: "It is empty." });
    const answer = await chat.sendMessage({
      message: [{ functionResponse: { name: "read_file", response: { output: "(nothing in it)" } } }],
    });
    expect(answer.text).toBe("It is empty.");
    expect(JSON.stringify(stack.simulator.chats[1]?.body)).toContain("(nothing in it)");
  });
});

test("several answers come to one request", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: "a" });
  stack.simulator.enqueue({ text: "b" });
  const { candidates = [] } = await gemini(stack).models.generateContent({
    model,
    contents: "Hi",
    config: { candidateCount: 2 },
  });
  expect(candidates.map(({ index }) => index)).toEqual([0, 1]);
});

test("tokens are counted, and models listed, in pages too", async () => {
  await using stack = await startStack();
  const { models } = gemini(stack);
  expect((await models.countTokens({ model, contents: "One two three" })).totalTokens).toBeGreaterThan(2);
  const names = async (pageSize?: number) => {
    const found: (string | undefined)[] = [];
    for await (const { name } of await models.list({ config: pageSize === undefined ? {} : { pageSize } }))
      found.push(name);
    return found;
  };
  const all = await names();
  expect(all).toContain(`models/${model}`);
  expect(await names(2)).toEqual(all);
  expect(await models.get({ model: "Qwen/Qwen3-30B-A3B" })).toMatchObject({
    name: "models/Qwen/Qwen3-30B-A3B",
    inputTokenLimit: 32_768,
  });
  await expect(models.get({ model: "nothing" })).rejects.toThrow("NOT_FOUND");
});

test("vectors come for one text, and for many", async () => {
  const vectors = { name: "vectors", persona: "sglang" as const, models: [{ id: "embed", embeddings: 8 }] };
  await using over = await startOver([vectors]);
  const { models } = gemini(over);
  for (const contents of ["a red boat", ["a red boat", "a blue boat"]]) {
    const { embeddings = [] } = await models.embedContent({
      model: "embed",
      contents,
      config: { outputDimensionality: 4, taskType: "RETRIEVAL_QUERY" },
    });
    expect(embeddings.map(({ values = [] }) => values.length)).toEqual([contents].flat().map(() => 4));
  }
});

test("programs that ask as at Vertex AI are answered", async () => {
  await using stack = await startStack();
  const httpOptions = { baseUrl: stack.url };
  const { models } = new GoogleGenAI({ vertexai: true, apiKey: "any", httpOptions });
  for (const text of ["One.", "Two."]) stack.simulator.enqueue({ text });
  expect((await models.generateContent({ model, contents: "Hi" })).text).toBe("One.");
  const texts: unknown[] = [];
  for await (const { text } of await models.generateContentStream({ model, contents: "Hi" }))
    texts.push(text);
  expect(texts.join("")).toBe("Two.");
  expect((await models.countTokens({ model, contents: "One two" })).totalTokens).toBeGreaterThan(1);
});

test("files and cached contents are not here, and the SDK says why", async () => {
  await using stack = await startStack();
  const { files, caches } = gemini(stack);
  await expect(files.list()).rejects.toThrow("stores no files");
  await expect(caches.create({ model, config: {} })).rejects.toThrow("keeps no content");
});
