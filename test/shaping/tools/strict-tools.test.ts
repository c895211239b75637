/** Arguments and strict schemas: keys that are missing, forbidden, or may be something else than text. */
import { describe, expect, test } from "vitest";

import type { JsonSchema, ToolDefinition } from "../../../src/model/request.ts";
import { cuts, partEvents, playAll } from "./answer-chain.ts";
import { shaperOptions } from "./answer.ts";

function tool(properties: Record<string, JsonSchema>, more: JsonSchema = {}): ToolDefinition {
  return { name: "find", parameters: { type: "object", properties, ...more } };
}

/** Plays a text in all cuts and both modes: the arguments of its call, or what is wrong. */
function read(text: string, definition: ToolDefinition): unknown {
  const outcomes = (["stream", "whole"] as const).flatMap((argumentsMode) =>
    cuts(text).map((pieces) =>
      playAll(
        partEvents([{ kind: "text", pieces }]),
        shaperOptions({ tools: [definition] }, { argumentsMode }),
      ),
    ),
  );
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  const [block] = outcomes[0]?.blocks ?? [];
  if (outcomes[0]?.problem !== undefined) return outcomes[0].problem.split("\n")[0];
  return block !== undefined && "call" in block ? (JSON.parse(block.arguments) as unknown) : block;
}

const hermes = (args: string): string => `<tool_call>\n{"name": "find", "arguments": ${args}}\n</tool_call>`;
const coder = (key: string, value: string): string =>
  `<tool_call>\n<function=find>\n<parameter=${key}>\n${value}\n</parameter>\n</function>\n</tool_call>`;

const optional = { type: ["string", "null"] };
const strict = tool(
  { query: { type: "string" }, limit: { anyOf: [{ type: "integer" }, { type: "null" }] }, sort: optional },
  { required: ["query", "limit", "sort"], additionalProperties: false },
);

describe("a strict schema", () => {
  test.each([
    ["what may be null and is missing is null", '{"query": "a"}', { query: "a", limit: null, sort: null }],
    ["what is there stays", '{"query": "a", "limit": 3, "sort": "up"}', { query: "a", limit: 3, sort: "up" }],
    ["null stays", '{"query": "a", "limit": null, "sort": null}', { query: "a", limit: null, sort: null }],
    [
      "forbidden keys are left out",
      '{"why": "it", "query": "a", "n": 1, "o": {"p": 2}}',
      { query: "a", limit: null, sort: null },
    ],
    [
      'a string "null" of JSON is text',
      '{"query": "a", "sort": "null"}',
      { query: "a", limit: null, sort: "null" },
    ],
  ])("%s", (_, args, expected) => {
    expect(read(hermes(args), strict)).toEqual(expected);
  });

  test("what may not be null and is missing is asked for", () => {
    expect(read(hermes('{"limit": 3}'), strict)).toContain("must have required property 'query'");
  });

  test("the same inside of objects and lists", () => {
    const item = {
      type: "object",
      properties: { a: { type: "string" }, b: optional },
      required: ["a", "b"],
      additionalProperties: false,
    };
    const nested = tool(
      { one: item, many: { type: "array", items: { $ref: "#/$defs/item" } } },
      { $defs: { item } },
    );
    expect(
      read(hermes('{"one": {"a": "x", "c": 1}, "many": [{"a": "y"}, {"a": "z", "b": "w"}]}'), nested),
    ).toEqual({
      one: { a: "x", b: null },
      many: [
        { a: "y", b: null },
        { a: "z", b: "w" },
      ],
    });
  });

  test("keys that a pattern allows stay, and all keys where none is forbidden", () => {
    const patterned = tool({}, { patternProperties: { "^x-": {} }, additionalProperties: false });
    expect(read(hermes('{"x-a": 1}'), patterned)).toEqual({ "x-a": 1 });
    expect(read(hermes('{"a": 1, "b": "c"}'), tool({}))).toEqual({ a: 1, b: "c" });
  });

  test("values of keys that are not named take the form that the schema wants of them", () => {
    const any = tool({ query: { type: "string" } }, { additionalProperties: { type: "integer" } });
    expect(read(hermes('{"query": "1", "x": "2"}'), any)).toEqual({ query: "1", x: 2 });
    expect(read(coder("x", "2"), any)).toEqual({ x: 2 });
    const texts = tool({}, { additionalProperties: { type: "string" } });
    expect(read(coder("x", "2"), texts)).toEqual({ x: "2" });
    expect(read(hermes('{"x": 2}'), texts)).toEqual({ x: "2" });
  });

  test("a tool that takes nothing gets nothing", () => {
    expect(read(hermes('{"a": "x", "b": 1}'), tool({}, { additionalProperties: false }))).toEqual({});
  });
});

describe("the schema echoed with values", () => {
  const plain = tool({ query: { type: "string" } }, { required: ["query"] });
  test.each([
    ["as it is", plain],
    ["strict", { ...plain, parameters: { ...plain.parameters, additionalProperties: false } }],
  ])("%s", (_, definition) => {
    expect(read(hermes('{"type": "object", "properties": {"query": "a"}}'), definition)).toEqual({
      query: "a",
    });
    expect(
      read(`{"name": "find", "parameters": {"type": "object", "properties": {"query": "a"}}}`, definition),
    ).toEqual({ query: "a" });
  });

  test("and of a tool that takes nothing is no argument", () => {
    const echo = '{"type": "object", "properties": {}}';
    for (const more of [{}, { additionalProperties: false }, { required: [] }]) {
      expect(read(hermes(echo), tool({}, more))).toEqual({});
    }
  });

  test("is what was meant where the schema has such keys", () => {
    const own = tool({ type: { type: "string" }, properties: { type: "object" } });
    const args = '{"type": "object", "properties": {"query": "a"}}';
    expect(read(hermes(args), own)).toEqual(JSON.parse(args));
  });
});

describe("raw text that may be something else", () => {
  const mixed = tool({
    text: { type: "string" },
    maybe: optional,
    both: { oneOf: [{ type: "string" }, { type: "object" }] },
    list: { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
  });
  test.each([
    ["null where it may be", "maybe", "null", null],
    ["None of Python", "maybe", "None", null],
    ["text that begins so", "maybe", "nullify", "nullify"],
    ["part of the word", "maybe", "nul", "nul"],
    ["null where only text may be", "text", "null", "null"],
    ["JSON where only text may be", "text", '{"k": 1}', '{"k": 1}'],
    ["an object where it may be", "both", '{"k": 1}', { k: 1 }],
    ["text where an object may be", "both", "a {b}", "a {b}"],
    ["text that is no JSON", "both", "{b}", "{b}"],
    ["a list where it may be", "list", '["a", "b"]', ["a", "b"]],
    ["a list that is none", "list", "[a] b", "[a] b"],
    ["an object where a list may be", "list", '{"k": 1}', '{"k": 1}'],
  ])("%s", (_, key, value, expected) => {
    expect(read(coder(key, value), mixed)).toEqual({ [key]: expected });
  });
});
