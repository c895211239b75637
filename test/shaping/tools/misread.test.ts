/** JSON of calls that is not quite JSON: read as it was meant, or asked for again, never passed on cut short. */
import { describe, expect, test } from "vitest";

import { cuts, partEvents, playAll } from "./answer-chain.ts";
import { shaperOptions } from "./answer.ts";

const tools = [
  {
    name: "write_file",
    parameters: {
      type: "object",
      properties: { path: { type: "string" }, content: { type: "string" }, mode: { type: "integer" } },
      required: ["path"],
    },
  },
];

function play(text: string, argumentsMode: "stream" | "whole") {
  const outcomes = cuts(text).map((pieces) =>
    playAll(partEvents([{ kind: "text", pieces }]), shaperOptions({ tools }, { argumentsMode })),
  );
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  return outcomes[0];
}

const block = (args: string): string =>
  `<tool_call>\n{"name": "write_file", "arguments": ${args}}\n</tool_call>`;

describe.each(["stream", "whole"] as const)("%s: arguments are read", (mode) => {
  test.each([
    ["alone in a list", '[{"path": "a"}]', { path: "a" }],
    [
      "with a comment behind a comma",
      '{"path": "a", // where\n "content": "b"}',
      { path: "a", content: "b" },
    ],
    [
      "with a comment behind a value",
      '{"path": "a" /* where */, "mode": 3 // octal\n}',
      { path: "a", mode: 3 },
    ],
    ["with comments of Python", '{"mode": 3, # octal\n "path": "a"}', { mode: 3, path: "a" }],
    ["with a comment first", '{ // all\n "path": "a"}', { path: "a" }],
    [
      "with what is no comment",
      '{"path": "http://x//y", "content": "a /* b */ // c"}',
      { path: "http://x//y", content: "a /* b */ // c" },
    ],
    ["with = for colons", '{"path"="a", "content"="b = c"}', { path: "a", content: "b = c" }],
    ["with three quotes", '{"path": "a", "content": """x\n"y"\n"""}', { path: "a", content: 'x\n"y"\n' }],
    [
      "with three quotes first",
      '{"content": """a \\"b\\" \\n c""", "path": "a"}',
      { path: "a", content: 'a "b" \n c' },
    ],
    ["with empty strings", '{"path": "", "content": ""}', { path: "", content: "" }],
    [
      "with unescaped quotes",
      '{"path": "a", "content": "<a href="x">y</a>"}',
      { path: "a", content: '<a href="x">y</a>' },
    ],
    [
      "with the closing tag in a string",
      '{"path": "a", "content": "x </tool_call> y"}',
      { path: "a", content: "x </tool_call> y" },
    ],
    [
      "with the closing tag at a string's end",
      '{"path": "a", "content": "x </tool_call>"}',
      { path: "a", content: "x </tool_call>" },
    ],
  ])("%s", (_, args, expected) => {
    const outcome = play(block(args), mode);
    expect(outcome?.finish).toBe("tool-calls");
    expect(outcome?.blocks.map((one) => "call" in one && (JSON.parse(one.arguments) as unknown))).toEqual([
      expected,
    ]);
  });

  test.each([
    [
      "its arguments beside the name",
      '{"name": "write_file", "path": "a", "mode": 3}',
      { path: "a", mode: 3 },
    ],
    ["= for colons", '{"name"="write_file", "arguments"={"path"="a"}}', { path: "a" }],
    ["keys of ReAct", '{"action": "write_file", "action_input": {"path": "a"}}', { path: "a" }],
    ["a comment behind it", '{"name": "write_file", "arguments": {"path": "a"}} // done', { path: "a" }],
    [
      "an id behind the arguments",
      '{"name": "write_file", "arguments": {"path": "a"}, "id": "c\\"1"}',
      { path: "a" },
    ],
    ["too many brackets", '{"name": "write_file", "arguments": {"path": "a"}}}]', { path: "a" }],
  ])("a call with %s", (_, json, expected) => {
    const outcome = play(`<tool_call>\n${json}\n</tool_call>`, mode);
    expect(outcome?.blocks.map((one) => "call" in one && (JSON.parse(one.arguments) as unknown))).toEqual([
      expected,
    ]);
  });
});

describe("arguments that end too early", () => {
  const texts: [string, string][] = [
    ["at a bracket in code", '{"path": "a", "content": "if (x == "}") { y("z"); }"}'],
    ["at a comma in code", '{"path": "a", "content": "f("a", "b": 1}, "c")"}'],
    ["in HTML", '{"path": "a", "content": "<a href="}">\n<b>x</b> "y"</a>"}'],
    ["at the end of a list", '{"path": "a", "content": "x = ["a"}]; y = "b""}'],
  ];

  test.each(texts)("%s are asked for again", (_, args) => {
    const outcome = play(block(args), "whole");
    expect(outcome?.problem).toContain("Your call of write_file");
    expect(outcome?.finish).toBe("stop");
  });

  test.each(texts)("%s are no complete call once they were streamed", (_, args) => {
    const outcome = play(block(args), "stream");
    expect(outcome?.finish === "length" || outcome?.problem !== undefined).toBe(true);
  });
});

test.each([
  ["Kimi", "<|tool_call_begin|>functions.write_file:0<|tool_call_argument_begin|>ARGS<|tool_call_end|>"],
  ["DeepSeek", "<｜tool▁call▁begin｜>write_file<｜tool▁sep｜>ARGS<｜tool▁call▁end｜>"],
  ["harmony", "<|channel|>commentary to=functions.write_file <|constrain|>json<|message|>ARGS<|call|>"],
  ["Llama's functions", "<function=write_file>ARGS</function>"],
])("the same in the form of %s", (_, form) => {
  const text = form.replace("ARGS", () => '{"path": "a", "content": "f("}") + 1"}');
  expect(play(text, "whole")?.problem).toContain("Your call of write_file");
  const right = form.replace("ARGS", () => '{"path": "a", "content": "f(\\"}\\") + 1"}');
  expect(play(right, "whole")).toMatchObject({ finish: "tool-calls" });
});

test.each(["stream", "whole"] as const)("%s: words behind a call that is not closed are text", (mode) => {
  const text = '<tool_call>\n{"name": "write_file", "arguments": {"path": "a"}}\n\nI "wait" for it.';
  expect(play(text, mode)).toEqual({
    blocks: [{ call: "write_file", arguments: '{"path":"a"}' }, { text: 'I "wait" for it.' }],
    finish: "tool-calls",
  });
});

describe("a string that never closes", () => {
  const text =
    '<tool_call>\n{"name": "write_file", "arguments": {"path": "a", "content": "ls -la\n</tool_call>';

  test("is asked for again", () => {
    expect(play(text, "whole")?.problem).toContain("Your call of write_file is incomplete");
  });

  test.each([
    ["at the end", text],
    ["before another call", `${text}\n${block('{"path": "b"}')}`],
  ])("does not take the closing tag with it, %s", (_, all) => {
    const [first] = play(all, "stream")?.blocks ?? [];
    expect(first).toEqual({ call: "write_file", arguments: '{"path":"a","content":"ls -la\\n' });
  });
});

describe("the form of a call that is only shown", () => {
  test.each([
    'Form: <tool_call>{"name": TOOL, "arguments": {...}}</tool_call>',
    '<tool_call>{"name": <name>, "arguments": <arguments>}</tool_call>',
    'Form: <tool_call>{"name": {tool}, "arguments": {}}</tool_call>',
  ])("%s is text", (text) => {
    expect(play(text, "stream")).toEqual({ blocks: [{ text }], finish: "stop" });
  });
});
