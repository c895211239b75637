import { describe, expect, test } from "vitest";

import { parseRequest } from "../../../src/dialects/openai-chat/index.ts";
import { GatewayError } from "../../../src/errors.ts";

const minimal = { model: "m", messages: [{ role: "user", content: "Hi" }] };
const weather = {
  type: "function",
  function: { name: "weather", description: "Looks out", parameters: { type: "object" } },
};
const text = (value: string) => ({ type: "text", text: value });
const base64 = (value: string) => Buffer.from(value).toString("base64");

const parse = (fields: object) => parseRequest({ ...minimal, ...fields });

const call = (args: string) => ({
  role: "assistant",
  content: null,
  function_call: { name: "f", arguments: args },
});
const result = (content: string) => ({ role: "function", name: "f", content });

/** The texts of each message that the model gets. */
const textsOf = (messages: object[]) =>
  parse({ messages }).request.messages.map(({ parts }) =>
    parts.map((part) => ("text" in part ? part.text : "")).join("|"),
  );

function failure(body: unknown): GatewayError {
  try {
    parseRequest(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("It was accepted.");
}

test("the smallest request has this route's defaults", () => {
  expect(parseRequest(minimal)).toEqual({
    request: {
      model: "m",
      messages: [{ role: "user", parts: [text("Hi")] }],
      tools: [],
      toolChoice: { kind: "auto" },
      parallelToolCalls: true,
      responseFormat: { kind: "text" },
      sampling: {},
      usualSampling: { temperature: 0.85, topP: 1 },
      stopSequences: [],
    },
    stream: false,
    ignored: [],
    spellings: {},
    choices: 1,
    includeUsage: false,
    legacyFunctions: false,
    customTools: new Set(),
  });
});

describe("sampling and limits", () => {
  test.each([
    [{ temperature: 0 }, { sampling: { temperature: 0 } }],
    [{ temperature: 2, top_p: 0.5 }, { sampling: { temperature: 2, topP: 0.5 } }],
    [{ topP: 0.5 }, { sampling: { topP: 0.5 } }],
    [{ temperature: null, top_p: null }, { sampling: {} }],
    [{ max_tokens: 5 }, { maxOutputTokens: 5 }],
    [{ max_tokens: 5, max_completion_tokens: 9 }, { maxOutputTokens: 9 }],
    [{ stop: "END" }, { stopSequences: ["END"] }],
    [{ stop: ["a", "b", "c", "d"] }, { stopSequences: ["a", "b", "c", "d"] }],
    [{ stop: null }, { stopSequences: [] }],
    [{ stop: "" }, { stopSequences: [] }],
    [{ stop: ["", "a", ""] }, { stopSequences: ["a"] }],
    [{ stop: ["a", "b", "c", "d", "e", "f"] }, { stopSequences: ["a", "b", "c", "d", "e", "f"] }],
    [{ max_tokens: 0, max_completion_tokens: 5 }, { maxOutputTokens: 5 }],
    [{ max_tokens: 5, max_completion_tokens: -1 }, { maxOutputTokens: 5 }],
    [{ response_format: {} }, { responseFormat: { kind: "text" } }],
    [{ response_format: { type: null } }, { responseFormat: { kind: "text" } }],
    [{ parallel_tool_calls: false }, { parallelToolCalls: false }],
    [{ reasoning_format: "parsed" }, { reasoning: "field" }],
    [{ reasoning_format: "raw" }, { reasoning: "inline" }],
    [{ reasoning_format: "hidden" }, { reasoning: "drop" }],
    [{ include_reasoning: false }, { reasoning: "drop" }],
    [{ include_reasoning: true }, { reasoning: "field" }],
    [{ response_format: { type: "json_object" } }, { responseFormat: { kind: "json-object" } }],
    [{ response_format: { type: "text" } }, { responseFormat: { kind: "text" } }],
    [
      {
        response_format: {
          type: "json_schema",
          json_schema: { name: "n", schema: { type: "object" }, strict: true },
        },
      },
      { responseFormat: { kind: "json-schema", name: "n", schema: { type: "object" } } },
    ],
  ])("%j", (fields, expected) => {
    expect(parse(fields).request).toMatchObject(expected);
  });

  test.each([
    { max_tokens: -1 },
    { max_tokens: 0 },
    { max_completion_tokens: -1 },
    { max_completion_tokens: 0 },
  ])("%j is no limit", (fields) => expect(parse(fields).request).not.toHaveProperty("maxOutputTokens"));

  const object = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
  test.each<[object, object, string]>([
    [{ type: "json_schema", json_schema: { schema: object } }, {}, "json_schema.schema"],
    [{ type: "json_schema", json_schema: object }, {}, "json_schema"],
    [
      { type: "json_schema", json_schema: { ...object, name: "n", strict: true } },
      { name: "n" },
      "json_schema",
    ],
    [{ type: "json_schema", json_schema: { $ref: "#/$defs/a", $defs: { a: object } } }, {}, "json_schema"],
    [{ type: "json_schema", schema: object, name: "n" }, { name: "n" }, "schema"],
    [{ type: "json_object", schema: object }, {}, "schema"],
    [{ type: "json_object", json_object: { schema: object } }, {}, "json_object.schema"],
    [{ type: "json_object", json_object: object }, {}, "json_object"],
    [{ type: "json_object", json_schema: { schema: object } }, {}, "json_schema.schema"],
    [{ json_schema: { schema: object } }, {}, "json_schema.schema"],
    [{ schema: object }, {}, "schema"],
  ])("the schema of %j is honoured", (format, around, place) => {
    const read = parse({ response_format: format }).request.responseFormat;
    expect(read).toMatchObject({ kind: "json-schema", name: "response", ...around });
    const { schema } = read as { schema: Record<string, unknown> };
    if ("$ref" in schema) expect(schema["$defs"]).toEqual({ a: object });
    else expect(schema).toEqual(object);
    const wrong = JSON.parse(JSON.stringify(format).replaceAll('"string"', '"strings"'));
    expect(failure({ ...minimal, response_format: wrong }).param).toBe(`response_format.${place}`);
  });

  test.each([
    [{ n: 3 }, { choices: 3 }],
    [{ stream: true }, { stream: true, includeUsage: false }],
    [{ stream: true, stream_options: { include_usage: true } }, { includeUsage: true }],
  ])("%j", (fields, expected) => {
    expect(parse(fields)).toMatchObject(expected);
  });
});

describe("refusals name the field", () => {
  test.each([
    [{ messages: [] }, "model", /'model' is missing/],
    [{ model: "", messages: minimal.messages }, "model", /'model'/],
    [
      { model: 3, messages: minimal.messages },
      "model",
      /'model' is not valid: expected string, received number/,
    ],
    [{ model: "m" }, "messages", /'messages' is missing/],
    [{ model: "m", messages: "Hi" }, "messages", /expected array, received string/],
    [{ model: "m", messages: [] }, "messages", /at least one message/],
    [{ model: "m", messages: [{ role: "assistant", content: null }] }, "messages", /no text/],
    [{ ...minimal, temperature: 2.1 }, "temperature", /<=2/],
    [{ ...minimal, temperature: -1 }, "temperature", />=0/],
    [{ ...minimal, temperature: "1" }, "temperature", /expected number, received string/],
    [{ ...minimal, top_p: 1.5 }, "top_p", /<=1/],
    [{ ...minimal, topP: "x" }, "topP", /expected number/],
    [{ ...minimal, stream: "yes" }, "stream", /expected boolean/],
    [{ ...minimal, n: 9 }, "n", /<=8/],
    [{ ...minimal, n: 0 }, "n", />=1/],
    [{ ...minimal, max_tokens: -2 }, "max_tokens", />=-1/],
    [{ ...minimal, max_completion_tokens: 1.5 }, "max_completion_tokens", /int/],
    [{ ...minimal, stop: Array(1001).fill("a") }, "stop", /at most 1000/],
    [{ ...minimal, stop: [7] }, "stop[0]", /expected string/],
    [{ ...minimal, response_format: { type: "json_schema" } }, "response_format.json_schema", /missing/],
    [{ ...minimal, stop: 7 }, "stop", /string or array/],
    [{ ...minimal, response_format: { type: "grammar" } }, "response_format.type", /json_schema/],
    [{ ...minimal, reasoning_format: "loud" }, "reasoning_format", /parsed/],
    [{ ...minimal, modalities: ["text", "audio"] }, "modalities", /can't speak/],
    [{ ...minimal, audio: { voice: "alloy" } }, "audio", /can't speak/],
    [{ ...minimal, logprobs: true }, "logprobs", /log probabilities/],
    [{ ...minimal, top_logprobs: 3 }, "top_logprobs", /log probabilities/],
    [{ ...minimal, tools: [{ type: "function", function: {} }] }, "tools[0].function.name", /missing/],
    [{ ...minimal, tool_choice: "required" }, "tool_choice", /no function or custom tools/],
    [
      { ...minimal, tools: [weather], tool_choice: { type: "function", function: { name: "clock" } } },
      "tool_choice",
      /'clock', which is not among the tools/,
    ],
    [{ ...minimal, functions: [{ name: "a" }], function_call: { name: "b" } }, "function_call", /'b'/],
  ])("%j", (body, param, message) => {
    const error = failure(body);
    expect(error.status).toBe(400);
    expect(error.param).toBe(param);
    expect(error.message).toMatch(message);
    expect(error.message).toContain(param);
  });

  test.each([
    [
      { role: "robot", content: "Hi" },
      "messages[1].role",
      /system, developer, user, assistant, tool or function/,
    ],
    [{ role: "user" }, "messages[1].content", /missing: expected string or array/],
    [{ role: "user", content: 5 }, "messages[1].content", /expected string or array/],
    [
      { role: "user", content: [{ type: "video" }] },
      "messages[1].content[0].type",
      /text, image_url, file or refusal/,
    ],
    [{ role: "user", content: [{ type: "text" }] }, "messages[1].content[0].text", /missing/],
    [
      { role: "user", content: [{ type: "input_audio", input_audio: {} }] },
      "messages[1].content[0]",
      /can't hear/,
    ],
    [
      { role: "system", content: [{ type: "image_url", image_url: { url: "https://x.example/a.png" } }] },
      "messages[1].content[0]",
      /must be text/,
    ],
    [
      { role: "user", content: [{ type: "image_url", image_url: { url: "file:///etc/passwd" } }] },
      "messages[1].content[0].image_url",
      /http\(s\) URL or a data URL/,
    ],
    [
      { role: "user", content: [{ type: "file", file: { file_id: "file-1" } }] },
      "messages[1].content[0].file",
      /file_data/,
    ],
    [
      {
        role: "user",
        content: [
          {
            type: "file",
            file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${base64("%PDF")}` },
          },
        ],
      },
      "messages[1].content[0].file",
      /application\/pdf/,
    ],
    [{ role: "tool", content: "x" }, "messages[1].tool_call_id", /missing/],
    [
      { role: "assistant", tool_calls: [{ id: "c", type: "function", function: { name: "f" } }] },
      "messages[1].tool_calls[0].function.arguments",
      /missing/,
    ],
  ])("message %j", (message, param, words) => {
    const error = failure({ model: "m", messages: [...minimal.messages, message] });
    expect([error.status, error.param]).toEqual([400, param]);
    expect(error.message).toMatch(words);
  });
});

describe("messages", () => {
  test.each([
    [
      "developer is system",
      { role: "developer", content: "Be brief" },
      { role: "system", parts: [text("Be brief")] },
    ],
    [
      "system parts",
      { role: "system", content: [text("a"), text("b")] },
      { role: "system", parts: [text("a"), text("b")] },
    ],
    [
      "pictures, inline and remote",
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
          { type: "input_image", image_url: "https://x.example/a.png" },
        ],
      },
      {
        role: "user",
        parts: [
          { type: "image", source: { kind: "data", mediaType: "image/png", base64: "AAAA" } },
          { type: "image", source: { kind: "url", url: "https://x.example/a.png" } },
        ],
      },
    ],
    [
      "a text file",
      {
        role: "user",
        content: [
          {
            type: "file",
            file: { filename: "a.md", file_data: `data:text/markdown;base64,${base64("# é")}` },
          },
        ],
      },
      { role: "user", parts: [{ type: "file", name: "a.md", mediaType: "text/markdown", text: "# é" }] },
    ],
    [
      "thinking, words and calls of the assistant",
      {
        role: "assistant",
        content: "Let me see",
        reasoning_content: "hmm",
        tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: '{"a":1}' } }],
      },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "hmm" },
          text("Let me see"),
          { type: "tool-call", callId: "call_1", name: "weather", arguments: '{"a":1}' },
        ],
      },
    ],
    [
      "arguments that a client has parsed",
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c", function: { name: "f", arguments: { a: 1 } } }],
      },
      { role: "assistant", parts: [{ type: "tool-call", callId: "c", name: "f", arguments: '{"a":1}' }] },
    ],
    [
      "a tool's result",
      { role: "tool", tool_call_id: "call_1", content: [text("sunny")] },
      {
        role: "tool",
        parts: [{ type: "tool-result", callId: "call_1", content: [text("sunny")], isError: false }],
      },
    ],
    [
      "a refusal",
      { role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
      { role: "assistant", parts: [text("No.")] },
    ],
  ])("%s", (_name, message, expected) => {
    const { messages } = parseRequest({
      model: "m",
      messages: [...minimal.messages, message],
    }).request;
    expect(messages[1]).toEqual(expected);
  });

  test.each<[string, unknown[], unknown[]]>([
    ["null", [null, null], [null, null]],
    ["missing", [undefined, undefined], [undefined, undefined]],
    ["empty", ["", ""], ["", ""]],
    ["null for results", ["a", "b"], [null, null]],
    ["null for one of them", ["a", null], ["a", null]],
    ["null for the first, out of order", ["a", "b"], ["b", null]],
  ])("calls and results belong together though ids are %s", (_name, calls, results) => {
    const { messages } = parse({
      messages: [
        ...minimal.messages,
        {
          role: "assistant",
          tool_calls: calls.map((id, at) => ({ id, function: { name: `f${at}`, arguments: "{}" } })),
        },
        ...results.map((tool_call_id) => ({ role: "tool", tool_call_id, content: "x" })),
        { role: "assistant", tool_calls: [{ id: null, function: { name: "g", arguments: "{}" } }] },
        { role: "tool", tool_call_id: null, content: "y" },
      ],
    }).request;
    const ids = messages
      .slice(1)
      .flatMap(({ parts }) => parts.map((part) => ("callId" in part ? part.callId : "")));
    const [first, second, one, other, third, last] = ids;
    expect(new Set(ids).size).toBe(3);
    expect(new Set([one, other])).toEqual(new Set([first, second]));
    expect(last).toBe(third);
  });

  test("names reach the model: a user's always, the assistant's where several agents speak", () => {
    const ann = { role: "user", name: "Ann\nLee", content: "Hi" };
    const critic = { role: "assistant", name: "critic", content: "No." };
    const writer = { role: "assistant", name: "writer", content: "Yes." };
    expect(textsOf([ann, critic])).toEqual(["[Message from Ann Lee]|Hi", "No."]);
    expect(textsOf([ann, critic, writer, critic])).toEqual([
      "[Message from Ann Lee]|Hi",
      "[Message from critic]|No.",
      "[Message from writer]|Yes.",
      "[Message from critic]|No.",
    ]);
    expect(
      textsOf([
        { ...ann, name: "" },
        { ...ann, name: null },
      ]),
    ).toEqual(["Hi", "Hi"]);
  });

  test("legacy function messages find their calls by name and order", () => {
    const { messages } = parse({
      messages: [...minimal.messages, call("1"), result("one"), call("2"), result("two")],
    }).request;
    const ids = messages
      .slice(1)
      .map(({ parts }) => parts.map((part) => ("callId" in part ? part.callId : "")));
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[2]).toEqual(ids[3]);
    expect(ids[0]).not.toEqual(ids[2]);
  });
});

describe("tools", () => {
  const tool = { name: "weather", description: "Looks out", parameters: { type: "object" } };

  test.each([
    ["auto", { kind: "auto" }],
    ["none", { kind: "none" }],
    ["required", { kind: "required" }],
    ["any", { kind: "required" }],
    [{ type: "auto" }, { kind: "auto" }],
    [{ type: "none" }, { kind: "none" }],
    [{ type: "required" }, { kind: "required" }],
    [{ type: "any" }, { kind: "required" }],
    [
      { type: "tool", name: "weather" },
      { kind: "function", name: "weather" },
    ],
    [null, { kind: "auto" }],
    [
      { type: "function", function: { name: "weather" } },
      { kind: "function", name: "weather" },
    ],
    [
      { type: "function", name: "weather" },
      { kind: "function", name: "weather" },
    ],
  ])("tool_choice %j", (choice, expected) => {
    const { request } = parse({ tools: [weather], tool_choice: choice });
    expect(request.toolChoice).toEqual(expected);
    expect(request.tools).toEqual([tool]);
  });

  test("allowed_tools narrows the tools", () => {
    const clock = { type: "function", function: { name: "clock" } };
    const { request } = parse({
      tools: [weather, clock],
      tool_choice: { type: "allowed_tools", allowed_tools: { mode: "required", tools: [clock] } },
    });
    expect(request.toolChoice).toEqual({ kind: "required" });
    expect(request.tools).toEqual([{ name: "clock", parameters: { type: "object" } }]);
  });

  test("flat tools are read; other types are left out and named", () => {
    const parsed = parse({
      tools: [{ ...tool, type: "function" }, { type: "web_search" }, { type: "computer", custom: {} }],
    });
    expect(parsed.request.tools).toEqual([tool]);
    expect(parsed.ignored).toEqual(["tools[1]", "tools[2]"]);
  });

  const grammar = { syntax: "lark", definition: "start: /a+/" };
  test.each([
    [{ type: "custom", custom: { name: "patch", description: "d" } }, "Free-form text, not JSON."],
    [
      { type: "custom", name: "patch", description: "d", format: { type: "text" } },
      "Free-form text, not JSON.",
    ],
    [
      { type: "custom", custom: { name: "patch", description: "d", format: { type: "grammar", grammar } } },
      "Text that matches this grammar (lark):\nstart: /a+/",
    ],
    [
      { type: "custom", name: "patch", description: "d", format: { type: "grammar", ...grammar } },
      "Text that matches this grammar (lark):\nstart: /a+/",
    ],
  ])("a custom tool is offered as a function of one text: %j", (custom, description) => {
    const choice = { type: "custom", custom: { name: "patch" } };
    const parsed = parse({ tools: [weather, custom], tool_choice: choice });
    expect(parsed.ignored).toEqual([]);
    expect([...parsed.customTools]).toEqual(["patch"]);
    expect(parsed.request.toolChoice).toEqual({ kind: "function", name: "patch" });
    expect(parsed.request.tools[1]).toMatchObject({
      name: "patch",
      description: "d",
      parameters: { properties: { input: { type: "string", description } }, required: ["input"] },
    });
  });

  test("a custom tool without a name is refused by its field", () => {
    expect(failure({ ...minimal, tools: [{ type: "custom", custom: {} }] }).param).toBe(
      "tools[0].custom.name",
    );
  });

  test("functions and function_call are the old words for it", () => {
    const parsed = parse({ functions: [tool], function_call: { name: "weather" } });
    expect(parsed).toMatchObject({
      legacyFunctions: true,
      request: { tools: [tool], toolChoice: { kind: "function", name: "weather" }, parallelToolCalls: false },
    });
  });
});

describe("parameters without effect", () => {
  test.each([
    ["user", "u-1"],
    ["metadata", { a: "b" }],
    ["seed", 7],
    ["frequency_penalty", 0.5],
    ["presence_penalty", -1],
    ["logit_bias", { 50256: -100 }],
    ["service_tier", "flex"],
    ["store", true],
    ["prediction", { type: "content", content: "x" }],
    ["verbosity", "low"],
    ["reasoning_effort", "high"],
    ["web_search_options", { search_context_size: "low" }],
    ["safety_identifier", "s"],
    ["top_k", 40],
    ["something_new", true],
  ])("%s is accepted and named", (name, value) => {
    expect(parse({ [name]: value }).ignored).toEqual([name]);
  });

  test.each([
    ["frequency_penalty", 0],
    ["store", false],
    ["logit_bias", {}],
    ["seed", null],
    ["logprobs", false],
    ["modalities", ["text"]],
  ])("%s: %j asks for nothing and is not named", (name, value) => {
    expect(parse({ [name]: value }).ignored).toEqual([]);
  });

  test("odd names fit into a header", () => {
    expect(parse({ "naïve\nname": 1 }).ignored).toEqual(["na%C3%AFve%0Aname"]);
  });
});
