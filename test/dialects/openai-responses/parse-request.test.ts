import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseRequest } from "../../../src/dialects/openai-responses/parse-request.ts";
import { resolveRequest } from "../../../src/dialects/openai-responses/resolve-request.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { Message } from "../../../src/model/request.ts";
import { parse } from "./make-writer.ts";

function messagesOf(input: unknown, more: Record<string, unknown> = {}): readonly Message[] {
  return parse({ input, ...more }).request.messages;
}

function text(value: string) {
  return { type: "text", text: value };
}

function result(callId: string, ...content: unknown[]) {
  return { type: "tool-result", callId, content, isError: false };
}

function errorOf(body: Record<string, unknown>): GatewayError {
  try {
    parse(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("It was accepted.");
}

describe("input", () => {
  test.each([
    { name: "a string", input: "hi", role: "user" },
    { name: "a message without type", input: [{ role: "user", content: "hi" }], role: "user" },
    { name: "a message with type", input: [{ type: "message", role: "user", content: "hi" }], role: "user" },
    { name: "a system message", input: [{ role: "system", content: "hi" }], role: "system" },
    { name: "a developer message", input: [{ role: "developer", content: "hi" }], role: "system" },
    { name: "an assistant's message", input: [{ role: "assistant", content: "hi" }], role: "assistant" },
    {
      name: "input_text parts",
      input: [{ role: "user", content: [{ type: "input_text", text: "hi" }] }],
      role: "user",
    },
    {
      name: "output_text parts with all that our answers have",
      input: [
        {
          type: "message",
          id: "msg_1",
          status: "completed",
          role: "assistant",
          content: [{ type: "output_text", text: "hi", annotations: [], logprobs: [] }],
        },
      ],
      role: "assistant",
    },
    {
      name: "a refusal",
      input: [{ role: "assistant", content: [{ type: "refusal", refusal: "hi" }] }],
      role: "assistant",
    },
  ])("of $name is one $role turn", ({ input, role }) => {
    expect(messagesOf(input)).toEqual([{ role, parts: [text("hi")] }]);
  });

  test("comes after the instructions", () => {
    expect(messagesOf("hi", { instructions: "Be brief." })).toEqual([
      { role: "system", parts: [text("Be brief.")] },
      { role: "user", parts: [text("hi")] },
    ]);
  });

  test("with a tool round becomes turns: what the assistant thought, said and called, then the results", () => {
    const input = [
      { role: "user", content: "List." },
      {
        type: "reasoning",
        id: "rs_1",
        summary: [{ type: "summary_text", text: "Hm." }],
        encrypted_content: "x",
      },
      { role: "assistant", content: "I look." },
      { type: "function_call", call_id: "call_a", name: "ls", arguments: '{"path":"."}' },
      { type: "function_call", call_id: "call_b", name: "read", namespace: "mcp__disk", arguments: "{}" },
      { type: "custom_tool_call", call_id: "call_c", name: "patch", input: "*** Begin" },
      {
        type: "local_shell_call",
        call_id: "call_d",
        action: { type: "exec", command: ["ls"] },
        status: "completed",
      },
      { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "x" } },
      { type: "function_call_output", call_id: "call_a", output: "a.txt" },
      {
        type: "function_call_output",
        call_id: "call_b",
        output: [
          { type: "input_text", text: "see" },
          { type: "input_image", image_url: "data:image/png;base64,AAAA" },
        ],
      },
      { type: "custom_tool_call_output", call_id: "call_c", output: "Done" },
      { type: "local_shell_call_output", id: "call_d", output: "b.txt" },
    ];
    expect(messagesOf(input)).toEqual([
      { role: "user", parts: [text("List.")] },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "Hm." },
          text("I look."),
          { type: "tool-call", callId: "call_a", name: "ls", arguments: '{"path":"."}' },
          { type: "tool-call", callId: "call_b", name: "mcp__disk__read", arguments: "{}" },
          { type: "tool-call", callId: "call_c", name: "patch", arguments: '{"input":"*** Begin"}' },
          { type: "tool-call", callId: "call_d", name: "local_shell", arguments: '{"command":["ls"]}' },
        ],
      },
      {
        role: "tool",
        parts: [
          result("call_a", text("a.txt")),
          result("call_b", text("see"), {
            type: "image",
            source: { kind: "data", mediaType: "image/png", base64: "AAAA" },
          }),
          result("call_c", text("Done")),
          result("call_d", text("b.txt")),
        ],
      },
    ]);
  });

  test("tolerates items of the future, and an old agent's wrapped output", () => {
    const input = [
      { role: "user", content: "hi" },
      { type: "quantum_call", id: "q_1", anything: true },
      { type: "function_call_output", call_id: "call_a", output: { content: "failed", success: false } },
    ];
    expect(messagesOf(input)).toHaveLength(2);
  });

  test.each([
    { image_url: "https://example.com/a.png", source: { kind: "url", url: "https://example.com/a.png" } },
    {
      image_url: "data:image/PNG;base64,iVBORw0=",
      source: { kind: "data", mediaType: "image/png", base64: "iVBORw0=" },
    },
    {
      image_url: { url: "https://example.com/a.png" },
      source: { kind: "url", url: "https://example.com/a.png" },
    },
  ])("takes the image $image_url", ({ image_url, source }) => {
    const content = [{ type: "input_image", image_url, detail: "auto" }];
    expect(messagesOf([{ role: "user", content }])).toEqual([
      { role: "user", parts: [{ type: "image", source }] },
    ]);
  });

  test.each([
    { file_data: "plain words", mediaType: "text/plain", words: "plain words" },
    {
      file_data: "data:text/markdown;charset=utf-8;base64,IyBI8J+MigoK",
      mediaType: "text/markdown",
      words: "# H🌊\n\n",
    },
    { file_data: "data:application/json;base64,e30=", mediaType: "application/json", words: "{}" },
  ])("takes the text file $file_data", ({ file_data, mediaType, words }) => {
    const content = [{ type: "input_file", filename: "a.txt", file_data }];
    expect(messagesOf([{ role: "user", content }])).toEqual([
      { role: "user", parts: [{ type: "file", name: "a.txt", mediaType, text: words }] },
    ]);
  });

  test.each([
    {
      part: { type: "input_image", file_id: "file-1" },
      param: "input[0].content[0].file_id",
      says: /data URL/,
    },
    { part: { type: "input_image" }, param: "input[0].content[0]", says: /image_url/ },
    {
      part: { type: "input_image", image_url: "a.png" },
      param: "input[0].content[0].image_url",
      says: /https/,
    },
    {
      part: { type: "input_file", file_id: "file-1" },
      param: "input[0].content[0].file_id",
      says: /file_data/,
    },
    {
      part: { type: "input_file", file_url: "https://example.com/a.pdf" },
      param: "input[0].content[0].file_url",
      says: /file_data/,
    },
    {
      part: { type: "input_file", file_data: "data:application/pdf;base64,AAAA" },
      param: "input[0].content[0].file_data",
      says: /application\/pdf/,
    },
    {
      part: { type: "input_file", file_data: "data:text/plain;base64,/w==" },
      param: "input[0].content[0].file_data",
      says: /UTF-8/,
    },
    { part: { type: "input_audio", data: "" }, param: "input[0].content[0].type", says: /input_text/ },
  ])("refuses $part and says what to do", ({ part, param, says }) => {
    const error = errorOf({ input: [{ role: "user", content: [part] }] });
    expect(error.status).toBe(400);
    expect(error.param).toBe(param);
    expect(error.message).toMatch(says);
  });

  test.each([
    { input: [{ role: "critic", content: "x" }], param: "input[0].role" },
    { input: [{ type: "function_call", call_id: "a", name: "f" }], param: "input[0].arguments" },
    { input: [{ type: "function_call_output", output: "x" }], param: "input[0].call_id" },
    { input: [{ content: "x" }], param: "input[0].type" },
    { input: ["x"], param: "input[0]" },
    {
      input: [{ role: "system", content: [{ type: "input_image", image_url: "https://a/b" }] }],
      param: "input[0].content[0]",
    },
    { input: [], param: "input" },
    { input: null, param: "input" },
    { input: 7, param: "input" },
  ])("refuses $input by naming $param", ({ input, param }) => {
    const error = errorOf({ input });
    expect(error.status).toBe(400);
    expect(error.param).toBe(param);
  });

  test("follows a reference to a stored item, and drops one to thinking", () => {
    const read = parseRequest({
      model: "m",
      input: [{ role: "user", content: "hi" }, { type: "item_reference", id: "msg_9o0" }, { id: "rs_9o1" }],
    });
    const stored = {
      type: "message",
      id: "msg_9o0",
      role: "assistant",
      content: [{ type: "output_text", text: "yes" }],
    };
    const context = {
      responseId: "resp_1",
      history: [],
      openSummary: () => undefined,
      temperature: undefined,
      topP: undefined,
    };
    const parsed = resolveRequest(read, { ...context, references: new Map([["msg_9o0", stored]]) });
    expect(parsed.request.messages).toEqual([
      { role: "user", parts: [text("hi")] },
      { role: "assistant", parts: [text("yes")] },
    ]);
    const error = errorOf({ input: [{ type: "item_reference", id: "msg_9o0" }] });
    expect(error).toMatchObject({ status: 404, param: "input[0].id" });
  });

  test("is stored with ids and parts, as it will be listed", () => {
    const input = [
      { role: "user", content: "hi" },
      { type: "function_call_output", call_id: "call_a", output: "x" },
      { type: "quantum_call", id: "q_1" },
    ];
    expect(JSON.parse(JSON.stringify(parse({ input }).inputItems))).toEqual([
      {
        type: "message",
        id: "msg_1i0",
        status: "completed",
        role: "user",
        content: [{ type: "input_text", text: "hi" }],
      },
      { type: "function_call_output", id: "fc_1i1", call_id: "call_a", output: "x" },
      { type: "quantum_call", id: "q_1" },
    ]);
  });
});

describe("tools", () => {
  const parameters = { type: "object", properties: { a: { type: "string" } } };

  test.each([
    { name: "flat", tool: { type: "function", name: "f", description: "d", parameters, strict: true } },
    {
      name: "nested as in Chat Completions",
      tool: { type: "function", function: { name: "f", description: "d", parameters } },
    },
  ])("that are functions may be $name", ({ tool }) => {
    expect(parse({ tools: [tool] }).request.tools).toEqual([{ name: "f", description: "d", parameters }]);
  });

  test("without parameters take an empty object", () => {
    expect(parse({ tools: [{ type: "function", name: "f", parameters: null }] }).request.tools).toEqual([
      { name: "f", parameters: { type: "object" } },
    ]);
  });

  test("in a namespace are offered under unambiguous names and found under their own", () => {
    const { request, tools } = parse({
      tools: [
        { type: "function", name: "disk__read" },
        {
          type: "namespace",
          name: "disk",
          description: "The disk.",
          tools: [
            { type: "function", name: "read", description: "Reads." },
            { type: "custom", name: "write" },
          ],
        },
        { type: "namespace", name: "mcp__net__", tools: [{ type: "function", name: "read" }] },
      ],
    });
    expect(request.tools.map(({ name, description }) => ({ name, description }))).toEqual([
      { name: "disk__read", description: undefined },
      { name: "disk__read_2", description: "The disk.\n\nReads." },
      { name: "disk__write", description: undefined },
      { name: "mcp__net__read", description: undefined },
    ]);
    expect(tools.find("disk__read_2")).toEqual({ kind: "function", name: "read", namespace: "disk" });
    expect(tools.find("disk__write")).toEqual({ kind: "custom", name: "write", namespace: "disk" });
    expect(tools.find("mcp__net__read")).toEqual({ kind: "function", name: "read", namespace: "mcp__net__" });
    expect(tools.toOfferedName("read", "disk")).toBe("disk__read_2");
  });

  test("that are custom take one text, with the grammar in its description", () => {
    const format = { type: "grammar", syntax: "lark", definition: "start: /.+/" };
    const [tool] = parse({ tools: [{ type: "custom", name: "patch", description: "Edits.", format }] })
      .request.tools;
    expect(tool).toMatchObject({
      name: "patch",
      description: "Edits.",
      parameters: { properties: { input: { type: "string" } }, required: ["input"] },
    });
    expect(JSON.stringify(tool)).toContain("start: /.+/");
  });

  test("that only OpenAI can run are left out and named, and never refused", () => {
    const { request, ignored, echo } = parse({
      tools: [
        { type: "web_search", search_context_size: "low" },
        { type: "image_generation" },
        { type: "web_search" },
        { type: "mcp", server_label: "x" },
        { type: "function", name: "f" },
      ],
    });
    expect(request.tools.map(({ name }) => name)).toEqual(["f"]);
    expect(ignored).toEqual(["tools[web_search]", "tools[image_generation]", "tools[mcp]"]);
    expect(echo.tools).toHaveLength(5);
    expect(echo.tools[0]).toEqual({ type: "web_search", search_context_size: "low" });
  });

  test("may also come with the input", () => {
    const input = [
      { type: "additional_tools", role: "developer", tools: [{ type: "function", name: "late" }] },
      { role: "user", content: "hi" },
    ];
    expect(parse({ input }).request.tools.map(({ name }) => name)).toEqual(["late"]);
  });

  test.each([
    { tools: [{ type: "function" }], param: "tools[0].name" },
    { tools: [{ type: "function", name: "" }], param: "tools[0].name" },
    { tools: [{ name: "f" }], param: "tools[0].type" },
    {
      tools: [{ type: "namespace", name: "n", tools: [{ type: "function" }] }],
      param: "tools[0].tools[0].name",
    },
    { tools: [{ type: "function", name: "f", parameters: "x" }], param: "tools[0].parameters" },
    { tools: {}, param: "tools" },
  ])("$tools are refused by naming $param", ({ tools, param }) => {
    expect(errorOf({ tools })).toMatchObject({ status: 400, param });
  });
});

describe("tool_choice", () => {
  const tools = [
    { type: "function", name: "f" },
    { type: "custom", name: "c" },
    { type: "namespace", name: "n", tools: [{ type: "function", name: "f" }] },
  ];

  test.each([
    { choice: "auto", kind: { kind: "auto" } },
    { choice: "none", kind: { kind: "none" } },
    { choice: "required", kind: { kind: "required" } },
    { choice: { type: "function", name: "f" }, kind: { kind: "function", name: "f" } },
    { choice: { type: "function", function: { name: "f" } }, kind: { kind: "function", name: "f" } },
    { choice: { type: "function", name: "f", namespace: "n" }, kind: { kind: "function", name: "n__f" } },
    { choice: { type: "custom", name: "c" }, kind: { kind: "function", name: "c" } },
  ])("$choice means $kind", ({ choice, kind }) => {
    const { request, ignored, echo } = parse({ tools, tool_choice: choice });
    expect(request.toolChoice).toEqual(kind);
    expect(request.tools).toHaveLength(3);
    expect(ignored).toEqual([]);
    expect(JSON.parse(JSON.stringify(echo.tool_choice))).toEqual(choice);
  });

  test("allowed_tools leaves the others out", () => {
    const allowed = [
      { type: "function", name: "f" },
      { type: "namespace", name: "n" },
    ];
    const { request } = parse({
      tools,
      tool_choice: { type: "allowed_tools", mode: "required", tools: allowed },
    });
    expect(request.toolChoice).toEqual({ kind: "required" });
    expect(request.tools.map(({ name }) => name)).toEqual(["f", "n__f"]);
  });

  test("of a hosted tool has no effect, and says so", () => {
    const { request, ignored } = parse({
      tools: [{ type: "web_search" }],
      tool_choice: { type: "web_search" },
    });
    expect(request.toolChoice).toEqual({ kind: "auto" });
    expect(ignored).toEqual(["tools[web_search]", "tool_choice"]);
    expect(parse({ tools: [{ type: "web_search" }], tool_choice: "required" }).request.toolChoice).toEqual({
      kind: "auto",
    });
  });

  test.each([
    { body: { tools, tool_choice: { type: "function", name: "g" } }, param: "tool_choice.name" },
    { body: { tool_choice: "required" }, param: "tool_choice" },
    { body: { tools, tool_choice: "some" }, param: "tool_choice" },
  ])("$body.tool_choice is refused", ({ body, param }) => {
    expect(errorOf(body)).toMatchObject({ status: 400, param });
  });
});

describe("parameters", () => {
  test("have defaults, and null counts as absent", () => {
    const { request, echo, ignored } = parse({
      temperature: null,
      top_p: null,
      tools: null,
      tool_choice: null,
      text: null,
      reasoning: null,
      max_output_tokens: null,
      metadata: null,
      previous_response_id: null,
      conversation: null,
      service_tier: "auto",
      include: [],
      top_logprobs: 0,
      stream_options: null,
    });
    expect(request).toMatchObject({
      tools: [],
      toolChoice: { kind: "auto" },
      parallelToolCalls: true,
      responseFormat: { kind: "text" },
      sampling: {},
      stopSequences: [],
    });
    expect(request).not.toHaveProperty("maxOutputTokens");
    expect(echo).toMatchObject({
      temperature: 0.6,
      top_p: 1,
      store: true,
      background: false,
      truncation: "disabled",
    });
    expect(ignored).toEqual([]);
  });

  test.each([-1, 0])("a limit of %i is none", (limit) => {
    const { request, echo } = parse({ max_output_tokens: limit });
    expect(request).not.toHaveProperty("maxOutputTokens");
    expect(echo).toMatchObject({ max_output_tokens: null });
  });

  test("are honoured and repeated in the answer", () => {
    const { request, echo } = parse({
      instructions: "Be brief.",
      temperature: 0.2,
      top_p: 0.9,
      max_output_tokens: 64,
      parallel_tool_calls: false,
      stop: "END",
      metadata: { ticket: "7" },
      truncation: "auto",
      store: false,
      user: "u",
      safety_identifier: "s",
      prompt_cache_key: "k",
    });
    expect(request).toMatchObject({
      sampling: { temperature: 0.2, topP: 0.9 },
      maxOutputTokens: 64,
      parallelToolCalls: false,
      stopSequences: ["END"],
    });
    expect(echo).toMatchObject({
      instructions: "Be brief.",
      temperature: 0.2,
      top_p: 0.9,
      max_output_tokens: 64,
      parallel_tool_calls: false,
      metadata: { ticket: "7" },
      truncation: "auto",
      store: false,
      user: "u",
      safety_identifier: "s",
      prompt_cache_key: "k",
    });
  });

  test("without effect are named", () => {
    const { ignored } = parse({
      include: ["reasoning.encrypted_content"],
      service_tier: "flex",
      top_logprobs: 3,
      max_tool_calls: 2,
      prompt_cache_key: "k",
      client_metadata: { a: "b" },
      text: { verbosity: "low" },
      reasoning: { effort: "high", summary: "auto" },
      "odd name\n": 1,
    });
    expect(ignored.toSorted()).toEqual(
      [
        "include",
        "service_tier",
        "top_logprobs",
        "max_tool_calls",
        "client_metadata",
        "text.verbosity",
        "reasoning.effort",
        "odd%20name%0A",
      ].toSorted(),
    );
  });

  test.each([
    { format: { type: "text" }, kind: { kind: "text" } },
    { format: { type: "json_object" }, kind: { kind: "json-object" } },
    {
      format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true },
      kind: { kind: "json-schema", name: "n", schema: { type: "object" } },
    },
  ])("text.format $format is $kind", ({ format, kind }) => {
    const { request, echo } = parse({ text: { format } });
    expect(request.responseFormat).toEqual(kind);
    expect(echo.text).toMatchObject({ format });
  });

  test.each([
    { body: { model: undefined }, param: "model", says: /'model' is missing/ },
    { body: { model: "" }, param: "model", says: /empty/ },
    { body: { temperature: 2.1 }, param: "temperature", says: /2/ },
    { body: { top_p: "1" }, param: "top_p", says: /number/ },
    { body: { max_output_tokens: -2 }, param: "max_output_tokens", says: />=-1/ },
    { body: { max_output_tokens: 1.5 }, param: "max_output_tokens", says: /int/ },
    { body: { text: { format: { type: "xml" } } }, param: "text.format.type", says: /json_schema/ },
    {
      body: { text: { format: { type: "json_schema", name: "n" } } },
      param: "text.format.schema",
      says: /missing/,
    },
    { body: { metadata: { a: 1 } }, param: "metadata.a", says: /string/ },
    { body: { truncation: "middle" }, param: "truncation", says: /auto/ },
    { body: { conversation: "" }, param: "conversation", says: /empty/ },
    { body: { conversation: { name: "x" } }, param: "conversation.id", says: /string/ },
    {
      body: { conversation: "conv_1", previous_response_id: "resp_1" },
      param: "conversation",
      says: /Mutually exclusive/,
    },
    { body: { prompt: { id: "pmpt_1" } }, param: "prompt", says: /instructions/ },
    { body: { background: true, store: false }, param: "store", says: /background/i },
    { body: { stream: "yes" }, param: "stream", says: /boolean/ },
  ])("$body is refused with 400", ({ body, param, says }) => {
    const error = errorOf(body);
    expect(error.status).toBe(400);
    expect(error.param).toBe(param);
    expect(error.message).toMatch(says);
  });
});

test("a request of Codex CLI in the middle of its work is understood whole", () => {
  const file = new URL("../../fixtures/openai-responses/codex.json", import.meta.url);
  const { request, tools, ignored, echo } = parse(JSON.parse(readFileSync(file, "utf8")));
  expect(
    request.messages.map(({ role, parts }) => `${role}: ${parts.map(({ type }) => type).join(" ")}`),
  ).toEqual([
    "system: text",
    "system: text text",
    "user: text",
    "user: text",
    "assistant: reasoning text tool-call tool-call",
    "tool: tool-result tool-result",
  ]);
  expect(request.messages[4]?.parts[3]).toMatchObject({ name: "multi_agent_v1__close_agent" });
  expect(request.tools.map(({ name }) => name)).toContain("multi_agent_v1__spawn_agent");
  expect(tools.find("multi_agent_v1__spawn_agent")).toEqual({
    kind: "function",
    name: "spawn_agent",
    namespace: "multi_agent_v1",
  });
  expect(ignored).toEqual(["include", "client_metadata", "tools[web_search]"]);
  expect(echo.store).toBe(false);
});
