import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { parseCountTokens, parseRequest } from "../../../src/dialects/anthropic-messages/parse-request.ts";
import { GatewayError } from "../../../src/errors.ts";
import type { ChatRequest } from "../../../src/model/request.ts";

const claudeCode: unknown = JSON.parse(
  readFileSync(new URL("../../fixtures/anthropic-messages/claude-code.json", import.meta.url), "utf8"),
);

const hello = { model: "DeepSeek-V3.2", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };

function parse(overrides: Record<string, unknown>): ChatRequest {
  return parseRequest({ ...hello, ...overrides }).request;
}

/** The user turn that these blocks make. */
function userTurn(...content: unknown[]): ChatRequest["messages"] {
  return parse({ messages: [{ role: "user", content }] }).messages;
}

function result(id: string): unknown {
  return { type: "tool_result", tool_use_id: id };
}

function failure(body: unknown): GatewayError {
  try {
    parseRequest(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error("The request was accepted.");
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe("a Messages request", () => {
  it("needs no more than a model, a limit and a message", () => {
    expect(parseRequest(hello)).toEqual({
      request: {
        model: "DeepSeek-V3.2",
        messages: [{ role: "user", parts: [{ type: "text", text: "Hello" }] }],
        tools: [],
        toolChoice: { kind: "auto" },
        parallelToolCalls: true,
        responseFormat: { kind: "text" },
        sampling: {},
        maxOutputTokens: 100,
        stopSequences: [],
        reasoning: "drop",
      },
      toolsetCalls: new Map(),
      stream: false,
      ignored: [],
      spellings: {},
    });
  });

  it("is understood as Claude Code sends it", () => {
    const { request, stream, ignored, contextEdits } = parseRequest(claudeCode);
    expect(stream).toBe(true);
    expect(contextEdits).toEqual([{ kind: "clear-thinking", keep: "all" }]);
    expect(ignored).toEqual(["metadata", "output_config.effort", "tools.2 (web_search_20250305)"]);
    expect(request).toMatchObject({ model: "claude-sonnet-4-5", maxOutputTokens: 32000, reasoning: "field" });
    expect(request.tools).toEqual([
      {
        name: "Read",
        description: "Reads a file",
        parameters: {
          type: "object",
          properties: { file_path: { type: "string" } },
          required: ["file_path"],
        },
      },
      { name: "Bash", parameters: { type: "object" } },
    ]);
    expect(request.messages).toEqual([
      {
        role: "system",
        parts: [{ type: "text", text: "You are a coding agent." }],
      },
      {
        role: "user",
        parts: [
          { type: "text", text: "<system-reminder>Today is Monday.</system-reminder>" },
          { type: "text", text: "Fix the test." },
        ],
      },
      { role: "system", parts: [{ type: "text", text: "The following skills are available: none." }] },
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "First I read it." },
          { type: "text", text: "I read the test." },
          { type: "tool-call", callId: "toolu_1", name: "Read", arguments: '{"file_path":"/t.js"}' },
          { type: "tool-call", callId: "toolu_2", name: "Bash", arguments: "{}" },
        ],
      },
      {
        role: "tool",
        parts: [
          {
            type: "tool-result",
            callId: "toolu_1",
            content: [{ type: "text", text: "1 assert(false)" }],
            isError: false,
          },
          {
            type: "tool-result",
            callId: "toolu_2",
            content: [
              { type: "text", text: "exit 1" },
              { type: "image", source: { kind: "data", mediaType: "image/png", base64: "AAAA" } },
            ],
            isError: true,
          },
        ],
      },
      { role: "user", parts: [{ type: "text", text: "Go on." }] },
    ]);
  });

  it("takes null for every optional field", () => {
    const optional = [
      "system",
      "tools",
      "tool_choice",
      "thinking",
      "output_config",
      "output_format",
      "stream",
      "temperature",
      "top_p",
      "top_k",
      "stop_sequences",
      "metadata",
      "container",
    ];
    const nulls = Object.fromEntries(optional.map((name) => [name, null]));
    expect(parseRequest({ ...hello, ...nulls })).toEqual(parseRequest(hello));
  });

  it.each([
    ["temperature and top_p", { temperature: 0, top_p: 0.5 }, { sampling: { temperature: 0, topP: 0.5 } }],
    ["stop sequences", { stop_sequences: ["END", "\n"] }, { stopSequences: ["END", "\n"] }],
    [
      "a JSON schema",
      { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
      { responseFormat: { kind: "json-schema", name: "response", schema: { type: "object" } } },
    ],
    [
      "a JSON schema in beta spelling",
      { output_format: { type: "json_schema", schema: { type: "object" } } },
      { responseFormat: { kind: "json-schema", name: "response", schema: { type: "object" } } },
    ],
    ["thinking on", { thinking: { type: "enabled", budget_tokens: 2000 } }, { reasoning: "field" }],
    ["adaptive thinking", { thinking: { type: "adaptive" } }, { reasoning: "field" }],
    ["hidden thinking", { thinking: { type: "adaptive", display: "omitted" } }, { reasoning: "drop" }],
    ["thinking off", { thinking: { type: "disabled" } }, { reasoning: "drop" }],
    [
      "a system text",
      { system: "Be brief." },
      {
        messages: [
          { role: "system", parts: [{ type: "text", text: "Be brief." }] },
          { role: "user", parts: [{ type: "text", text: "Hello" }] },
        ],
      },
    ],
  ])("reads %s", (_name, fields, expected) => {
    expect(parse(fields)).toMatchObject(expected);
  });

  it("lists what has no effect, and only what was given", () => {
    const { ignored } = parseRequest({
      ...hello,
      top_k: 5,
      service_tier: "auto",
      container: "c",
      mcp_servers: [],
      thinking: { type: "enabled", budget_tokens: 1024 },
      metadata: { user_id: "u" },
      anything_new: 1,
      messages: [
        {
          role: "user",
          content: [
            { type: "document", source: { type: "text", data: "x" }, citations: { enabled: true } },
            { type: "container_upload", file_id: "file_1" },
          ],
        },
      ],
    });
    expect(ignored).toEqual([
      "top_k",
      "service_tier",
      "container",
      "metadata",
      "anything_new",
      "thinking.budget_tokens",
      "citations",
      "container_upload",
    ]);
  });

  it("counts without a limit", () => {
    const { max_tokens: _limit, ...body } = hello;
    expect(parseCountTokens(body).request).toEqual({
      ...parse({}),
      maxOutputTokens: undefined,
    });
  });
});

describe("content blocks", () => {
  it.each([
    [
      "an image by URL",
      { type: "image", source: { type: "url", url: "https://x.test/a.png" } },
      { type: "image", source: { kind: "url", url: "https://x.test/a.png" } },
    ],
    [
      "an image in a data URL",
      { type: "image", source: { type: "url", url: "data:image/png;base64,AAAA" } },
      { type: "image", source: { kind: "data", mediaType: "image/png", base64: "AAAA" } },
    ],
    [
      "a text document with title and context",
      {
        type: "document",
        title: "notes.txt",
        context: "My notes.",
        source: { type: "text", media_type: "text/plain", data: "a\nb" },
      },
      { type: "file", name: "notes.txt", mediaType: "text/plain", text: "My notes.\n\na\nb" },
    ],
    [
      "a document of blocks",
      {
        type: "document",
        source: {
          type: "content",
          content: [
            { type: "text", text: "a" },
            { type: "text", text: "b" },
          ],
        },
      },
      { type: "file", name: "document.txt", mediaType: "text/plain", text: "a\n\nb" },
    ],
    [
      "a document of one string",
      { type: "document", source: { type: "content", content: "a" } },
      { type: "file", name: "document.txt", mediaType: "text/plain", text: "a" },
    ],
    [
      "a text file in base64",
      {
        type: "document",
        source: { type: "base64", media_type: "text/markdown; charset=utf-8", data: base64("# é🙂") },
      },
      { type: "file", name: "document.txt", mediaType: "text/plain", text: "# é🙂" },
    ],
    [
      "a search result",
      {
        type: "search_result",
        title: "T",
        source: "https://x.test",
        content: [{ type: "text", text: "found" }],
      },
      { type: "text", text: "T\nhttps://x.test\nfound" },
    ],
    ["a compaction", { type: "compaction", content: "So far: …" }, { type: "text", text: "So far: …" }],
  ])("read %s", (_name, block, part) => {
    expect(userTurn(block)).toEqual([{ role: "user", parts: [part] }]);
  });

  it("keep the images of a document beside its text", () => {
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };
    const source = { type: "content", content: [{ type: "text", text: "Figure 1:" }, image] };
    expect(userTurn({ type: "document", source })).toMatchObject([
      { parts: [{ type: "file", text: "Figure 1:" }, { type: "image" }] },
    ]);
  });

  it("keep the order of results and words in one turn", () => {
    const roles = userTurn({ type: "text", text: "before" }, result("a"), result("b"), {
      type: "text",
      text: "after",
    });
    expect(roles.map((message) => `${message.role} ${message.parts.length}`)).toEqual([
      "user 1",
      "tool 2",
      "user 1",
    ]);
  });

  it("make text of everything that a tool may answer", () => {
    const content = [
      { type: "document", title: "log", source: { type: "text", data: "line" } },
      { type: "search_result", title: "T", source: "S", content: [] },
      { type: "tool_reference", tool_name: "Edit" },
    ];
    expect(userTurn({ type: "tool_result", tool_use_id: "a", content })).toMatchObject([
      {
        role: "tool",
        parts: [
          {
            content: [{ text: "log:\nline" }, { text: "T\nS" }, { text: 'The tool "Edit" is available.' }],
          },
        ],
      },
    ]);
  });

  it("show what server tools found earlier, without what only their maker can read", () => {
    const content = [
      { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "q" } },
      {
        type: "web_search_tool_result",
        tool_use_id: "srvtoolu_1",
        content: [
          { type: "web_search_result", title: "T", url: "https://x.test", encrypted_content: "SECRET" },
        ],
      },
    ];
    const messages = [...hello.messages, { role: "assistant", content }, ...hello.messages];
    expect(parse({ messages }).messages[1]).toEqual({
      role: "assistant",
      parts: [
        {
          type: "text",
          text: '[web_search result] [{"type":"web_search_result","title":"T","url":"https://x.test"}]',
        },
      ],
    });
  });

  it("leave out messages with nothing for the model", () => {
    const messages = [...hello.messages, { role: "assistant", content: [] }, ...hello.messages];
    expect(parse({ messages }).messages.map((message) => message.role)).toEqual(["user", "user"]);
  });
});

describe("tools", () => {
  const read = { name: "Read", input_schema: { type: "object" } };
  const search = { type: "web_search_20250305", name: "web_search" };

  it.each([
    ["auto", { type: "auto" }, { toolChoice: { kind: "auto" }, parallelToolCalls: true }],
    ["any", { type: "any" }, { toolChoice: { kind: "required" }, parallelToolCalls: true }],
    ["none", { type: "none" }, { toolChoice: { kind: "none" } }],
    ["one tool", { type: "tool", name: "Read" }, { toolChoice: { kind: "function", name: "Read" } }],
    ["one at a time", { type: "auto", disable_parallel_tool_use: true }, { parallelToolCalls: false }],
  ])("are chosen by %s", (_name, choice, expected) => {
    expect(parse({ tools: [read], tool_choice: choice })).toMatchObject(expected);
  });

  it("of Anthropic that the client runs get their known schema", () => {
    const { request, ignored } = parseRequest({
      ...hello,
      tools: [
        { type: "bash_20250124", name: "bash" },
        { type: "text_editor_20250728", name: "str_replace_based_edit_tool" },
        { type: "memory_20250818", name: "memory" },
        { type: "custom", ...read },
      ],
    });
    expect(ignored).toEqual([]);
    expect(request.tools.map((tool) => tool.name)).toEqual([
      "bash",
      "str_replace_based_edit_tool",
      "memory",
      "Read",
    ]);
    expect(request.tools[0]?.parameters).toMatchObject({ properties: { command: { type: "string" } } });
  });

  it("that only servers can run are left out, also when they are forced", () => {
    const forced = parseRequest({
      ...hello,
      tools: [search, { type: "code_execution_20250825\n", name: "code" }],
      tool_choice: { type: "tool", name: "web_search" },
    });
    expect(forced.request).toMatchObject({ tools: [], toolChoice: { kind: "auto" } });
    expect(forced.ignored).toEqual([
      "tools.0 (web_search_20250305)",
      "tools.1 (code_execution_20250825?)",
      "tool_choice",
    ]);
    const any = parseRequest({ ...hello, tools: [search], tool_choice: { type: "any" } });
    expect(any.request.toolChoice).toEqual({ kind: "auto" });
  });
});

describe("a wrong request is refused by the name of its field", () => {
  const block = (value: unknown) => ({ ...hello, messages: [{ role: "user", content: [value] }] });
  const tool = { name: "Read", input_schema: { type: "object" } };
  const { max_tokens: _limit, ...unlimited } = hello;

  it.each<[string, unknown]>([
    ["The request body must be a JSON object.", null],
    ["The request body must be a JSON object.", []],
    ["model: Field required", { max_tokens: 1, messages: hello.messages }],
    ["max_tokens: Field required", unlimited],
    ["max_tokens: Input should be greater than or equal to 1", { ...hello, max_tokens: 0 }],
    ["max_tokens: Input should be a valid integer", { ...hello, max_tokens: 1.5 }],
    ["messages: Field required", { ...hello, messages: undefined }],
    ["messages: at least one message is required", { ...hello, messages: [] }],
    [
      "messages: at least one message must have content",
      { ...hello, messages: [{ role: "user", content: [] }] },
    ],
    [
      "messages.0.role: Input should be 'user', 'assistant' or 'system'",
      { ...hello, messages: [{ role: "tool", content: "x" }] },
    ],
    [
      "messages.0.content: Input should be a string or a list of content blocks",
      { ...hello, messages: [{ role: "user", content: 5 }] },
    ],
    ["messages.0.content.0.text: Field required", block({ type: "text" })],
    ["messages.0.content.0.tool_use_id: Field required", block({ type: "tool_result" })],
    [
      "messages.0.content.0.type: 'tool_use' blocks are not allowed in user messages",
      block({ type: "tool_use", id: "a", name: "b", input: {} }),
    ],
    [
      "messages.0.content.0.source.type: Input should be an image source of type base64 or url",
      block({ type: "image", source: { type: "x" } }),
    ],
    [
      "messages.0.content.0.source.data: The document is not UTF-8 text in base64.",
      block({ type: "document", source: { type: "base64", media_type: "text/plain", data: "/w==" } }),
    ],
    ["temperature: Input should be less than or equal to 1", { ...hello, temperature: 1.5 }],
    ["top_p: Input should be greater than or equal to 0", { ...hello, top_p: -1 }],
    ["stop_sequences.1: stop sequences must not be empty", { ...hello, stop_sequences: ["a", ""] }],
    ["tools.0.name: Field required", { ...hello, tools: [{ input_schema: {} }] }],
    ["tools.0.input_schema: Field required", { ...hello, tools: [{ name: "a" }] }],
    ['tools.1.name: Tool names must be unique: "Read" stands twice', { ...hello, tools: [tool, tool] }],
    ["tool_choice: 'any' needs at least one tool in tools", { ...hello, tool_choice: { type: "any" } }],
    [
      "tool_choice.name: Tool 'Edit' not found in provided tools",
      { ...hello, tools: [tool], tool_choice: { type: "tool", name: "Edit" } },
    ],
    [
      "tool_choice.type: Input should be a tool choice of type auto, any, tool or none",
      { ...hello, tool_choice: { type: "x" } },
    ],
    [
      "thinking.type: Input should be 'enabled', 'adaptive' or 'disabled'",
      { ...hello, thinking: { type: "x" } },
    ],
    [
      "output_config.format.type: Input should be 'json_schema'",
      { ...hello, output_config: { format: { type: "x", schema: {} } } },
    ],
  ])("%s", (message, body) => {
    expect(failure(body)).toMatchObject({ kind: "invalid-request", message });
  });

  it.each([
    ["an unknown block", block({ type: "hologram" }), "messages.0.content.0.type", /text, image, document/],
    [
      "an image of the Files API",
      block({ type: "image", source: { type: "file", file_id: "f" } }),
      "messages.0.content.0.source",
      /base64/,
    ],
    [
      "a PDF",
      block({ type: "document", source: { type: "base64", media_type: "application/pdf", data: "" } }),
      "messages.0.content.0.source.media_type",
      /Extract its text/,
    ],
    [
      "a compaction",
      { ...hello, compaction: { type: "summarize" } },
      "compaction",
      /Ask the model for a summary/,
    ],
    [
      "a document by URL",
      block({ type: "document", source: { type: "url", url: "https://x.test" } }),
      "messages.0.content.0.source",
      /send the text itself/,
    ],
  ])("says what works instead of %s", (_name, body, param, message) => {
    const error = failure(body);
    expect(error.status).toBe(400);
    expect(error.param).toBe(param);
    expect(error.message).toMatch(message);
  });
});
