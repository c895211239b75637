import { describe, expect, test } from "vitest";
import { GatewayError } from "../../../src/errors.ts";
import { createBlockWriter } from "../../../src/model/block-writer.ts";
import { checkEvents } from "./check-events.ts";
import { makeWriter, parse } from "./make-writer.ts";

const tools = [{ type: "shell" }, { type: "apply_patch" }, { type: "local_shell" }];

function result(callId: string, text: string, isError = false) {
  return { type: "tool-result", callId, content: [{ type: "text", text }], isError };
}

/** The item that a call with these arguments becomes; the events of it are checked. */
function itemOf(name: string, args: unknown, declared: readonly object[] = tools): Record<string, unknown> {
  const blocks = createBlockWriter("m");
  blocks.openToolCall("call_a", name);
  blocks.writeArguments(typeof args === "string" ? args : JSON.stringify(args));
  blocks.finish({ kind: "tool-calls" }, { inputTokens: 1, outputTokens: 1, estimated: false });
  const writer = makeWriter({ tools: declared });
  const { output } = checkEvents(blocks.take().flatMap((event) => writer.push(event)));
  expect(output).toHaveLength(1);
  return { ...output[0] };
}

describe("a call of shell", () => {
  const action = { timeout_ms: null, max_output_length: null };

  test.each([
    [{ commands: ["ls -l", "cat a"] }, { ...action, commands: ["ls -l", "cat a"] }],
    [
      { commands: ["ls"], timeout_ms: 500, max_output_length: 900 },
      { commands: ["ls"], timeout_ms: 500, max_output_length: 900 },
    ],
    [{ commands: "ls" }, { ...action, commands: ["ls"] }],
    [{ command: "ls" }, { ...action, commands: ["ls"] }],
    ["ls -l", { ...action, commands: ["ls -l"] }],
    ["7", { ...action, commands: ["7"] }],
    [{}, { ...action, commands: [] }],
    [
      { commands: null, workdir: "/" },
      { ...action, commands: [] },
    ],
    [{ commands: { a: 1 } }, { ...action, commands: [] }],
    ['{"commands":["rm -rf /tmp/x', { ...action, commands: [] }],
  ])("%j is an action", (args, expected) => {
    expect(itemOf("shell", args)).toEqual({
      type: "shell_call",
      id: "sh_1o0",
      status: "completed",
      call_id: "call_a",
      action: expected,
      environment: { type: "local" },
    });
  });
});

describe("a call of apply_patch", () => {
  const hunk = "@@ function sum\n a\n-b\n+c  \n \n";

  test.each([
    [
      "as it is",
      { operation: "update_file", path: "a.js", diff: hunk },
      { type: "update_file", path: "a.js", diff: hunk },
    ],
    [
      "in the wrapping of Codex' patches",
      {
        operation: "update_file",
        path: "a.js",
        diff: `*** Begin Patch\n*** Update File: a.js\n${hunk}*** End Patch\n`,
      },
      { type: "update_file", path: "a.js", diff: hunk },
    ],
    [
      "as git writes it",
      {
        operation: "update_file",
        path: "a.js",
        diff: "diff --git a/a.js b/a.js\nindex 1f..2e 100644\n--- a/a.js\n+++ b/a.js\n@@ -1,3 +1,3 @@ function sum\n-b\n+c\n@@ -9 +9 @@\n-d\n+e",
      },
      { type: "update_file", path: "a.js", diff: "@@ function sum\n-b\n+c\n@@\n-d\n+e\n" },
    ],
    [
      "for a new file",
      { operation: "create_file", path: "n", diff: "+a\n+\n+b" },
      { type: "create_file", path: "n", diff: "+a\n+\n+b\n" },
    ],
    [
      "with blank lines unmarked",
      { operation: "create_file", path: "n", diff: "+a\n\n+b\n" },
      { type: "create_file", path: "n", diff: "+a\n+\n+b\n" },
    ],
    [
      "with the text alone",
      { operation: "create_file", path: "n", diff: "a\n\n+b\n" },
      { type: "create_file", path: "n", diff: "+a\n+\n++b\n" },
    ],
    ["for a deletion", { operation: "delete_file", path: "n", diff: "" }, { type: "delete_file", path: "n" }],
  ])("takes a diff %s", (_name, args, operation) => {
    expect(itemOf("apply_patch", args)).toEqual({
      type: "apply_patch_call",
      id: "apc_1o0",
      status: "completed",
      call_id: "call_a",
      operation,
    });
  });

  test("that is broken off is still in progress: the item has no other word for it", () => {
    const blocks = createBlockWriter("m");
    blocks.openToolCall("call_a", "apply_patch");
    blocks.writeArguments('{"operation":"delete_file","path":"a"}');
    const writer = makeWriter({ tools });
    for (const event of blocks.take()) writer.push(event);
    writer.fail(new GatewayError("upstream-truncated", "Cut."));
    expect(writer.response().output).toMatchObject([{ type: "apply_patch_call", status: "in_progress" }]);
  });
});

describe("the tools", () => {
  test("are offered, and echoed as they came", () => {
    const { request, echo, ignored } = parse({ tools });
    expect(request.tools.map(({ name }) => name)).toEqual(["shell", "apply_patch", "local_shell"]);
    expect(echo.tools).toEqual(tools);
    expect(ignored).toEqual([]);
  });

  test("have the skills of a local environment in their description", () => {
    const skills = [{ name: "pdf", description: "Reads PDFs.", path: "/skills/pdf" }];
    const { request } = parse({ tools: [{ type: "shell", environment: { type: "local", skills } }] });
    expect(request.tools[0]?.description).toContain("- pdf (/skills/pdf): Reads PDFs.");
  });

  test.each(["container_auto", "container_reference"])("leave out a shell in a %s, and name it", (type) => {
    const { request, ignored } = parse({
      tools: [{ type: "shell", environment: { type, container_id: "c" } }],
      tool_choice: { type: "shell" },
    });
    expect(request.tools).toEqual([]);
    expect(ignored).toEqual(["tools[shell]", "tool_choice"]);
  });

  test("stand beside functions of the same names", () => {
    const named = ["shell", "apply_patch"].map((name) => ({ type: "function", name, parameters: {} }));
    const declared = [...named, { type: "custom", name: "apply_patch" }, ...tools];
    const { request, tools: table } = parse({ tools: declared });
    const kinds = request.tools.map(({ name }) => [name, table.find(name)?.kind]);
    expect(kinds).toEqual([
      ["shell", "function"],
      ["apply_patch", "function"],
      ["shell_2", "shell"],
      ["apply_patch_2", "apply_patch"],
      ["local_shell", "local_shell"],
    ]);
    expect(itemOf("shell_2", { commands: ["ls"] }, declared)).toMatchObject({ type: "shell_call" });
    expect(itemOf("shell", {}, declared)).toMatchObject({ type: "function_call", name: "shell" });
    const { request: chosen } = parse({ tools: declared, tool_choice: { type: "shell" } });
    expect(chosen.toolChoice).toEqual({ kind: "function", name: "shell_2" });
  });

  test.each(["shell", "apply_patch", "local_shell"])(
    "can be chosen, alone allowed, or missed: %s",
    (type) => {
      expect(parse({ tools, tool_choice: { type } }).request.toolChoice).toEqual({
        kind: "function",
        name: type,
      });
      const allowed = { type: "allowed_tools", mode: "required", tools: [{ type }] };
      const { request } = parse({ tools, tool_choice: allowed });
      expect(request.tools.map(({ name }) => name)).toEqual([type]);
      expect(request.toolChoice).toEqual({ kind: "required" });
      const others = [{ type: "function", name: "f" }];
      expect(() => parse({ tools: others, tool_choice: { type } })).toThrow(
        `names '${type}', which is not among`,
      );
      const same = [{ type: "function", name: type }];
      expect(() => parse({ tools: same, tool_choice: { type } })).toThrow(
        `names '${type}', which is not among`,
      );
    },
  );
});

test("calls and outputs of the history reach the model as it writes and reads them", () => {
  const input = [
    { type: "message", role: "user", content: "Go" },
    {
      type: "shell_call",
      call_id: "c1",
      action: { commands: ["ls", "cat x"], timeout_ms: 9, max_output_length: null },
      status: "completed",
    },
    {
      type: "apply_patch_call",
      call_id: "c2",
      status: "completed",
      operation: { type: "update_file", path: "a", diff: "@@\n-b\n+c" },
    },
    {
      type: "apply_patch_call",
      call_id: "c3",
      status: "completed",
      operation: { type: "delete_file", path: "a" },
    },
    {
      type: "shell_call_output",
      call_id: "c1",
      max_output_length: 900,
      output: [
        { stdout: "a\nb\n", stderr: "", outcome: { type: "exit", exit_code: 0 } },
        { stdout: "", stderr: "no x\n", outcome: { type: "timeout" } },
      ],
    },
    { type: "apply_patch_call_output", call_id: "c2", status: "failed", output: "No such line." },
    { type: "apply_patch_call_output", call_id: "c3", status: "completed" },
  ];
  const { request, inputItems, ignored } = parse({ input, tools });
  const [, assistant, results] = request.messages;
  expect(assistant?.parts).toEqual([
    {
      type: "tool-call",
      callId: "c1",
      name: "shell",
      arguments: '{"commands":["ls","cat x"],"timeout_ms":9}',
    },
    {
      type: "tool-call",
      callId: "c2",
      name: "apply_patch",
      arguments: '{"operation":"update_file","path":"a","diff":"@@\\n-b\\n+c"}',
    },
    {
      type: "tool-call",
      callId: "c3",
      name: "apply_patch",
      arguments: '{"operation":"delete_file","path":"a"}',
    },
  ]);
  expect(results?.parts).toEqual([
    result("c1", "Command 1:\na\nb\n(exit code 0)\n\nCommand 2:\nstderr:\nno x\n(timed out)"),
    result("c2", "No such line.", true),
    result("c3", "The patch was applied."),
  ]);
  expect(inputItems.map(({ id }) => id)).toEqual([
    "msg_1i0",
    "sh_1i1",
    "apc_1i2",
    "apc_1i3",
    "sh_1i4",
    "apc_1i5",
    "apc_1i6",
  ]);
  expect(ignored).toEqual([]);
});

test.each([
  [{ type: "shell_call", call_id: "c", action: {} }, "input[0].action.commands"],
  [
    { type: "apply_patch_call", call_id: "c", operation: { type: "rename_file", path: "a" } },
    "input[0].operation.type",
  ],
  [{ type: "shell_call_output", call_id: "c" }, "input[0].output"],
])("%j is refused by the name of its field", (item, param) => {
  expect(() => parse({ input: [item] })).toThrow(expect.objectContaining({ kind: "invalid-request", param }));
});
