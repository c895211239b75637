/** What clients write that no reference has, as Chat Completions takes it too. */
import { describe, expect, test } from "vitest";

import type { GatewayError } from "../../../src/errors.ts";
import { parse } from "./make-writer.ts";

const tools = [{ type: "function", name: "f", parameters: { type: "object" } }];
const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };

test.each([
  [{ type: "auto" }, "auto"],
  [{ type: "none" }, "none"],
  [{ type: "required" }, "required"],
  [{ type: "any" }, "required"],
  ["any", "required"],
])("tool_choice %o means %s", (choice, kind) => {
  const { request, ignored, echo } = parse({ tools, tool_choice: choice });
  expect(request.toolChoice).toEqual({ kind });
  expect(ignored).toEqual([]);
  expect(echo.tool_choice).toBe(kind);
});

const call = (call_id: unknown, name: string) => ({ type: "function_call", call_id, name, arguments: "{}" });
const output = (call_id: unknown, more = {}) => ({
  type: "function_call_output",
  call_id,
  output: "x",
  ...more,
});

const update = (format: unknown) => ({ type: "configuration_update", text: { format } });
const hello = { role: "user", content: "Hi" };

/** The ids of all calls and results, in their order. */
function idsOf(input: unknown[]): string[] {
  return parse({ input }).request.messages.flatMap(({ parts }) =>
    parts.flatMap((part) => ("callId" in part ? [part.callId] : [])),
  );
}

describe("calls and results belong together", () => {
  test.each<[string, unknown[]]>([
    ["null", [null, null, null, null]],
    ["missing", [undefined, undefined, undefined, undefined]],
    ["empty", ["", "", "", ""]],
    ["null for results", ["a", "b", null, null]],
    ["null for one of them", ["a", null, "a", null]],
  ])("though ids are %s", (_, [a, b, c, d]) => {
    const ids = idsOf([call(a, "f"), call(b, "g"), output(c), output(d), call(null, "h"), output(null)]);
    expect(ids).toHaveLength(6);
    expect(ids.slice(2, 4)).toEqual(ids.slice(0, 2));
    expect(ids[5]).toBe(ids[4]);
    expect(new Set(ids).size).toBe(3);
  });

  test("by the name that a result has instead of an id", () => {
    const ids = idsOf([
      call(null, "f"),
      call(null, "g"),
      output(null, { name: "g" }),
      output(null, { name: "f" }),
    ]);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2).toReversed());
  });

  test.each([
    [
      { type: "shell_call", call_id: null, action: { commands: ["ls"] } },
      { type: "shell_call_output", output: "x" },
    ],
    [
      { type: "custom_tool_call", name: "c", input: "x" },
      { type: "custom_tool_call_output", output: "x" },
    ],
    [
      { type: "local_shell_call", action: { command: ["ls"] } },
      { type: "local_shell_call_output", output: "x" },
    ],
    [
      { type: "apply_patch_call", operation: { type: "delete_file", path: "a" } },
      { type: "apply_patch_call_output", status: "completed" },
    ],
  ])("for $type", (asked, answered) => {
    const ids = idsOf([asked, answered]);
    expect(ids).toHaveLength(2);
    expect(ids[1]).toBe(ids[0]);
  });

  test("but a result that no call waits for is refused", () => {
    expect(() => idsOf([{ role: "user", content: "Hi" }, output(null)])).toThrow(
      expect.objectContaining({ kind: "invalid-request", param: "input[1].call_id" }) as GatewayError,
    );
  });
});

test("a call of the history keeps where it ran and how long it might", () => {
  const action = { type: "exec", command: ["ls"], working_directory: "/src", timeout_ms: 5, env: {} };
  const [message] = parse({ input: [{ type: "local_shell_call", call_id: "c", action }] }).request.messages;
  const written = '{"command":["ls"],"workdir":"/src","timeout_ms":5}';
  expect(message?.parts).toMatchObject([{ name: "local_shell", arguments: written }]);
});

describe("text.format", () => {
  test.each([
    ["empty", {}, { kind: "text" }, "text"],
    [
      "nested as in Chat Completions",
      { type: "json_schema", json_schema: { name: "n", schema } },
      { kind: "json-schema", name: "n", schema },
      "json_schema",
    ],
    [
      "without a name",
      { type: "json_schema", schema },
      { kind: "json-schema", name: "response", schema },
      "json_schema",
    ],
    ["without a type", { schema }, { kind: "json-schema", name: "response", schema }, "json_schema"],
    ["of json_object", { type: "json_object" }, { kind: "json-object" }, "json_object"],
  ])("%s", (_, format, expected, type) => {
    const { request, echo } = parse({ text: { format } });
    expect(request.responseFormat).toEqual(expected);
    expect(echo.text["format"]).toMatchObject({ ...format, type });
  });

  test("without its schema is refused by the name of the field", () => {
    expect(() => parse({ text: { format: { type: "json_schema", name: "n" } } })).toThrow(
      expect.objectContaining({ param: "text.format.schema" }) as GatewayError,
    );
  });

  test("is what the last configuration_update says", () => {
    const format = { type: "json_schema", name: "n", schema };
    const last = parse({ input: [update({ type: "text" }), hello, update(format), hello] });
    expect(last.request.responseFormat).toEqual({ kind: "json-schema", name: "n", schema });
    expect(last.echo.text).toEqual({ format });
    const first = parse({ text: { format }, input: [hello, update({ type: "text" }), hello] });
    expect(first.request.responseFormat).toEqual({ kind: "text" });
    const wrong = { ...format, schema: { type: 7 } };
    expect(() => parse({ input: [hello, update(wrong)] })).toThrow(
      expect.objectContaining({ param: "input[1].text.format.schema" }) as GatewayError,
    );
  });
});

test("empty stop texts stop nothing", () => {
  expect(parse({ stop: "" }).request.stopSequences).toEqual([]);
  expect(parse({ stop: ["", "END"] }).request.stopSequences).toEqual(["END"]);
});
