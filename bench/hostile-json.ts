/** JSON that could keep the event loop busy: what a model writes as an answer or as arguments, and what judges it. */
import type { ScriptedReply } from "../src/simulator/index.ts";
import type { HostileCase } from "./hostile-bodies.ts";

const model = "meta-llama-3-3-70b-instruct";
const chat = "/v1/chat/completions";
const hello = [{ role: "user", content: "hello" }];

function many<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

function record<T>(length: number, make: (index: number) => readonly [string, T]): Record<string, T> {
  return Object.fromEntries(many(length, make));
}

/** An object with one property, which tools and formats both take. */
function a(schema: object): object {
  return { type: "object", properties: { a: schema } };
}

const numbers = (count: number): (() => string) => {
  return () => `{"a":[${"1,".repeat(count - 1)}1]}`;
};

/** A schema, and what the model writes. */
interface Case {
  readonly name: string;
  readonly schema: () => object;
  readonly text: () => string;
  /** More of the request. */
  readonly more?: object;
  /** The name and the arguments of a call make no sense around it. */
  readonly formatOnly?: boolean;
}

const items = (count: number, item: unknown) => (): string => JSON.stringify({ a: many(count, () => item) });
const loose = (): object => ({ type: "object" });

const cases: readonly Case[] = [
  {
    name: "200,000 line breaks in thinking that nothing closes",
    schema: loose,
    text: () => `<think>\n${"\n".repeat(200_000)}x}`,
    formatOnly: true,
  },
  {
    name: "contains, 1,000,000 numbers",
    schema: () => a({ type: "array", contains: { const: 2 } }),
    text: numbers(1_000_000),
  },
  {
    name: "contains, 60,000 numbers",
    schema: () => a({ type: "array", contains: { const: 2 } }),
    text: numbers(60_000),
  },
  {
    name: "60,000 numbers that fit",
    schema: () => a({ type: "array", items: { type: "number" } }),
    text: numbers(60_000),
  },
  {
    name: "10,000 records that fit (1 MB)",
    schema: () =>
      a({
        type: "array",
        items: {
          type: "object",
          required: ["name", "size", "tags"],
          properties: {
            name: { type: "string", minLength: 1, maxLength: 100 },
            size: { type: "integer", minimum: 0 },
            tags: { type: "array", items: { enum: ["red", "green", "blue"] } },
          },
        },
      }),
    text: items(10_000, {
      name: "A name that is as long as names are in a list of things",
      size: 12,
      tags: ["red", "green"],
    }),
  },
  {
    name: "50,000 faulty items",
    schema: () => a({ type: "array", items: { type: "object", required: ["x"] } }),
    text: items(50_000, {}),
  },
  {
    name: "50,000 items to coerce",
    schema: () => a({ type: "array", items: { type: "number" } }),
    text: items(50_000, "1"),
  },
  {
    name: "20,000 items of JSON in strings",
    schema: () => a({ type: "array", items: { type: "array" } }),
    text: items(20_000, "[1"),
  },
  { name: "5 MB of one string", schema: loose, text: () => `{"a":"${"word ".repeat(1_000_000)}"}` },
  { name: "5 MB of numbers", schema: loose, text: numbers(2_500_000) },
  { name: "5 MB of escapes", schema: loose, text: () => `{"a":"${String.raw`\"`.repeat(2_500_000)}"}` },
  { name: "20 MB of one string", schema: loose, text: () => `{"a":"${"word ".repeat(4_000_000)}"}` },
  { name: "nested code fences", schema: loose, text: () => `${"```\n".repeat(250_000)}{"a":1` },
  {
    name: "nested code fences, scalar",
    schema: () => ({ type: ["object", "number"] }),
    text: () => `\`\`\`json\n${"```\n".repeat(250_000)}x`,
    formatOnly: true,
  },
  {
    name: "blanks behind fences, scalar",
    schema: () => ({ type: ["object", "number"] }),
    text: () => `\`\`\`json\n${`\n\`\`\`${" ".repeat(1000)}`.repeat(1000)}x`,
    formatOnly: true,
  },
  { name: "<tool_call>{", schema: loose, text: () => "<tool_call>{".repeat(40_000), formatOnly: true },
  { name: "500 kB of broken JSON", schema: loose, text: () => `{"a":[${"{x:'y' z:1} ".repeat(40_000)}` },
  { name: "500 kB of [", schema: loose, text: () => `{"a":${"[".repeat(500_000)}` },
  { name: '500 kB of {"a":', schema: loose, text: () => '{"a":'.repeat(100_000) },
  { name: "500 kB of quotes", schema: loose, text: () => `{"a": "${'" "'.repeat(170_000)}}` },
  { name: "500 kB of commas", schema: loose, text: () => `{"a":[${",".repeat(500_000)}]}` },
  {
    name: "items of 900 enums",
    schema: () => a({ type: "array", items: { enum: many(900, (at) => `v${at}`) } }),
    text: items(30_000, "v899"),
  },
  {
    name: "items of 900 objects in an enum",
    schema: () => a({ type: "array", items: { enum: many(900, (at) => ({ at })) } }),
    text: items(30_000, { at: 899 }),
  },
  {
    name: "oneOf of 200 x 5,000 items",
    schema: () => a({ type: "array", items: { oneOf: many(200, (at) => ({ const: `v${at}` })) } }),
    text: items(5000, "x"),
  },
  {
    name: "oneOf of 5,000 items",
    schema: () =>
      a({
        type: "array",
        items: { oneOf: many(60, (at) => ({ type: "object", required: [`x${at}`, "y"] })) },
      }),
    text: items(5000, { y: 1 }),
  },
  {
    name: "deep anyOf",
    schema: () => {
      let schema: object = { type: "number" };
      for (let level = 0; level < 60; level += 1)
        schema = { anyOf: [{ type: "object", required: ["x"] }, { type: "boolean" }, schema] };
      return a({ type: "array", items: schema });
    },
    text: items(5000, "x"),
  },
  {
    name: "uniqueItems, 20,000 objects",
    schema: () => a({ type: "array", uniqueItems: true }),
    text: () => JSON.stringify({ a: many(20_000, (at) => ({ at })) }),
  },
  {
    name: "uniqueItems, 4,000 large objects",
    schema: () => a({ type: "array", uniqueItems: true }),
    text: () =>
      JSON.stringify({ a: many(4000, (at) => ({ ...record(20, (key) => [`k${key}`, key]), z: at })) }),
  },
  {
    name: "240 properties of all keywords (compiled)",
    schema: () => ({
      type: "object",
      properties: record(240, (at) => [`p${at}`, { type: "string", minLength: 1, pattern: `^a${at}` }]),
    }),
    text: () => JSON.stringify(record(240, (at) => [`p${at}`, "b"])),
  },
  {
    name: "240 properties, patterns without end",
    schema: () => ({
      type: "object",
      properties: record(240, (at) => [`p${at}`, { type: "string", pattern: "^(a+)+$" }]),
    }),
    text: () => JSON.stringify(record(240, (at) => [`p${at}`, `${"a".repeat(60)}!`])),
  },
  {
    name: "900 empty anyOf (compiled)",
    schema: () => a({ anyOf: many(300, (at) => ({ const: at })) }),
    text: () => '{"a":"x"}',
  },
  {
    name: "patternProperties, 20,000 keys",
    schema: () => ({
      type: "object",
      patternProperties: record(40, (at) => [`x${at}.*y$`, { type: "number" }]),
    }),
    text: () => JSON.stringify(record(20_000, (at) => [`x${at} ${"y".repeat(20)}`, "1"])),
  },
  {
    name: "dependentSchemas, 300",
    schema: () => ({
      $defs: {},
      type: "object",
      dependentSchemas: record(200, (at) => [`k${at}`, { required: [`m${at}`] }]),
    }),
    text: () => JSON.stringify(record(20_000, (at) => [`k${at}`, at])),
  },
  {
    name: "unevaluatedItems, 60,000",
    schema: () => ({
      $defs: {},
      ...a({ type: "array", contains: { const: 1 }, unevaluatedItems: { type: "string" } }),
    }),
    text: numbers(60_000),
  },
  {
    name: "unevaluatedProperties, 20,000",
    schema: () => ({ $defs: {}, type: "object", anyOf: [{}, {}], unevaluatedProperties: false }),
    text: () => JSON.stringify(record(20_000, (at) => [`k${at}`, at])),
  },
  {
    name: "additionalProperties, 20,000",
    schema: () => ({ type: "object", properties: { z: {} }, additionalProperties: false }),
    text: () => JSON.stringify(record(20_000, (at) => [`k${at}`, at])),
  },
  {
    name: "propertyNames, 20,000",
    schema: () => ({ type: "object", propertyNames: { pattern: "^[a-z]+$", maxLength: 3 } }),
    text: () => JSON.stringify(record(20_000, (at) => [`k${at}`, at])),
  },
  {
    name: "formats, 20,000",
    schema: () => a({ type: "array", items: { type: "string", format: "email", pattern: "^.*@.*@.*$" } }),
    text: items(20_000, "someone@example.com"),
  },
  {
    name: "maxLength of 3 MB",
    schema: () => a({ allOf: many(60, (at) => ({ type: "string", maxLength: at })) }),
    text: () => `{"a":"${"word ".repeat(600_000)}"}`,
  },
  {
    name: "patterns over 3 MB",
    schema: () => a({ type: "string", pattern: "(.*x)+$" }),
    text: () => `{"a":"${"word ".repeat(600_000)}"}`,
  },
  {
    name: "enum over 3 MB",
    schema: () => a({ type: "string", enum: ["x", "y"] }),
    text: () => `{"a":"${"WORD ".repeat(600_000)}"}`,
  },
  {
    name: "multipleOf, 60,000",
    schema: () => a({ type: "array", items: { multipleOf: 0.01, minimum: 5, maximum: 0 } }),
    text: numbers(60_000),
  },
  {
    name: "60,000 of a schema without end",
    schema: () => ({ type: "object", properties: { a: { $ref: "#" }, b: { type: "number" } } }),
    text: () => `${'{"a":'.repeat(200)}1${"}".repeat(200)}`,
  },
  {
    name: "large enum in an error",
    schema: () => a({ enum: many(400, (at) => `${"v".repeat(4000)}${at}`) }),
    text: () => '{"a":"x"}',
  },
  {
    name: "3,000 properties, 20,000 keys",
    schema: () => ({ type: "object", properties: record(3000, (at) => [`p${at}`, { type: "string" }]) }),
    text: () => JSON.stringify(record(20_000, (at) => [`k${at}`, "x"])),
  },
  {
    name: "99,000 different keys",
    schema: () => a({ type: "object", additionalProperties: { type: "number" } }),
    text: () => JSON.stringify({ a: record(99_000, (at) => [`key ${at}`, at]) }),
  },
  {
    name: "99,000 different keys, all wrong",
    schema: () => a({ type: "object", additionalProperties: { type: "boolean" } }),
    text: () => JSON.stringify({ a: record(99_000, (at) => [`key ${at}`, at]) }),
  },
  {
    name: "99,000 different keys, cut",
    schema: () => a({ type: "object", additionalProperties: { type: "number" } }),
    text: () => JSON.stringify({ a: record(98_000, (at) => [`key ${at}`, at]) }).replace(/\}\}$/, ",x}}"),
  },
  {
    name: "24,000 objects of different keys",
    schema: () => a({ type: "array", items: { type: "object", properties: { x: { type: "number" } } } }),
    text: () =>
      JSON.stringify({ a: many(24_000, (at) => ({ [`k${at}`]: 1, [`m${at}`]: 1, [`n${at}`]: 1 })) }),
  },
  {
    name: "99,000 numbers as keys",
    schema: () => a({ type: "object", additionalProperties: { type: "boolean" } }),
    text: () => JSON.stringify({ a: record(99_000, (at) => [String(at * 79_190), at]) }),
  },
  {
    name: "3,000 properties, one list of all keys",
    schema: () => ({ type: "object", properties: record(3000, (at) => [`p${at}`, { enum: ["x"] }]) }),
    text: () => JSON.stringify({ p1: many(3000, (at) => ({ [`p${at}`]: "X" })) }),
  },
  {
    name: "n: 8, contains",
    schema: () => a({ type: "array", contains: { const: 2 } }),
    text: numbers(40_000),
    more: { n: 8 },
  },
  {
    name: "n: 8, broken JSON",
    schema: loose,
    text: () => `{"a":[${"{x:'y' z:1} ".repeat(10_000)}`,
    more: { n: 8 },
  },
];

function toCases(one: Case): HostileCase[] {
  const { name, schema, text, more = {}, formatOnly = false } = one;
  const format = (): object => ({ type: "json_schema", json_schema: { name: "x", schema: schema() } });
  const offered = (): object[] => [{ type: "function", function: { name: "evil", parameters: schema() } }];
  const reply = (): ScriptedReply => ({
    text: [`<tool_call>\n{"name": "evil", "arguments": ${text()}}\n</tool_call>`],
  });
  const all: HostileCase[] = [
    {
      name: `json, format: ${name}`,
      path: chat,
      body: () => ({ model, messages: hello, response_format: format(), ...more }),
      reply: () => ({ text: [text()] }),
    },
    {
      name: `json, format streamed: ${name}`,
      path: chat,
      body: () => ({ model, messages: hello, response_format: format(), stream: true, ...more }),
      reply: () => ({ text: [text()] }),
    },
  ];
  if (formatOnly) return all;
  return [
    ...all,
    {
      name: `json, tool: ${name}`,
      path: chat,
      body: () => ({ model, messages: hello, tools: offered(), ...more }),
      reply,
    },
    {
      name: `json, tool streamed: ${name}`,
      path: chat,
      body: () => ({ model, messages: hello, tools: offered(), stream: true, ...more }),
      reply,
    },
  ];
}

/** 200 kB of a call cut small, with faults, many of them: what each costs comes together. */
const crowds: readonly HostileCase[] = [
  {
    name: "json, tools: 300 calls of broken JSON",
    path: chat,
    body: () => ({
      model,
      messages: hello,
      tools: [{ type: "function", function: { name: "evil", parameters: a({}) } }],
    }),
    reply: () => ({
      text: [
        many(
          300,
          () => `<tool_call>{"name":"evil","arguments":{"a":[${"{x:'y' z:1} ".repeat(100)}</tool_call>`,
        ).join("\n"),
      ],
    }),
  },
  {
    name: "json, tools: 60 schemas, all called",
    path: chat,
    body: () => ({
      model,
      messages: hello,
      tools: many(60, (at) => ({
        type: "function",
        function: {
          name: `t${at}`,
          parameters: { type: "object", properties: record(20, (key) => [`p${key}`, { type: "string" }]) },
        },
      })),
    }),
    reply: () => ({
      text: [
        many(
          60,
          (at) =>
            `<tool_call>{"name":"t${at}","arguments":${JSON.stringify(record(20, (key) => [`p${key}`, 1]))}}</tool_call>`,
        ).join("\n"),
      ],
    }),
  },
  {
    name: "json, body: 9,000 image URLs",
    path: chat,
    body: () => ({
      model: "meta-llama-Llama-4-Maverick",
      messages: [
        {
          role: "user",
          content: many(9000, (at) => ({
            type: "image_url",
            image_url: { url: `https://example.com/${at}` },
          })),
        },
      ],
    }),
  },
  {
    name: "json, body: 9,000 data URLs",
    path: chat,
    body: () => ({
      model: "meta-llama-Llama-4-Maverick",
      messages: [
        {
          role: "user",
          content: many(9000, () => ({
            type: "image_url",
            image_url: { url: "data:image/png;base64,iVBORw0K" },
          })),
        },
      ],
    }),
  },
  {
    name: "json, body: 9,000 image URLs (messages)",
    path: "/v1/messages",
    body: () => ({
      model: "meta-llama-Llama-4-Maverick",
      max_tokens: 10,
      messages: [
        {
          role: "user",
          content: many(9000, (at) => ({
            type: "image",
            source: { type: "url", url: `https://example.com/${at}` },
          })),
        },
      ],
    }),
  },
  {
    name: "json, body: 9,000 image URLs (responses)",
    path: "/v1/responses",
    body: () => ({
      model: "meta-llama-Llama-4-Maverick",
      input: [
        {
          role: "user",
          content: many(9000, (at) => ({ type: "input_image", image_url: `https://example.com/${at}` })),
        },
      ],
    }),
  },
  {
    name: "json, body: 95,000 small objects",
    path: chat,
    body: () => ({ model, messages: hello, x: many(47_000, () => ({ a: 1 })) }),
  },
  {
    name: "json, body: 95,000 keys of one object",
    path: chat,
    body: () => ({ model, messages: hello, x: record(95_000, (at) => [`key ${at}`, at]) }),
  },
  {
    name: "json, body: 95,000 keys of metadata",
    path: "/v1/responses",
    body: () => ({ model, input: "hi", metadata: record(95_000, (at) => [`key ${at}`, at]) }),
  },
  {
    name: "json, body: 95,000 keys of a message",
    path: "/v1/messages",
    body: () => ({
      model,
      max_tokens: 10,
      messages: [{ role: "user", content: "hi", ...record(95_000, (at) => [`key ${at}`, at]) }],
    }),
  },
  {
    name: "json, body: 95,000 keys at the root",
    path: chat,
    body: () => ({ model, messages: hello, ...record(95_000, (at) => [`key ${at}`, at]) }),
  },
  {
    name: "json, body: 90,000 values of arguments",
    path: chat,
    body: () => ({
      model,
      messages: [
        ...hello,
        {
          role: "assistant",
          tool_calls: [
            {
              id: "c",
              type: "function",
              function: { name: "x", arguments: JSON.stringify({ a: many(90_000, (at) => at) }) },
            },
          ],
        },
        { role: "tool", tool_call_id: "c", content: "y" },
      ],
    }),
  },
];

/** All of them. */
export const jsonCases: readonly HostileCase[] = [...cases.flatMap(toCases), ...crowds];
