import { describe, expect, it } from "vitest";
import { z } from "zod";

import { parseRequest } from "../../../src/dialects/anthropic-messages/parse-request.ts";
import { encodeResponse } from "../../../src/dialects/anthropic-messages/encode-response.ts";
import { createStreamEncoder } from "../../../src/dialects/anthropic-messages/encode-stream.ts";
import type { ChatEvent } from "../../../src/model/events.ts";

const browser = { type: "browser_toolset_20260801" };
const computer = { type: "computer_toolset_20260801" };
const hello = { role: "user", content: "Hello" };

function parse(tools: unknown[], body: Record<string, unknown> = {}) {
  return parseRequest({ model: "m", max_tokens: 9, messages: [hello], tools, ...body });
}
const offered = (...args: Parameters<typeof parse>) => parse(...args).request.tools.map(({ name }) => name);

describe("a toolset", () => {
  it("offers each member as a tool of its own", () => {
    const names = offered([browser, computer]);
    expect(names).toEqual(
      expect.arrayContaining(["browser_navigate", "browser_wait", "computer_wait", "computer_zoom"]),
    );
    expect(new Set(names).size).toBe(names.length);
    const { request } = parse([browser]);
    expect(request.tools.find(({ name }) => name === "browser_form_input")?.parameters).toMatchObject({
      properties: { target: { properties: { type: { const: "ref" } } }, value: {}, tab_id: {} },
      required: ["target", "value"],
    });
  });

  it("leaves out what configs disables, and what nobody enabled", () => {
    expect(offered([computer])).toContain("computer_left_click");
    expect(offered([{ ...computer, configs: { left_click: { enabled: false } } }])).not.toContain(
      "computer_left_click",
    );
    expect(offered([browser])).not.toContain("browser_javascript_exec");
    const configs = { javascript_exec: { enabled: true }, wait: null, find: {} };
    expect(offered([{ ...browser, configs }])).toEqual(
      expect.arrayContaining(["browser_javascript_exec", "browser_wait", "browser_find"]),
    );
  });

  it("is hidden as a whole when it is deferred", () => {
    const deferred = { ...browser, configs: { navigate: { defer_loading: true } } };
    const search = { name: "find_tools", input_schema: {} };
    expect(offered([search, deferred])).toEqual(["find_tools"]);
    const messages = [
      hello,
      {
        role: "system",
        content: [{ type: "tool_addition", tool: { type: "tool_reference", name: "browser" } }],
      },
    ];
    expect(offered([search, deferred], { messages })).toContain("browser_navigate");
  });

  it("may stand in a conversation's change", () => {
    const add = { type: "tool_addition", tool: { type: "tool_definition", definition: computer } };
    expect(offered([], { messages: [hello, { role: "system", content: [add] }] })).toContain("computer_type");
  });

  it("can't be chosen as a whole", () => {
    const { request, ignored } = parse([computer], { tool_choice: { type: "tool", name: "computer" } });
    expect(request.toolChoice).toEqual({ kind: "auto" });
    expect(ignored).toEqual(["tool_choice"]);
  });

  it("comes back in the history under the names of the model", () => {
    const messages = [
      hello,
      {
        role: "assistant",
        content: [
          {
            type: "tool_use",
            id: "t",
            name: "navigate",
            toolset_name: "browser",
            input: { url: "a.example" },
          },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "t",
            toolset_name: "browser",
            content: [
              { type: "text", text: "ok" },
              {
                type: "browser_state",
                tabs: [
                  { tab_id: "1", title: "A", url: "https://a.example", active: true },
                  { tab_id: "2", title: "B", url: "https://b.example" },
                ],
                state_changes: [{ type: "tab_opened", tab_id: "2" }],
              },
            ],
          },
        ],
      },
    ];
    const { request } = parse([browser], { messages });
    expect(request.messages[1]?.parts[0]).toMatchObject({ name: "browser_navigate" });
    expect(request.messages[2]?.parts[0]).toMatchObject({
      content: [
        { text: "ok" },
        {
          text: 'Tabs:\n- 1: A <https://a.example> (active)\n- 2: B <https://b.example>\n{"type":"tab_opened","tab_id":"2"}',
        },
      ],
    });
  });

  it("is called by its own names, streamed and whole", () => {
    const { toolsetCalls } = parse([browser]);
    const call = { kind: "tool-call", callId: "t", name: "browser_navigate" } as const;
    const response = {
      model: "m",
      blocks: [{ ...call, arguments: '{"url":"a.example"}' }],
      finish: { kind: "tool-calls" },
      usage: { estimated: true },
    } as const;
    const block = { type: "tool_use", id: "t", name: "navigate", toolset_name: "browser" };
    expect(encodeResponse(response, { messageId: "msg_1", toolsetCalls }).content).toEqual([
      { ...block, input: { url: "a.example" } },
    ]);
    const encoder = createStreamEncoder({ messageId: "msg_1", requestId: "r", toolsetCalls });
    const start: ChatEvent = { type: "block-start", index: 0, block: call };
    const data = /^data: (.*)$/m.exec(encoder.push(start))?.[1] ?? "";
    expect(JSON.parse(data)).toMatchObject({ content_block: { ...block, input: {} } });
  });
});

describe("the computer tool", () => {
  const display = { name: "computer", display_width_px: 1024, display_height_px: 768 };
  const actions = (type: string, extra: Record<string, unknown> = {}) => {
    const [tool] = parse([{ type, ...display, ...extra }]).request.tools;
    expect(tool).toMatchObject({ name: "computer", description: expect.stringContaining("1024 by 768") });
    const { properties } = z
      .object({ properties: z.object({ action: z.object({ enum: z.array(z.string()) }) }) })
      .parse(tool?.parameters);
    return properties.action.enum;
  };

  it("has the actions of its version", () => {
    expect(actions("computer_20241022")).not.toContain("scroll");
    expect(actions("computer_20250124")).toEqual(expect.arrayContaining(["scroll", "hold_key", "wait"]));
    expect(actions("computer_20251124")).not.toContain("zoom");
    expect(actions("computer_20251124", { enable_zoom: true })).toContain("zoom");
  });

  it("of an unknown version is left out and named", () => {
    expect(parse([{ type: "computer_20300101", ...display }]).ignored).toEqual([
      "tools.0 (computer_20300101)",
    ]);
  });
});
