/** Forms of answers that no example of the document brings about: each is judged by it as well. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { reference as messages } from "../../../src/dialects/anthropic-messages/reference.ts";
import { reference as ollamaChat } from "../../../src/dialects/ollama-chat/reference.ts";
import { reference as ollamaGenerate } from "../../../src/dialects/ollama-generate/reference.ts";
import { reference as chat } from "../../../src/dialects/openai-chat/reference.ts";
import { reference as images } from "../../../src/dialects/openai-images/reference.ts";
import { reference as responses } from "../../../src/dialects/openai-responses/reference.ts";
import type { Operation } from "../../../src/openapi/reference.ts";
import type { ScriptedReply } from "../../../src/simulator/types.ts";
import { get, post } from "../../support/post.ts";
import { findAnswer } from "./support/document.ts";
import { createJudge, type Judge } from "./support/judge.ts";
import { type Described, secrets, startDescribed } from "./support/start-described.ts";

let described: Described;
let judge: Judge;
beforeAll(async () => {
  described = await startDescribed();
  judge = createJudge(described.document);
});
afterAll(() => described[Symbol.asyncDispose]());

const call = (name: string, input: object) =>
  `<tool_call>\n${JSON.stringify({ name, arguments: input })}\n</tool_call>`;
const thought = "<think>\nLet me see.\n</think>\n\n";
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const hello = [{ role: "user", content: "Hello" }];
const old = [
  { role: "user", content: "Look." },
  { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "look", input: {} }] },
  {
    role: "user",
    content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "Nothing. ".repeat(50) }],
  },
  { role: "assistant", content: "Nothing there." },
  { role: "user", content: "Thanks." },
];

interface Case {
  readonly what: string;
  readonly operation: Operation | undefined;
  readonly replies: readonly ScriptedReply[];
  readonly body: Readonly<Record<string, unknown>>;
}

const [chatOperation] = chat.operations;
const [responseOperation] = responses.operations;
const [messageOperation] = messages.operations;
const [imageOperation] = images.operations;
const [ollamaOperation] = ollamaChat.operations;
const [generateOperation] = ollamaGenerate.operations;

const shells = [
  { type: "shell" },
  { type: "local_shell" },
  { type: "apply_patch" },
  { type: "custom", name: "note", description: "Takes a note." },
  { type: "namespace", name: "places", tools: [{ type: "function", name: "find", parameters }] },
];

const cases: readonly Case[] = [
  {
    what: "chat: thinking",
    operation: chatOperation,
    replies: [{ text: `${thought}Hello.` }],
    body: { messages: hello },
  },
  {
    what: "chat: a custom tool",
    operation: chatOperation,
    replies: [{ text: call("note", { input: "milk" }) }],
    body: { messages: hello, tools: [{ type: "custom", custom: { name: "note" } }] },
  },
  {
    what: "chat: a function of the old form",
    operation: chatOperation,
    replies: [{ text: call("find", { city: "Oslo" }) }],
    body: { messages: hello, functions: [{ name: "find", parameters }] },
  },
  {
    what: "chat: an answer that breaks off",
    operation: chatOperation,
    replies: [{ text: ["One, ", "two"], error: { kind: "cut", afterDeltas: 2 } }],
    body: { messages: hello },
  },
  {
    what: "responses: thinking",
    operation: responseOperation,
    replies: [{ text: `${thought}Hello.` }],
    body: { input: "Hello" },
  },
  ...(
    [
      ["a shell", "shell", { commands: ["ls"] }],
      ["a local shell", "local_shell", { command: ["ls"] }],
      ["a patch", "apply_patch", { operation: "create_file", path: "a.txt", diff: "+a\n" }],
      ["a custom tool", "note", { input: "milk" }],
      ["a tool of a namespace", "find", { city: "Oslo" }],
    ] as const
  ).map(([what, name, input]): Case => ({
    what: `responses: ${what}`,
    operation: responseOperation,
    replies: [{ text: call(name, input) }],
    body: { input: "Hello", tools: shells },
  })),
  {
    what: "responses: an answer that a limit ends",
    operation: responseOperation,
    replies: [{ text: "One, two, three, four, five, six, seven." }],
    body: { input: "Count", max_output_tokens: 3 },
  },
  {
    what: "responses: an answer that breaks off",
    operation: responseOperation,
    replies: [{ text: ["One, ", "two"], error: { kind: "cut", afterDeltas: 2 } }],
    body: { input: "Count" },
  },
  {
    what: "messages: thinking",
    operation: messageOperation,
    replies: [{ text: `${thought}Hello.` }],
    body: { messages: hello, max_tokens: 100, thinking: { type: "enabled", budget_tokens: 2000 } },
  },
  {
    what: "messages: a stop sequence",
    operation: messageOperation,
    replies: [{ text: "One, two, three." }],
    body: { messages: hello, max_tokens: 100, stop_sequences: ["two"] },
  },
  {
    what: "messages: edits",
    operation: messageOperation,
    replies: [{ text: "You are welcome." }],
    body: {
      messages: old,
      max_tokens: 100,
      context_management: {
        edits: [
          {
            type: "clear_tool_uses_20250919",
            trigger: { type: "input_tokens", value: 1 },
            keep: { type: "tool_uses", value: 0 },
          },
        ],
      },
    },
  },
  {
    what: "messages: a tool of a toolset",
    operation: messageOperation,
    replies: [{ text: call("screenshot", {}) }],
    body: {
      messages: hello,
      max_tokens: 100,
      tools: [
        {
          type: "computer_toolset_20260801",
          name: "computer",
          display_width_px: 800,
          display_height_px: 600,
        },
      ],
    },
  },
  {
    what: "messages: an answer that breaks off",
    operation: messageOperation,
    replies: [{ text: ["One, ", "two"], error: { kind: "cut", afterDeltas: 2 } }],
    body: { messages: hello, max_tokens: 100 },
  },
  {
    what: "ollama chat: thinking",
    operation: ollamaOperation,
    replies: [{ text: `${thought}Hello.` }],
    body: { messages: hello, think: true },
  },
  {
    what: "ollama chat: a call",
    operation: ollamaOperation,
    replies: [{ text: call("find", { city: "Oslo" }) }],
    body: { messages: hello, tools: [{ type: "function", function: { name: "find", parameters } }] },
  },
  {
    what: "ollama chat: an answer that a limit ends",
    operation: ollamaOperation,
    replies: [{ text: "One, two, three, four, five, six, seven." }],
    body: { messages: hello, options: { num_predict: 3 } },
  },
  {
    what: "ollama chat: an answer that breaks off",
    operation: ollamaOperation,
    replies: [{ text: ["One, ", "two"], error: { kind: "cut", afterDeltas: 2 } }],
    body: { messages: hello },
  },
  {
    what: "ollama generate: thinking",
    operation: generateOperation,
    replies: [{ text: `${thought}Hello.` }],
    body: { prompt: "Hello", think: true },
  },
  {
    what: "ollama generate: an answer that breaks off",
    operation: generateOperation,
    replies: [{ text: ["One, ", "two"], error: { kind: "cut", afterDeltas: 2 } }],
    body: { prompt: "Hello" },
  },
  {
    what: "images: one of two is missing",
    operation: imageOperation,
    replies: [{ image: { prompt: "a" } }, { image: { prompt: "b", statuses: ["pending", "failed"] } }],
    body: { prompt: "a boat", n: 2 },
  },
];

interface GeminiCase {
  readonly what: string;
  readonly reply: ScriptedReply;
  readonly body?: Readonly<Record<string, unknown>>;
}

const enumOf = (...words: string[]) => ({
  responseMimeType: "text/x.enum",
  responseSchema: { type: "STRING", enum: words },
});

const geminiCases: readonly GeminiCase[] = [
  {
    what: "thinking",
    reply: { text: `${thought}Hello.` },
    body: { generationConfig: { thinkingConfig: { includeThoughts: true } } },
  },
  {
    what: "a function",
    reply: { text: call("find", { city: "Oslo" }) },
    body: { tools: [{ functionDeclarations: [{ name: "find", parametersJsonSchema: parameters }] }] },
  },
  { what: "a word of an enum", reply: { text: "red" }, body: { generationConfig: enumOf("red", "blue") } },
  {
    what: "an answer that a limit ends",
    reply: { text: "One, two, three, four, five, six, seven." },
    body: { generationConfig: { maxOutputTokens: 3 } },
  },
  {
    what: "an answer that breaks off",
    reply: { text: ["One, ", "two"], error: { kind: "cut", afterDeltas: 2 } },
  },
];

const geminiForms = [
  { form: "whole", id: "generateContent", method: "generateContent" },
  { form: "an array", id: "streamGenerateContent", method: "streamGenerateContent" },
  { form: "events", id: "streamGenerateContent", method: "streamGenerateContent?alt=sse" },
] as const;

test.each(geminiCases.flatMap((one) => geminiForms.map((form) => ({ ...one, ...form }))))(
  "gemini: $what, $form",
  async ({ what, reply, body, id, method, form }) => {
    described.simulator.enqueue(reply);
    const path = `/v1beta/models/web/DeepSeek-V3.2:${method}`;
    const asked = { contents: [{ parts: [{ text: "Hello" }] }], ...body };
    const given = await post(described.url + path, asked, secrets.key);
    const failed = what.includes("breaks off");
    expect([form, given.status]).toEqual([form, failed && form === "whole" ? 502 : 200]);
    expect(given.text.includes('"error"')).toBe(failed);
    judge.check(id, given);
  },
);

test("a response that is made in a conversation says so", async () => {
  const { id } = (await post(`${described.url}/v1/conversations`, {}, secrets.key)).json();
  const body = { model: "web/DeepSeek-V3.2", input: "Hello", conversation: id };
  for (const stream of [false, true]) {
    const given = await post(`${described.url}/v1/responses`, { ...body, stream }, secrets.key);
    expect(given.text).toContain(`"conversation":{"id":"${id}"}`);
    judge.check("createResponse", given);
  }
  judge.check(
    "listConversationItems",
    await get(`${described.url}/v1/conversations/${id}/items`, secrets.key),
  );
});

const told = new Set<string>();

test.each(cases.flatMap((one) => [false, true].map((stream) => ({ ...one, stream }))))(
  "$what, streamed: $stream",
  async ({ operation, replies, body, stream }) => {
    if (operation === undefined) expect.unreachable("The operation is gone.");
    for (const reply of replies) described.simulator.enqueue(reply);
    const [, path = ""] = operation.route.split(" ");
    const asked =
      operation === imageOperation ? { ...body, stream } : { model: "web/DeepSeek-V3.2", ...body, stream };
    const given = await post(described.url + path, asked, secrets.key);
    for (const name of judge.check(operation.id, given)) told.add(name);
  },
);

test("a key is told how it stands", async () => {
  for (const [path, id] of [
    ["/v1/usage", "getUsage"],
    ["/v1/status", "getStatus"],
    ["/v1/access", "getAccess"],
  ] as const) {
    const given = await get(described.url + path, described.key);
    expect(given.status).toBe(200);
    judge.check(id, given);
    expect(given.json()).toMatchObject({ key: { name: "tests" } });
  }
});

test("every event of a stream that the document has was seen here or in an example", () => {
  const documented = [responseOperation, messageOperation, imageOperation].flatMap((operation) => {
    const { content = {} } = findAnswer(described.document, operation?.id ?? "", 200);
    return Object.keys(content["text/event-stream"]?.["x-stream-events"] ?? {});
  });
  // Those that examples bring about, and what comes in silence alone.
  const elsewhere = /^(?:response\.(?:queued|function_call_arguments\..*)|ping)$/;
  expect(documented.filter((name) => !told.has(name) && !elsewhere.test(name))).toEqual([]);
});
