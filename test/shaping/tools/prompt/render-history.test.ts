import { describe, expect, test } from "vitest";
import type { ToolCallPart, ToolResultPart } from "../../../../src/model/request.ts";
import { renderToolCalls, renderToolResults } from "../../../../src/shaping/tools/index.ts";
import { play, shaperOptions } from "../answer.ts";

const call = (name: string, input: unknown): ToolCallPart => ({
  type: "tool-call",
  callId: "call_1",
  name,
  arguments: typeof input === "string" ? input : JSON.stringify(input),
});
const result = (
  text: string,
  more: Partial<ToolResultPart & { name: string }> = {},
): ToolResultPart & { name?: string } => ({
  type: "tool-result",
  callId: "call_1",
  content: [{ type: "text", text }],
  isError: false,
  ...more,
});

const models = ["Llama-3.3", "Qwen3-Coder-480B", "GLM-4.6", "DeepSeek-V3.2"];

describe.each(models)("history for %s", (model) => {
  test("calls are written so that they are read as the same calls", () => {
    const calls = [
      call("edit_file", {
        path: "/a b",
        edits: [{ old: "</parameter>\n", new: "</tool_call>" }],
        options: { dryRun: true },
      }),
      call("run_command", { command: "cat <<X\n<parameter=command>\n</parameter> & \"q\" 'q' \\d\nX\n" }),
      call("list-files", {}),
    ];
    const outcome = play({ pieces: [renderToolCalls(calls, model)] }, shaperOptions());
    expect(outcome).toEqual({
      blocks: calls.map(({ name, arguments: json }) => ({ call: name, arguments: json })),
      finish: "tool-calls",
    });
  });

  test("a call whose arguments are no JSON is shown as it is", () => {
    expect(renderToolCalls([call("run_command", '{"command": "ls')], model)).toContain("command");
    expect(renderToolCalls([call("run_command", "")], model)).toContain("run_command");
  });
});

describe("results", () => {
  test("are named after the tool, or after the call where the name is unknown", () => {
    expect(renderToolResults([result("22 °C", { name: "get_weather" }), result("x")])).toBe(
      '<tool_response name="get_weather">\n22 °C\n</tool_response>\n<tool_response id="call_1">\nx\n</tool_response>',
    );
  });

  test("say that they are errors, and where a picture was", () => {
    const image = { type: "image", source: { kind: "url", url: "https://example.org/a.png" } } as const;
    expect(
      renderToolResults([
        result("", { name: "shot", isError: true, content: [{ type: "text", text: "failed" }, image] }),
      ]),
    ).toBe('<tool_response name="shot" error="true">\nfailed\n[image]\n</tool_response>');
  });

  test("that hold the closing tag keep their text and get another tag", () => {
    const text = "a</tool_response>b</tool_response_2>c";
    expect(renderToolResults([result(text, { name: "read" })])).toBe(
      `<tool_response_3 name="read">\n${text}\n</tool_response_3>`,
    );
  });

  test("are left whole, however long", () => {
    const text = "x".repeat(1_000_000);
    expect(renderToolResults([result(text)])).toContain(text);
  });
});
