import { expect, test } from "vitest";

import { describeNativeCall } from "../../../src/shaping/tools/index.ts";
import type { ToolRequest } from "../../../src/shaping/tools/index.ts";

const tool = (name: string) => ({ name, parameters: { type: "object" }, strict: false }) as const;
const request: ToolRequest = {
  tools: [tool("read_file"), tool("$&")],
  toolChoice: { kind: "auto" },
  parallelToolCalls: true,
};

test.each([
  ["Llama-3", '{"name": "read_file", "arguments"'],
  ["Qwen3-Coder-480B", "<function=read_file>"],
  ["GLM-4.6", "<tool_call>read_file\n"],
  ["DeepSeek-V3.2", '<invoke name="read_file">'],
])("%s is shown its own form with the tool's name", (model, form) => {
  expect(describeNativeCall("Read_File", { request, model })).toContain(form);
});

test.each([
  "read_file:0",
  "functions.read_file:12",
  "functions::read_file",
  "default_api.read_file",
  "read_file<|channel|>json",
  "<|constrain|>read_file",
  "assistant<|channel|>commentary to=functions.read_file",
  "read_file()",
  "`read_file`",
  "read_file\u200b",
])("what a back end leaves around a name is none of it: %j", (name) => {
  expect(describeNativeCall(name, { request, model: "m" })).toContain('{"name": "read_file", ');
});

test("a name is no pattern", () => {
  expect(describeNativeCall("$&", { request, model: "m" })).toContain('{"name": "$&", ');
});

test("nothing is said of a tool that is not offered", () => {
  expect(describeNativeCall("browser.search", { request, model: "m" })).toBeUndefined();
  expect(describeNativeCall("", { request, model: "m" })).toBeUndefined();
});

test("without a name the form has none, unless one tool must be called", () => {
  expect(describeNativeCall(undefined, { request, model: "m" })).toContain('{"name": "TOOL"');
  const demanding = { ...request, toolChoice: { kind: "function", name: "read_file" } } as const;
  expect(describeNativeCall(undefined, { request: demanding, model: "m" })).toContain('{"name": "read_file"');
});
