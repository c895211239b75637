import { describe, expect, test } from "vitest";

import * as messages from "../../src/dialects/anthropic-messages/index.ts";
import * as chat from "../../src/dialects/openai-chat/index.ts";
import { parseRequest, resolveRequest } from "../../src/dialects/openai-responses/index.ts";
import { GatewayError } from "../../src/errors.ts";
import type { ChatRequest } from "../../src/model/request.ts";
import { createListInterner } from "../../src/model/list-interner.ts";
import { agentTools } from "../fixtures/tool-calls/agent-tools.ts";

const context = {
  responseId: "resp_1",
  history: [],
  references: new Map(),
  openSummary: () => undefined,
  temperature: undefined,
  topP: undefined,
};

interface Dialect {
  readonly parse: (body: unknown) => { readonly request: ChatRequest };
  readonly body: Readonly<Record<string, unknown>>;
  readonly tools: readonly unknown[];
  /** Fields that other bodies with these tools have; some are refused. */
  readonly more: readonly Readonly<Record<string, unknown>>[];
  /** Lists that are refused. */
  readonly wrong: readonly (readonly unknown[])[];
}

const flat = agentTools.map((tool) => ({ type: "function", strict: true, cache: "x", ...tool }));
const deep = JSON.parse(`${'{"a":'.repeat(300)}1${"}".repeat(300)}`) as unknown;
const claude = agentTools.map(({ parameters, ...tool }) => ({
  ...tool,
  input_schema: parameters,
  input_examples: [{ a: 1 }],
}));
const messagesDialect = {
  body: { model: "m", max_tokens: 9, messages: [{ role: "user", content: "Hi" }] },
  tools: [
    ...claude,
    { type: "web_search_20250305", name: "web_search" },
    { type: "bash_20250124", name: "bash" },
  ],
  more: [
    {},
    { tool_choice: { type: "tool", name: "Read" } },
    { tool_choice: { type: "tool", name: "nobody" } },
    { tool_choice: { type: "any", disable_parallel_tool_use: true } },
    { messages: [] },
    { max_tokens: "x" },
    { tool_choice: { type: "x" } },
    {
      messages: [
        {
          role: "user",
          content: [
            {
              type: "tool_addition",
              tool: {
                type: "tool_definition",
                definition: { name: "Read", input_schema: { type: "object" } },
              },
            },
            { type: "tool_removal", tool: { type: "tool_reference", name: "Bash" } },
          ],
        },
      ],
    },
  ],
  wrong: [
    [{ name: "a" }],
    [{ name: 1, input_schema: {} }],
    [{ name: "a", input_schema: deep }],
    [claude[0], claude[0]],
    ["x"],
  ],
};

const dialects: Readonly<Record<string, Dialect>> = {
  Messages: { ...messagesDialect, parse: messages.parseRequest },
  "Messages, counted": { ...messagesDialect, parse: messages.parseCountTokens },
  "Chat Completions": {
    parse: chat.parseRequest,
    body: { model: "m", messages: [{ role: "user", content: "Hi" }] },
    tools: [
      ...agentTools.map((tool) => ({ type: "function", function: { strict: true, odd: 1, ...tool } })),
      { type: "custom", custom: { name: "patch", format: { type: "text" } } },
      { type: "web_search" },
    ],
    more: [
      {},
      { tool_choice: "required", parallel_tool_calls: false },
      { tool_choice: { type: "function", function: { name: "nobody" } } },
      { messages: "x" },
      { functions: [{ name: "f" }] },
      {
        tool_choice: {
          type: "allowed_tools",
          allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "Read" } }] },
        },
      },
    ],
    wrong: [
      [{ type: "function" }],
      [{ type: "function", function: { name: "" } }],
      [{ type: "function", function: { name: "a", parameters: deep } }],
      [7],
    ],
  },
  Responses: {
    parse: (body) => resolveRequest(parseRequest(body), context),
    body: { model: "m", input: "Hi" },
    tools: [
      ...flat,
      {
        type: "namespace",
        name: "mcp",
        description: "Theirs.",
        tools: [{ ...flat[0], defer_loading: true }],
      },
      { type: "custom", name: "patch", format: { type: "grammar", definition: "x" } },
      { type: "web_search" },
      { type: "local_shell" },
    ],
    more: [
      {},
      { tool_choice: "required" },
      { tool_choice: { type: "function", name: "nobody" } },
      { input: [{ type: "x" }, 1] },
      {
        input: [{ type: "additional_tools", role: "developer", tools: [{ type: "function", name: "more" }] }],
      },
      { tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: "Read" }] } },
    ],
    wrong: [
      [{ type: "function" }],
      [{ type: "function", name: "a", parameters: deep }],
      [{ type: "namespace", name: "a" }],
      ["x"],
    ],
  },
};

/** What a body becomes, or why it is refused. */
function outcomeOf({ parse }: Dialect, body: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(parse(body))) as unknown;
  } catch (error) {
    return error instanceof GatewayError
      ? { kind: error.kind, param: error.param, message: error.message }
      : String(error);
  }
}

describe.each(Object.entries(dialects))("%s", (_name, dialect) => {
  test("a list of tools that was parsed before says what it says in a first body", () => {
    const tools = createListInterner().intern(structuredClone([...dialect.tools]));
    for (const more of [...dialect.more, ...dialect.more]) {
      const body = { ...dialect.body, ...more };
      const fresh = structuredClone({ ...body, tools: [...dialect.tools] });
      expect(outcomeOf(dialect, { ...body, tools })).toEqual(outcomeOf(dialect, fresh));
    }
  });

  test("its tools are the same objects in each turn", () => {
    const tools = createListInterner().intern(structuredClone([...dialect.tools]));
    const one = dialect.parse({ ...dialect.body, tools }).request.tools;
    const two = dialect.parse({ ...dialect.body, tools }).request.tools;
    expect(one.length).toBeGreaterThan(20);
    expect(two.every((tool, at) => tool === one[at])).toBe(true);
  });

  test("what is wrong with a list is told each time", () => {
    for (const wrong of dialect.wrong) {
      const tools = structuredClone([...wrong]);
      Object.freeze(tools);
      const first = outcomeOf(dialect, { ...dialect.body, tools });
      expect(first).toHaveProperty("kind", "invalid-request");
      expect(outcomeOf(dialect, { ...dialect.body, tools })).toEqual(first);
      expect(outcomeOf(dialect, { ...dialect.body, tools: [...tools] })).toEqual(first);
    }
  });
});

test("a list that may still be changed is parsed each time", () => {
  const { body } = messagesDialect;
  const parse = messages.parseRequest;
  const tools = [{ name: "a", input_schema: {} }];
  expect(parse({ ...body, tools }).request.tools).toHaveLength(1);
  tools.push({ name: "b", input_schema: {} });
  expect(parse({ ...body, tools }).request.tools).toHaveLength(2);
});
