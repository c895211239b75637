/** What the OpenAI APIs name as ignored inside their parameters, and what they refuse because it must not pass for done. */
import { describe, expect, test } from "vitest";

import { parseRequest } from "../../src/dialects/openai-chat/parse-request.ts";
import type { GatewayError } from "../../src/errors.ts";
import { post } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";
import { parse } from "./openai-responses/make-writer.ts";

const user = { role: "user", content: "Hi" };
const chat = (fields: Record<string, unknown>) => parseRequest({ model: "m", messages: [user], ...fields });
const definition = { name: "look", parameters: { type: "object" } };

describe("Chat Completions names", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ["a search without settings", { web_search_options: {} }, ["web_search_options"]],
    ["no search", { web_search_options: null }, []],
    ["a tier", { service_tier: "priority" }, ["service_tier"]],
    ["no tier", { service_tier: "auto" }, []],
    [
      "obfuscation",
      { stream_options: { include_obfuscation: true } },
      ["stream_options.include_obfuscation"],
    ],
    ["none of it", { stream_options: { include_obfuscation: false, include_usage: true } }, []],
    [
      "fields of tools, each once",
      {
        tools: [
          { type: "function", function: { ...definition, defer_loading: true } },
          { type: "function", function: { ...definition, name: "b" }, defer_loading: true },
          { type: "custom", custom: { name: "c", cache_control: { type: "ephemeral" } } },
        ],
      },
      ["tools.defer_loading", "tools.cache_control"],
    ],
    ["a tool by itself, not its settings", { tools: [{ type: "mcp", server_url: "x" }] }, ["tools[0]"]],
    [
      "fields of parts",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit" } },
              { type: "image_url", image_url: { url: "https://a.example/a.png", detail: "high" } },
              { type: "image_url", image_url: { url: "https://a.example/a.png", detail: "auto" } },
            ],
          },
        ],
      },
      ["messages.content.prompt_cache_breakpoint", "messages.content.image_url.detail"],
    ],
    [
      "the name of a system message",
      { messages: [{ role: "system", name: "Ann", content: "x" }, user] },
      ["messages.name"],
    ],
  ])("%s", (_, fields, names) => {
    expect(chat(fields).ignored).toEqual(names);
  });
});

describe("Responses names", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    [
      "how to think",
      { reasoning: { mode: "pro", context: "all_turns" } },
      ["reasoning.mode", "reasoning.context"],
    ],
    ["not what is so anyway", { reasoning: { mode: "standard", context: "current_turn" } }, []],
    [
      "fields of tools in namespaces",
      {
        tools: [
          {
            type: "namespace",
            name: "n",
            description: "d",
            tools: [{ type: "function", ...definition, output_schema: { type: "string" } }],
          },
        ],
      },
      ["tools.output_schema"],
    ],
    ["callers", { tools: [{ type: "shell", allowed_callers: ["programmatic"] }] }, ["tools.allowed_callers"]],
    ["not the usual caller", { tools: [{ type: "shell", allowed_callers: ["direct", "programmatic"] }] }, []],
    [
      "fields of a nested tool",
      { tools: [{ type: "function", function: definition, defer_loading: true }] },
      ["tools.defer_loading"],
    ],
    [
      "an effort that changes on the way",
      { input: [user, { type: "configuration_update", reasoning: { effort: "low" } }, user] },
      ["input[configuration_update].reasoning"],
    ],
    [
      "the tools of items",
      {
        input: [
          { type: "additional_tools", tools: [{ type: "function", ...definition, async: true }] },
          user,
        ],
      },
      ["tools.async"],
    ],
    [
      "what allowed_tools lists and nobody offers",
      {
        tools: [{ type: "function", ...definition }, { type: "mcp" }],
        tool_choice: {
          type: "allowed_tools",
          mode: "auto",
          tools: [
            { type: "function", name: "look" },
            { type: "mcp", server_label: "x" },
          ],
        },
      },
      ["tools[mcp]", "tool_choice"],
    ],
  ])("%s", (_, fields, names) => {
    expect(parse(fields).ignored).toEqual(names);
  });
});

describe.each([
  ["Chat Completions", chat],
  ["Responses", parse],
] as const)("%s refuses", (_, read) => {
  test.each([
    ["moderation.policy.output", { moderation: { model: "m", policy: { output: { mode: "block" } } } }],
    ["moderation.policy.input", { moderation: { model: "m", policy: { input: { mode: "block" } } } }],
    ["prompt_cache_options.prewarm", { prompt_cache_options: { prewarm: true } }],
  ])("%s", (param, fields) => {
    expect(() => read(fields)).toThrow(
      expect.objectContaining({ kind: "unsupported", param }) as GatewayError,
    );
  });
});

describe("input_examples are taught to the model", () => {
  const examples = [{ at: "the harbour" }, { at: "the moon" }];
  const own = { ...definition, description: "Looks.", input_examples: examples };
  const { input_examples: _, ...plain } = own;

  test.each<[string, string, object]>([
    [
      "Chat Completions",
      "chat/completions",
      { messages: [user], tools: [{ type: "function", function: own }] },
    ],
    [
      "Chat Completions, beside the function",
      "chat/completions",
      { messages: [user], tools: [{ type: "function", function: plain, input_examples: examples }] },
    ],
    ["functions of Chat Completions", "chat/completions", { messages: [user], functions: [own] }],
    ["Responses", "responses", { input: "Hi", tools: [{ type: "function", ...own }] }],
    ["Responses, nested", "responses", { input: "Hi", tools: [{ type: "function", function: own }] }],
    [
      "a namespace",
      "responses",
      { input: "Hi", tools: [{ type: "namespace", name: "n", tools: [{ type: "function", ...own }] }] },
    ],
    [
      "a custom tool",
      "responses",
      {
        input: "Hi",
        tools: [{ type: "custom", name: "c", input_examples: ['{"at":"the harbour"}', '{"at":"the moon"}'] }],
      },
    ],
  ])("%s", async (_name, route, fields) => {
    await using stack = await startStack({ env: { TOOL_DETAIL: "full" } });
    stack.simulator.enqueue({ text: "Hello." });
    const reply = await post(`${stack.url}/v1/${route}`, { model: "DeepSeek-V3.2", ...fields });
    expect(reply.status, reply.text).toBe(200);
    expect(reply.headers["x-ignored-parameters"]).toBeUndefined();
    const sent = JSON.stringify(stack.simulator.chats[0]?.body).replaceAll("\\", "");
    for (const { at } of examples) expect(sent).toContain(`{"at":"${at}"}`);
  });

  test("and bounded as schemas are", () => {
    const deep = Array.from({ length: 300 }).reduce<object>((inner) => ({ inner }), {});
    const tools = [{ type: "function", ...definition, input_examples: [deep] }];
    expect(() => parse({ tools })).toThrow(
      expect.objectContaining({ param: "tools[0].input_examples" }) as GatewayError,
    );
    expect(() => chat({ tools })).toThrow(
      expect.objectContaining({ param: "tools[0].input_examples" }) as GatewayError,
    );
  });
});
