import { describe, expect, it } from "vitest";

import { parseRequest } from "../../../src/dialects/anthropic-messages/parse-request.ts";

const schema = { type: "object", properties: {} };
const tool = (name: string, extra: Record<string, unknown> = {}) => ({
  name,
  input_schema: schema,
  ...extra,
});
const deferred = (name: string) => tool(name, { defer_loading: true });
const user = (content: unknown) => ({ role: "user", content });
const assistant = (...content: unknown[]) => ({ role: "assistant", content });
const system = (...content: unknown[]) => ({ role: "system", content });
const reference = (name: string) => ({ type: "tool_reference", name });
const found = (...names: string[]) =>
  user([
    {
      type: "tool_result",
      tool_use_id: "t1",
      content: names.map((name) => ({ type: "tool_reference", tool_name: name })),
    },
  ]);
const search = assistant({ type: "tool_use", id: "t1", name: "ToolSearch", input: { query: "web" } });

function parse(body: Record<string, unknown>) {
  return parseRequest({ model: "m", max_tokens: 9, messages: [user("Hello")], ...body });
}

/** The names that the model is offered. */
function offered(tools: unknown, messages: unknown[] = [user("Hello")], extra: Record<string, unknown> = {}) {
  return parse({ tools, messages, ...extra }).request.tools.map(({ name }) => name);
}

describe("deferred tools", () => {
  const tools = [tool("ToolSearch"), deferred("WebFetch"), deferred("DeferredToolPlaceholder")];

  it.each<[string, unknown[], string[]]>([
    ["are hidden", [user("Hello")], []],
    ["are there once a search found them", [user("Hello"), search, found("WebFetch")], ["WebFetch"]],
    [
      "are there once Anthropic's own search found them",
      [
        user("Hello"),
        assistant(
          { type: "server_tool_use", id: "s1", name: "tool_search_tool_regex", input: {} },
          {
            type: "tool_search_tool_result",
            tool_use_id: "s1",
            content: {
              type: "tool_search_tool_search_result",
              tool_references: [{ type: "tool_reference", tool_name: "WebFetch" }],
            },
          },
        ),
        user("Go on"),
      ],
      ["WebFetch"],
    ],
    [
      "are there once they were called",
      [user("Hello"), assistant({ type: "tool_use", id: "t1", name: "WebFetch", input: {} }), user("Go on")],
      ["WebFetch"],
    ],
    [
      "are there once they were added",
      [user("Hello"), system({ type: "tool_addition", tool: reference("WebFetch") })],
      ["WebFetch"],
    ],
  ])("%s", (_what, messages, expected) => {
    expect(offered(tools, messages)).toEqual(["ToolSearch", ...expected]);
  });

  it("are there when the choice names them", () => {
    const choice = { tool_choice: { type: "tool", name: "WebFetch" } };
    expect(offered(tools, [user("Hello")], choice)).toEqual(["ToolSearch", "WebFetch"]);
  });

  it("are all there when nobody could find them", () => {
    expect(offered([deferred("a"), deferred("b")])).toEqual(["a", "b"]);
    const server = { type: "tool_search_tool_bm25_20251119", name: "tool_search_tool_bm25" };
    expect(offered([server, tool("a"), deferred("b")])).toEqual(["a", "b"]);
  });
});

const add = (name: string) => ({ type: "tool_addition", tool: reference(name) });
const remove = (name: string) => ({ type: "tool_removal", tool: reference(name) });
const define = (name: string, description: string) => ({
  type: "tool_addition",
  tool: { type: "tool_definition", definition: tool(name, { description }) },
});

describe("a conversation that changes its tools", () => {
  it.each<[string, unknown[], string[]]>([
    ["a removed tool is gone", [system(remove("a"))], ["b"]],
    ["and back when it is added again", [system(remove("a")), user("x"), system(add("a"))], ["a", "b"]],
    ["a tool may be defined in it", [system(define("c", "New"))], ["a", "b", "c"]],
    ["and removed", [system(define("c", "New")), user("x"), system(remove("c"))], ["a", "b"]],
    ["one that takes the place of another is there once", [system(define("a", "New"))], ["b", "a"]],
    ["what is not there can be removed", [system(remove("x"))], ["a", "b"]],
    [
      "a compaction remembers it",
      [assistant({ type: "compaction", content: "So far", tool_changes: [define("c", "New"), remove("a")] })],
      ["b", "c"],
    ],
  ])("%s", (_what, messages, expected) => {
    expect(offered([tool("a"), tool("b")], [user("Hello"), ...messages, user("Go on")])).toEqual(expected);
  });

  it("tells the model in its place", () => {
    const messages = [user("Hello"), assistant({ type: "text", text: "Hi" }), system(add("a"), remove("b"))];
    const { request } = parse({ tools: [tool("a"), tool("b")], messages });
    expect(request.messages.at(-1)).toEqual({
      role: "system",
      parts: [
        { type: "text", text: 'The tool "a" is available from now on.' },
        { type: "text", text: 'The tool "b" is no longer available.' },
      ],
    });
  });

  it("names what has no effect: tools of MCP servers", () => {
    const change = { type: "tool_addition", tool: { type: "mcp_toolset_reference", server_name: "s" } };
    const { request, ignored } = parse({ messages: [user("Hello"), system(change)] });
    expect(ignored).toEqual(["tool_addition (mcp_toolset_reference)"]);
    expect(request.messages).toHaveLength(1);
  });

  it.each([
    ["messages.1.content.0.tool.name: Tool 'x' is neither in tools nor defined before", system(add("x"))],
    [
      "messages.1.content.0.tool.definition.input_schema: Field required",
      system({ type: "tool_addition", tool: { type: "tool_definition", definition: { name: "x" } } }),
    ],
    [
      "messages.1.content.0.type: 'tool_removal' blocks are not allowed in assistant messages",
      assistant(remove("a")),
    ],
  ])("is refused: %s", (message, wrong) => {
    expect(() => parse({ messages: [user("Hello"), wrong] })).toThrow(message);
  });
});

const texts = (messages: unknown[]) =>
  parse({ messages }).request.messages.map(({ parts }) =>
    parts.map((part) => (part.type === "text" ? part.text : "")).join(),
  );

describe("system messages", () => {
  it("stay until the user speaks again, if they say so", () => {
    const brief = { role: "system", content: "Be brief.", clear_at: "next_user_message" };
    expect(texts([user("a"), brief])).toEqual(["a", "Be brief."]);
    expect(texts([user("a"), brief, assistant({ type: "text", text: "b" })])).toHaveLength(3);
    expect(texts([user("a"), brief, assistant({ type: "text", text: "b" }), user("c")])).toEqual([
      "a",
      "b",
      "c",
    ]);
    expect(texts([user("a"), { ...brief, clear_at: "never" }, user("c")])).toEqual(["a", "Be brief.", "c"]);
  });

  it("may be nothing but settings, which are named", () => {
    const messages = [user("a"), { role: "system", output_config: { effort: "low" } }];
    expect(parse({ messages }).ignored).toEqual(["output_config.effort"]);
    expect(texts(messages)).toEqual(["a"]);
  });

  it.each([
    [
      "its own block",
      [
        { type: "text", text: "x-anthropic-billing-header: cc_version=2;" },
        { type: "text", text: "S" },
      ],
    ],
    ["a line of a text", "x-anthropic-billing-header: cc_version=2;\n\nS"],
  ])("lose the attribution of Claude Code, in %s", (_where, prompt) => {
    const { request } = parse({ system: prompt });
    expect(request.messages[0]).toEqual({ role: "system", parts: [{ type: "text", text: "S" }] });
  });

  it("that are nothing but attribution are none", () => {
    const { request } = parse({ system: "x-anthropic-billing-header: cc_version=2;" });
    expect(request.messages.map(({ role }) => role)).toEqual(["user"]);
  });
});

describe("a tool's fields", () => {
  it("teach examples of the input", () => {
    const examples = [{ city: "Oslo" }, { city: "Rome", days: 2 }];
    const { request } = parse({
      tools: [tool("weather", { description: "The weather", input_examples: examples })],
    });
    expect(request.tools[0]?.description).toBe(
      'The weather\n\nExamples of its input:\n{"city":"Oslo"}\n{"city":"Rome","days":2}',
    );
    const { request: bash } = parse({
      tools: [{ type: "bash_20250124", name: "bash", input_examples: [{ command: "ls" }] }],
    });
    expect(bash.tools[0]?.description).toMatch(/output\.\n\nExamples of its input:\n\{"command":"ls"\}$/);
  });

  it("are named when they have no effect", () => {
    const other = { allowed_callers: ["code_execution_20260120"], eager_input_streaming: false };
    const { ignored, request } = parse({
      tools: [
        tool("a", other),
        tool("b", { allowed_callers: ["direct"], eager_input_streaming: true, strict: true }),
      ],
      output_config: { task_budget: { type: "tokens", total: 1000 } },
    });
    expect(ignored).toEqual([
      "output_config.task_budget",
      "tools.allowed_callers",
      "tools.eager_input_streaming",
    ]);
    expect(request.tools).toHaveLength(2);
  });
});
