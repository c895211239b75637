import { afterAll, describe, expect, test } from "vitest";

import { post } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

const stack = await startStack();
afterAll(() => stack.close());

const model = "DeepSeek-V3.2";
const messages = [{ role: "user", content: "hi" }];

function many<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

const wide = {
  type: "object",
  properties: Object.fromEntries(many(10_001, (at) => [`p${at}`, { type: "string" }])),
};
const fine = { type: "object", properties: { a: { type: "string" } } };
const loop = { $ref: "#" };
const branches = { anyOf: many(11_000, (at) => ({ const: at })) };

/** What a dialect calls a place, and how a body has it there. */
interface Place {
  readonly path: string;
  readonly param: string;
  readonly body: (schema: object) => object;
}

const chat = "/v1/chat/completions";
const nestedTool = (schema: object) => ({ type: "function", function: { name: "x", parameters: schema } });

const tools: readonly Place[] = [
  {
    path: chat,
    param: "tools[1].function.parameters",
    body: (schema) => ({ model, messages, tools: [nestedTool(fine), nestedTool(schema)] }),
  },
  {
    path: chat,
    param: "tools[0].parameters",
    body: (parameters) => ({ model, messages, tools: [{ type: "function", name: "x", parameters }] }),
  },
  {
    path: chat,
    param: "functions[0].parameters",
    body: (parameters) => ({ model, messages, functions: [{ name: "x", parameters }] }),
  },
  {
    path: "/v1/messages",
    param: "tools.1.input_schema",
    body: (input_schema) => ({
      model,
      messages,
      max_tokens: 9,
      tools: [
        { name: "a", input_schema: fine },
        { name: "b", input_schema },
      ],
    }),
  },
  {
    path: "/v1/messages/count_tokens",
    param: "tools.0.input_schema",
    body: (input_schema) => ({ model, messages, tools: [{ name: "a", input_schema }] }),
  },
  {
    path: "/v1/responses",
    param: "tools[0].parameters",
    body: (parameters) => ({ model, input: "hi", tools: [{ type: "function", name: "x", parameters }] }),
  },
  {
    path: "/v1/responses",
    param: "tools[0].tools[1].parameters",
    body: (parameters) => ({
      model,
      input: "hi",
      tools: [
        {
          type: "namespace",
          name: "n",
          tools: [
            { type: "function", name: "a", parameters: fine },
            { type: "function", name: "b", parameters },
          ],
        },
      ],
    }),
  },
  {
    path: "/v1/responses/input_tokens",
    param: "input[0].tools[0].parameters",
    body: (parameters) => ({
      model,
      input: [
        { type: "additional_tools", tools: [{ type: "function", name: "x", parameters }] },
        { role: "user", content: "hi" },
      ],
    }),
  },
];

const formats: readonly Place[] = [
  {
    path: chat,
    param: "response_format.json_schema.schema",
    body: (schema) => ({
      model,
      messages,
      response_format: { type: "json_schema", json_schema: { name: "x", schema } },
    }),
  },
  {
    path: "/v1/messages",
    param: "output_config.format.schema",
    body: (schema) => ({
      model,
      messages,
      max_tokens: 9,
      output_config: { format: { type: "json_schema", schema } },
    }),
  },
  {
    path: "/v1/responses",
    param: "text.format.schema",
    body: (schema) => ({ model, input: "hi", text: { format: { type: "json_schema", name: "x", schema } } }),
  },
];

async function refusalOf(path: string, body: object): Promise<{ status: number; message: string }> {
  const reply = await post(`${stack.url}${path}`, body);
  return { status: reply.status, message: String(reply.json().error.message) };
}

describe("a schema that is too large is refused by the name of its field", () => {
  test.each([...tools, ...formats])("$path $param", async ({ path, param, body }) => {
    const before = stack.simulator.chats.length;
    for (const schema of [wide, branches]) {
      const { status, message } = await refusalOf(path, body(schema));
      expect(status).toBe(400);
      expect(message).toMatch(/too large: it holds more than 20000 values/);
      expect(message.startsWith(`${param} `)).toBe(true);
    }
    expect(stack.simulator.chats).toHaveLength(before);
  });

  test.each(formats)("$path $param, that leads back to itself", async ({ path, param, body }) => {
    const { status, message } = await refusalOf(path, body(loop));
    expect(status).toBe(400);
    expect(message).toMatch(
      `${param} is not a valid JSON Schema: a schema that is {"$ref": "#"} leads back to itself`,
    );
  });
});

describe("lists that are too long to be read are refused by their name", () => {
  const user = { role: "user", content: "hi" };
  const crowd = many(10_001, () => user);
  test.each<[path: string, field: string, body: object]>([
    [chat, "messages", { messages: crowd }],
    [
      chat,
      "messages",
      { messages: [{ role: "user", content: many(10_001, () => ({ type: "text", text: "" })) }] },
    ],
    [chat, "tools", { messages, tools: many(2001, (at) => nestedTool({ at })) }],
    ["/v1/messages", "messages", { max_tokens: 9, messages: crowd }],
    [
      "/v1/messages",
      "system",
      { max_tokens: 9, messages, system: many(10_001, () => ({ type: "text", text: "" })) },
    ],
    ["/v1/messages/count_tokens", "tools", { messages, tools: many(2001, (at) => ({ name: `${at}` })) }],
    ["/v1/responses", "input", { input: crowd }],
    ["/v1/responses/input_tokens", "input", { input: [{ ...user, content: many(10_001, () => "") }] }],
    [chat, "input", { input: crowd }],
  ])("%s %s", async (path, field, body) => {
    const { status, message } = await refusalOf(path, { model, ...body });
    expect(status).toBe(400);
    expect(message).toMatch(field);
    expect(message).toMatch(/holds more than (?:10000 entries|2000 tools)/);
  });

  test("a chain of responses counts as one list", async () => {
    const input = many(6000, () => user);
    const first = await post(`${stack.url}/v1/responses`, { model, input });
    expect(first.status).toBe(200);
    const second = { model, input, previous_response_id: first.json().id };
    const reply = await post(`${stack.url}/v1/responses`, second);
    expect(reply.status).toBe(200);
    const third = await post(`${stack.url}/v1/responses`, {
      model,
      input: "hi",
      previous_response_id: reply.json().id,
    });
    expect(third.status).toBe(400);
    expect(third.json().error).toMatchObject({
      param: "previous_response_id",
      message: expect.stringContaining("or begin a new chain"),
    });
  });
});

describe("calls whose arguments hold too many values are refused: they are texts, which nobody counts on their way in", () => {
  const json = `{"a": ["a, [b", ${"[],".repeat(60_000)}1]}`;
  const called = { name: "x", arguments: json };
  const twice = (at: number) => ({ id: `c${at}`, type: "function", function: called });
  const user = { role: "user", content: "hi" };
  const item = (at: number) => ({ type: "function_call", call_id: `c${at}`, ...called });

  test.each([
    [chat, "messages", { messages: [user, { role: "assistant", tool_calls: many(2, twice) }] }],
    [
      chat,
      "messages",
      { messages: many(2, () => ({ role: "assistant", content: null, function_call: called })) },
    ],
    ["/v1/responses", "input", { input: many(2, item) }],
    ["/v1/responses/input_tokens", "input", { input: many(2, item) }],
  ])("%s %s", async (path, field, body) => {
    const { status, message } = await refusalOf(path, { model, ...body });
    expect(status).toBe(400);
    expect(message).toMatch(
      `'${field}' is not valid: the arguments of its calls hold more than 100000 JSON values. Send fewer.`,
    );
  });

  test("in strings there is nothing to count", async () => {
    const text = JSON.stringify({ a: '[{"\\,'.repeat(20_000) });
    const input = [user, { ...item(1), arguments: text }];
    const reply = await post(`${stack.url}/v1/responses/input_tokens`, { model, input });
    expect(reply.status).toBe(200);
  });
});

const metadata = (count: number) => Object.fromEntries(many(count, (at) => [`key${at}`, "value"]));

test("metadata is bounded as at OpenAI, since each event of a response may repeat it", async () => {
  const ask = (count: number) =>
    post(`${stack.url}/v1/responses`, { model, input: "hi", metadata: metadata(count) });
  const fitting = await ask(16);
  expect([fitting.status, fitting.json().metadata]).toEqual([200, metadata(16)]);
  const reply = await ask(17);
  expect([reply.status, reply.json().error.param]).toEqual([400, "metadata"]);
  expect(reply.json().error.message).toBe("'metadata' is not valid: expected at most 16 entries.");
});

test.each([
  [chat, { messages, stop: ["a".repeat(20_001)] }, "'stop' is not valid"],
  ["/v1/completions", { prompt: "hi", stop: "a".repeat(20_001) }, "'stop' is not valid"],
  ["/v1/responses", { input: "hi", stop: many(600, () => "a".repeat(40)) }, "'stop' is not valid"],
  [
    "/v1/messages",
    { messages, max_tokens: 9, stop_sequences: many(600, () => "a".repeat(40)) },
    "stop_sequences",
  ],
])("%s: stop sequences that are too long to be looked for are refused by name", async (path, body, name) => {
  const { status, message } = await refusalOf(path, { model, ...body });
  expect(status).toBe(400);
  expect(message).toMatch(`${name}: expected at most 20000 characters in all`);
});

test.each([chat, "/v1/messages", "/v1/responses", "/v1/images/generations"])(
  "%s: a body of more JSON values than can be parsed in passing is refused unparsed",
  async (path) => {
    const list = `[${"[],".repeat(300_000)}[]]`;
    const reply = await post(
      `${stack.url}${path}`,
      `{"model":"${model}","x":${list}, "y": "${"[".repeat(500_000)}"}`,
    );
    expect(reply.status).toBe(413);
    expect(reply.json().error.message).toMatch(/holds more than 100000 JSON values/);
  },
);

test("megabytes of text are few values, whatever signs are in them", async () => {
  const content = '[{"a\\\\":1},\\"'.repeat(200_000);
  const reply = await post(`${stack.url}/v1/responses/input_tokens`, { model, input: content });
  expect(reply.status).toBe(200);
});

test.each([chat, "/v1/completions", "/v1/messages", "/v1/responses", "/v1/images/generations"])(
  "%s: a body of a thousand unknown fields is refused",
  async (path) => {
    const fields = Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`field ${at}`, at]));
    const { status, message } = await refusalOf(path, { model, ...fields });
    expect(status).toBe(400);
    expect(message).toBe("The request body has more than 1000 fields.");
  },
);
