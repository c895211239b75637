/** Bodies that each could keep the event loop of the gateway busy; sent one by one by `event-loop.ts`. */
import type { ScriptedReply } from "../src/simulator/index.ts";
import { hostileAnswers } from "./hostile-answers.ts";
import { jsonCases } from "./hostile-json.ts";

/** One hostile request. */
export interface HostileCase {
  readonly name: string;
  readonly path: string;
  /** Made when it is sent: some are 30 MB. */
  readonly body: () => object;
  /** What the upstream answers, for each choice. */
  readonly reply?: () => ScriptedReply;
}

const model = "meta-llama-3-3-70b-instruct";
const chat = "/v1/chat/completions";
const hello = [{ role: "user", content: "hello" }];
const megabyte = 1_000_000;
const prose = "The quick brown fox jumps over the lazy dog, and then it rests a while.\n";

function many<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

/** Text of this many characters. */
function fill(pattern: string, length: number): string {
  return pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
}

/** Letters without order, the same in each run. */
function letterAt(index: number): string {
  return String.fromCharCode(97 + (Math.floor(Math.abs(Math.sin(index + 1)) * 1e6) % 26));
}

function properties(count: number): object {
  return Object.fromEntries(
    many(count, (index) => [`property_${index}`, { type: "string", description: `The value ${index}.` }]),
  );
}

function tool(name: string, parameters: object): object {
  return { type: "function", function: { name, description: "A tool.", parameters } };
}

function call(name: string, args: object): string {
  return `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`;
}

function nested(levels: number): object {
  let schema: object = { type: "string" };
  for (let level = 0; level < levels; level += 1) schema = { type: "object", properties: { a: schema } };
  return schema;
}

function nestedArrays(levels: number, inner: object): object {
  let schema = inner;
  for (let level = 0; level < levels; level += 1) schema = { type: "array", items: schema };
  return { type: "object", properties: { a: schema } };
}

function withTools(tools: readonly object[], more: object = {}): () => object {
  return () => ({ model, messages: hello, tools, ...more });
}

function withFormat(schema: object): () => object {
  const response_format = { type: "json_schema", json_schema: { name: "x", schema } };
  return () => ({ model, messages: hello, response_format });
}

const evil = { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } };
const evilReply = (): ScriptedReply => ({
  text: [many(60, () => call("evil", { a: `${"a".repeat(60)}!` })).join("\n")],
});
const unique = { type: "object", properties: { a: { type: "array", uniqueItems: true } } };

/** A schema that costs each of the places where a schema is read. */
const schemas: readonly (readonly [name: string, schema: object, answer: object])[] = [
  ["10,000 properties", { type: "object", properties: properties(10_000) }, { property_1: 1 }],
  ["6,000 properties", { type: "object", properties: properties(6000) }, { property_1: 1 }],
  ["2,000 properties", { type: "object", properties: properties(2000) }, { property_1: 1 }],
  [
    "5,000 anyOf",
    {
      type: "object",
      properties: { a: { anyOf: many(5000, (at) => ({ type: "string", const: `v${at}` })) } },
    },
    { a: 1 },
  ],
  ["200 levels", nested(200), { a: 1 }],
  ["1,000 levels", nested(1000), { a: 1 }],
  [
    "enum of 50,000",
    { type: "object", properties: { a: { enum: many(50_000, (at) => `value ${at}`) } } },
    { a: 1 },
  ],
  ["uniqueItems, 20,000 items", unique, { a: many(20_000, (at) => ({ at })) }],
  [
    "1 MB of regex",
    { type: "object", properties: { a: { type: "string", pattern: fill("(a|b)*", megabyte) } } },
    { a: "ab" },
  ],
  ["pattern ^(a+)+$", evil, { a: `${"a".repeat(60)}!` }],
  [
    "references that fan out",
    {
      $ref: "#/$defs/d0",
      $defs: Object.fromEntries(
        many(31, (at) => [
          `d${at}`,
          { anyOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] },
        ]).concat([["d31", { type: "string" }]] as never),
      ),
    },
    { a: 1 },
  ],
  ["1,000 patterns ^(a+)+$", { allOf: many(1000, () => evil) }, { a: `${"a".repeat(60)}!` }],
  [
    "1,000 descriptions of 20 kB",
    {
      type: "object",
      properties: Object.fromEntries(
        many(1000, (at) => [`p${at}`, { type: "string", description: fill(prose, 20_000) }]),
      ),
    },
    { p1: 1 },
  ],
];

function schemaCases(): HostileCase[] {
  return schemas.flatMap(([name, schema, answer]) => [
    {
      name: `tool: ${name}`,
      path: chat,
      body: withTools([tool("evil", schema)]),
      reply: () => ({ text: [call("evil", answer)] }),
    },
    {
      name: `response_format: ${name}`,
      path: chat,
      body: withFormat(schema),
      reply: () => ({ text: [JSON.stringify(answer)] }),
    },
  ]);
}

function texts(name: string, text: () => string): HostileCase[] {
  return [
    {
      name: `chat: ${name}`,
      path: chat,
      body: () => ({ model, messages: [{ role: "user", content: text() }] }),
    },
    {
      name: `input_tokens: ${name}`,
      path: "/v1/responses/input_tokens",
      body: () => ({ model, input: text() }),
    },
    {
      name: `count_tokens: ${name}`,
      path: "/v1/messages/count_tokens",
      body: () => ({ model, messages: [{ role: "user", content: text() }] }),
    },
  ];
}

const plain = { type: "object", properties: { a: { type: "string" }, b: {} } };

/** Answers that come in pieces of 200 kB, each read in all the ways that there are. */
function answerCases(): HostileCase[] {
  const path = "/v1/messages";
  const input = { model, max_tokens: 1_000_000, messages: hello };
  return [...hostileAnswers].flatMap(([name, answer]) => {
    const reply = (): ScriptedReply => ({ text: answer().match(/[^]{1,200000}/g) ?? [] });
    return [
      { name: `answer: ${name}, whole`, path: chat, body: withTools([tool("evil", plain)]), reply },
      {
        name: `answer: ${name}, streamed`,
        path,
        body: () => ({ ...input, stream: true, tools: [{ name: "evil", input_schema: plain }] }),
        reply,
      },
      {
        // What this model writes is held to its end, since it may be thinking; and no text is given before a call.
        name: `answer: ${name}, n: 8, held`,
        path: chat,
        body: withTools([tool("evil", plain)], {
          model: "DeepSeek-R1-0528",
          n: 8,
          max_tokens: 60_000,
          tool_choice: "required",
          stop: ["END"],
        }),
        reply,
      },
    ];
  });
}

/** All cases. */
export const hostileCases: readonly HostileCase[] = [
  { name: "hello", path: chat, body: () => ({ model, messages: hello }) },
  ...[400_000, 50_000, 10_000].flatMap((count) => [
    {
      name: `chat: ${count} messages`,
      path: chat,
      body: () => ({
        model,
        messages: many(count, (at) => ({ role: at % 2 === 0 ? "user" : "assistant", content: "hi" })),
      }),
    },
    {
      name: `messages: ${count} messages`,
      path: "/v1/messages",
      body: () => ({
        model,
        max_tokens: 10,
        messages: many(count, (at) => ({ role: at % 2 === 0 ? "user" : "assistant", content: "hi" })),
      }),
    },
    {
      name: `responses: ${count} items`,
      path: "/v1/responses",
      body: () => ({ model, input: many(count, () => ({ role: "user", content: "hi" })) }),
    },
    {
      name: `truncation auto: ${count} items`,
      path: "/v1/responses",
      body: () => ({
        model,
        truncation: "auto",
        input: many(count, (at) => ({ role: at % 2 === 0 ? "user" : "assistant", content: "hi there" })),
      }),
    },
  ]),
  {
    name: "responses: 200,000 calls and results",
    path: "/v1/responses",
    body: () => ({
      model,
      input: many(100_000, (at) => [
        { type: "function_call", call_id: `c${at}`, name: "x", arguments: "{}" },
        { type: "function_call_output", call_id: `c${at}`, output: "y" },
      ]).flat(),
    }),
  },
  {
    name: "responses: 50,000 results in a row",
    path: "/v1/responses",
    body: () => ({
      model,
      input: many(50_000, (at) => ({ type: "function_call_output", call_id: `c${at}`, output: "y" })),
    }),
  },
  {
    name: "messages: 300,000 parts of one message",
    path: "/v1/messages",
    body: () => ({
      model,
      max_tokens: 10,
      messages: [{ role: "user", content: many(300_000, () => ({ type: "text", text: "hi" })) }],
    }),
  },
  {
    name: "messages: 20,000 documents",
    path: "/v1/messages",
    body: () => ({
      model,
      max_tokens: 10,
      messages: [
        {
          role: "user",
          content: many(20_000, (at) => ({
            type: "document",
            source: { type: "text", media_type: "text/plain", data: `text ${at}` },
          })),
        },
      ],
    }),
  },
  ...texts("20 MB of prose", () => fill(prose, 20 * megabyte)),
  ...texts("20 MB of letters", () => "a".repeat(20 * megabyte)),
  ...texts("30 MB of prose", () => fill(prose, 30 * megabyte)),
  ...texts("5 MB of prose", () => fill(prose, 5 * megabyte)),
  ...texts("10 MB of Chinese", () => fill("我能吞下玻璃而不伤身体。", 3 * megabyte)),
  {
    name: "messages, streamed: 5 MB of prose",
    path: "/v1/messages",
    body: () => ({
      model,
      max_tokens: 10,
      stream: true,
      messages: [{ role: "user", content: fill(prose, 5 * megabyte) }],
    }),
  },
  ...[
    { name: "30 MB", n: 1, size: 30 },
    { name: "9 MB, n: 8", n: 8, size: 9 },
  ].map(({ name, n, size }) => ({
    name: `chat: base64 image of ${name}`,
    path: chat,
    body: () => ({
      model: "meta-llama-Llama-4-Maverick",
      n,
      messages: [
        {
          role: "user",
          content: [
            {
              type: "image_url",
              image_url: { url: `data:image/png;base64,${fill("iVBORw0K", size * megabyte)}` },
            },
          ],
        },
      ],
    }),
  })),
  {
    name: "max_tokens: 1, 250 kB of letters at random",
    path: chat,
    body: () => ({
      model: "gpt-oss-120b",
      max_tokens: 1,
      messages: [{ role: "user", content: many(250_000, letterAt).join("") }],
    }),
    reply: () => ({ text: [prose] }),
  },
  {
    name: "chat: 30 MB of [",
    path: chat,
    body: () => ({ model, messages: hello, x: many(3_000_000, () => [[], {}]) }),
  },
  ...[1, 2, 8].map((n) => ({
    name: `60 calls, pattern ^(a+)+$, n: ${n}`,
    path: chat,
    body: withTools([tool("evil", evil)], { n }),
    reply: evilReply,
  })),
  {
    name: "60 calls, pattern ^(a+)+$, whole then repaired",
    path: "/v1/messages",
    body: () => ({
      model,
      max_tokens: 1000,
      messages: hello,
      tools: [{ name: "evil", input_schema: { ...evil, required: ["b"] } }],
    }),
    reply: evilReply,
  },
  ...schemaCases(),
  {
    name: "1,000 tools of 20 properties",
    path: chat,
    body: withTools(many(1000, (at) => tool(`tool_${at}`, { type: "object", properties: properties(20) }))),
    reply: () => ({ text: many(1000, (at) => `${call(`tool_${at}`, { property_1: "a" })}\n`) }),
  },
  {
    name: "900 tools of 20 properties, all called",
    path: chat,
    body: withTools(many(900, (at) => tool(`tool_${at}`, { type: "object", properties: properties(20) }))),
    reply: () => ({ text: many(900, (at) => `${call(`tool_${at}`, { property_1: "a" })}\n`) }),
  },
  {
    name: "140,000 values",
    path: chat,
    body: () => ({ model, messages: hello, x: Object.fromEntries(many(140_000, (at) => [`key ${at}`, at])) }),
  },
  {
    name: "30 MB of escapes",
    path: chat,
    body: () => ({ model, messages: [{ role: "user", content: '"'.repeat(15 * megabyte) }] }),
  },
  {
    name: "20,000 tools",
    path: chat,
    body: withTools(many(20_000, (at) => tool(`tool_${at}`, { type: "object", properties: properties(1) }))),
  },
  {
    name: "100,000 stop sequences (messages)",
    path: "/v1/messages",
    body: () => ({
      model,
      max_tokens: 100,
      messages: hello,
      stop_sequences: many(100_000, (at) => `stop ${at}`),
    }),
    reply: () => ({ text: [fill(prose, 20_000)] }),
  },
  {
    name: "5,000 wrong messages",
    path: chat,
    body: () => ({ model, messages: many(5000, () => ({ role: "user", content: [{ type: "x" }] })) }),
  },
  {
    name: "10,000 messages of 2 parts",
    path: chat,
    body: () => ({
      model,
      messages: many(10_000, () => ({
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      })),
    }),
  },
  {
    name: "100,000 prompts (completions)",
    path: "/v1/completions",
    body: () => ({ model, prompt: many(100_000, () => "hi") }),
  },
  {
    name: "data URL of 5 million parameters",
    path: chat,
    body: () => ({
      model,
      messages: [
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: `data:image/png${fill(";a", 10 * megabyte)}` } }],
        },
      ],
    }),
  },
  {
    name: "nested arrays around 3,000 properties",
    path: chat,
    body: withTools([tool("evil", nestedArrays(40, { type: "object", properties: properties(3000) }))]),
  },
  ...answerCases(),
  ...["5 MB of prose", "5 MB of HTML"].map((name) => ({
    name: `answer: ${name}, in one piece`,
    path: chat,
    body: withTools([tool("evil", plain)]),
    reply: () => ({ text: [hostileAnswers.get(name)?.() ?? ""] }),
  })),
  ...jsonCases,
];
