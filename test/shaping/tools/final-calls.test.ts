import { describe, expect, test } from "vitest";

import { createFinalCallShaper } from "../../../src/shaping/tools/final-calls.ts";
import { syntaxes } from "../../fixtures/tool-calls/syntaxes.ts";
import { cuts, partEvents, playAll } from "./answer-chain.ts";
import { given, shaperOptions } from "./answer.ts";

const json = '{"name": "get_weather", "arguments": {"city": "Paris"}}';
const marked = `<tool_call>\n${json}\n</tool_call>`;
const weather = { call: "get_weather", arguments: '{"city":"Paris"}' };
const run = { call: "run_command", arguments: '{"command":"ls"}' };

/** Syntaxes that have a fence of their own inside. */
const hasFence = new Set(["deepseek-v3", "hermes-openai-objects", "command-r"]);

/** Plays a text in all cuts and both modes: they must come to the same. */
function play(text: string, request: Parameters<typeof shaperOptions>[0] = {}) {
  const outcomes = (["stream", "whole"] as const).flatMap((argumentsMode) =>
    cuts(text).map((pieces) =>
      playAll(partEvents([{ kind: "text", pieces }]), shaperOptions(request, { argumentsMode })),
    ),
  );
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  return outcomes[0];
}

describe("a call that its place makes one", () => {
  test.each([
    ["on a line of its own", `I look.\n${json}`, [{ text: "I look." }, weather]],
    [
      "over several lines",
      `I look.\n\n${JSON.stringify(JSON.parse(json), null, 2)}\n`,
      [{ text: "I look." }, weather],
    ],
    [
      "two of them",
      `I look.\n${json}\n{"name": "run_command", "parameters": {"command": "ls"}}`,
      [{ text: "I look." }, weather, run],
    ],
    ["parted by semicolons", `I look.\n${json}; ${json}`, [{ text: "I look." }, weather, weather]],
    ["a list", `I look.\n[${json}, ${json}]`, [{ text: "I look." }, weather, weather]],
    ["OpenAI's list", `{"tool_calls": [{"type": "function", "function": ${json}}]}`, [weather]],
    ["the same in a fence", `\`\`\`json\n{"tool_calls": [${json}]}\n\`\`\``, [weather]],
    ["a whole answer that is a fence", `\`\`\`json\n${json}\n\`\`\``, [weather]],
    ["a fence behind words", `I look:\n\n\`\`\`json\n${json}\n\`\`\`\n`, [{ text: "I look:" }, weather]],
    ["a fence without words in its line", `\`\`\`\n${json}\n\`\`\``, [weather]],
    ["a fence of tildes", `~~~tool_call\n${json}\n~~~`, [weather]],
    ["a fence that is not closed", `I look:\n\`\`\`json\n${json}`, [{ text: "I look:" }, weather]],
    ["two in a fence", `\`\`\`json\n${json}\n${json}\n\`\`\``, [weather, weather]],
    ["arguments first", '{"arguments": {"city": "Paris"}, "name": "get_weather"}', [weather]],
    [
      "arguments as text",
      'I look.\n{"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}',
      [{ text: "I look." }, weather],
    ],
    [
      "other keys",
      'I look.\n{"action": "get_weather", "action_input": {"city": "Paris"}}',
      [{ text: "I look." }, weather],
    ],
    [
      "an id beside it",
      'I look.\n{"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Paris"}}}',
      [{ text: "I look." }, weather],
    ],
    ["values of Python", "{'name': 'get_weather', 'arguments': {'city': 'Paris'}}", [weather]],
    ["in an object of its own", `{"function_call": ${json}}`, [weather]],
    ["the name as its only key", '{"get_weather": {"city": "Paris"}}', [weather]],
    ["no arguments", '{"name": "list-files", "arguments": null}', [{ call: "list-files", arguments: "{}" }]],
    ["behind the word of its role", `assistant\n\n${json}`, [weather]],
    [
      "behind the header of its role",
      `<|start_header_id|>assistant<|end_header_id|>\n\n${json}<|eot_id|>`,
      [weather],
    ],
    ["before a token that ends the answer", `I look.\n${json}<|eot_id|>`, [{ text: "I look." }, weather]],
    ["behind HTML", `<b>Well</b>\n${json}`, [{ text: "<b>Well</b>" }, weather]],
    [
      "values in another form",
      'I look.\n{"name": "get_weather", "arguments": {"city": "Paris", "days": "3"}}',
      [{ text: "I look." }, { ...weather, arguments: '{"city":"Paris","days":3}' }],
    ],
    ["a fence around marked calls", `\`\`\`\n${marked}\n\`\`\``, [weather]],
    [
      "an open fence before marked calls",
      `Plan:\n\`\`\`\nstep 1\n\n${marked}`,
      [{ text: "Plan:\n```\nstep 1" }, weather],
    ],
  ])("%s", (_, text, blocks) => {
    expect(play(text)).toEqual({ blocks, finish: "tool-calls" });
  });

  test.each(syntaxes.filter(({ bare, id }) => bare !== true && !hasFence.has(id)))(
    "a fence around $id",
    (syntax) => {
      const calls = syntax.render([{ name: "get_weather", input: { city: "Paris" } }]);
      expect(play(`\`\`\`\n${calls}\n\`\`\``)).toEqual({ blocks: [weather], finish: "tool-calls" });
    },
  );

  test("one is enough where one is wanted", () => {
    expect(play(`I look.\n${json}\n${json}`, { parallelToolCalls: false })?.blocks).toEqual([
      { text: "I look." },
      weather,
    ]);
  });
});

describe("a call that nothing but its name marks", () => {
  const args = '{"city": "Paris"}';
  const time = { call: "list-files", arguments: "{}" };

  test.each([
    ["a call of Python", 'get_weather(city="Paris")', [weather]],
    ["without keys", "get_weather('Paris')", [weather]],
    ["without arguments", "list-files()", [time]],
    ["two, a line each", 'get_weather(city="Paris")\nlist-files()', [weather, time]],
    ["two, with a comma", 'get_weather(city="Paris"), list-files()', [weather, time]],
    ["an object in brackets", `get_weather(${args})`, [weather]],
    ["a list in a fence that is all", '```\n[get_weather(city="Paris"), list-files()]\n```', [weather, time]],
    [
      "the tool's own tag in a fence",
      "```xml\n<get_weather>\n<city>Paris</city>\n</get_weather>\n```",
      [weather],
    ],
    ["in a fence that is all", '```python\nget_weather(city="Paris")\n```', [weather]],
    ["the name before JSON", `get_weather ${args}`, [weather]],
    ["a line above JSON", `get_weather\n${args}`, [weather]],
    ["with a colon", `get_weather: ${args}`, [weather]],
    ["before a token that ends the answer", `get_weather(city="Paris")<|eot|>`, [weather]],
  ])("%s, as a whole answer", (_, text, blocks) => {
    expect(play(text)).toEqual({ blocks, finish: "tool-calls" });
    expect(play(`I look.\n\n${text}`)?.blocks.some((block) => "call" in block)).toBe(false);
  });

  test.each([
    ["glued to JSON", `get_weather${args}`, [weather]],
    ["with an index", `get_weather:0${args}`, [weather]],
    ["with an index and a blank", `get_weather:0 ${args}`, [weather]],
    ["in a namespace", `functions.get_weather${args}`, [weather]],
    ["Mistral's stripped form", `get_weather[ARGS]${args}`, [weather]],
    ["two of them", `get_weather[ARGS]${args}list-files[ARGS]{}`, [weather, time]],
    [
      "GLM's pairs",
      "get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>",
      [weather],
    ],
    ["DeepSeek's separator", `get_weather<｜tool▁sep｜>${args}<｜tool▁call▁end｜>`, [weather]],
    ["with an id", `get_weather[CALL_ID]a1[ARGS]${args}`, [weather]],
    ["a list of Python", '[get_weather(city="Paris"), list-files()]', [weather, time]],
    ["in brackets that nothing closes", `[tool_call]\n${json}`, [weather]],
    ["ReAct's fence", `Action:\n\`\`\`json\n${json}\n\`\`\``, [weather]],
    ["ReAct with a call", 'Action: get_weather(city="Paris")', [weather]],
    ["ReAct with JSON behind the name", `Action: get_weather ${args}`, [weather]],
    ["ReAct that goes on", 'Action: get_weather(city="Paris")\nObservation: sun\nThought: good', [weather]],
  ])("%s, behind words too", (_, text, blocks) => {
    expect(play(text)).toEqual({ blocks, finish: "tool-calls" });
    expect(play(`I look.\n${text}`)?.blocks).toEqual([{ text: "I look." }, ...blocks]);
  });

  test.each([
    "get_weather(city, days)",
    "get_weather(city) gives the weather.",
    "get_weather: gives the weather",
    "get_weather{city}",
    "get_weather {\n  city: string\n}",
    'get_weather{"town": "Paris"}',
    `get_weather${args} is a call.`,
    'get_weather(city="Paris").',
    'get_weather(city="Paris") -> {"temperature": 3}',
    'get_weather("Paris")\n\nThis gives the weather.',
    '[get_weather](https://example.com) or [get_weather("Paris")](https://example.com)',
    '- get_weather(city="Paris")\n- list-files()',
    'Use it so:\n\n    get_weather(city="Paris")',
    "get_weather\n===========\n\nGives the weather.",
  ])("none: %s", (text) => {
    expect(play(text)?.blocks).toEqual([{ text }]);
  });
});

describe("text", () => {
  const fence = `\`\`\`json\n${json}\n\`\`\``;
  test.each([
    ["a call that something follows", `So:\n${json}\nis a call.`],
    ["a fence that something follows", `${fence}\nis a call.`],
    ["two fences", `${fence}\nor\n\`\`\`\n${marked}\n\`\`\`\nor so`],
    ["a fence with marked calls behind words", `So:\n\`\`\`\n${marked}\n\`\`\``],
    ["a fence in a list", `1. Write:\n   - x\n     ${fence.replaceAll("\n", "\n     ")}`],
    ["code by its indentation", `So:\n\n    ${json}`],
    ["in inline code", `So: \`${json}\``],
    ["a quote", `> ${json}`],
    ["an unknown tool", `I look.\n${json.replace("get_weather", "fly")}`],
    [
      "the definition of a tool",
      '{"type": "function", "function": {"name": "list-files", "description": "d", "parameters": {"type": "object"}}}',
    ],
    ["data under a tool's name", '{"get_weather": {"town": "Paris"}}'],
    ["an empty object under it", '{"list-files": {}}'],
    ["a name alone", '{"name": "list-files"}'],
    ["a name and what is no argument", '{"name": "list-files", "description": "lists"}'],
    ["data", 'The data:\n{"name": "Bob", "age": 3}'],
    ["a list of data", '```json\n[{"id": 1}, {"id": 2}]\n```'],
    ["a program", 'Use it so:\n\n```python\nget_weather(city="Paris")\n```'],
    ["an empty fence", "```\n```"],
    ["a fence alone", "```"],
    ["a fence of words", "```text\nassistant\n```\n\nend"],
  ])("%s", (_, text) => {
    expect(play(text)?.blocks).toEqual([{ text }]);
  });
});

describe("where a call must come", () => {
  const required = { toolChoice: { kind: "required" } } as const;
  const named = { toolChoice: { kind: "function", name: "get_weather" } } as const;
  const object = '{"city": "Paris"}';

  test.each([
    ["an object", object, [weather]],
    ["in a fence", `\`\`\`json\n${object}\n\`\`\``, [weather]],
    ["behind a sentence", `Sure: ${object}`, [{ text: "Sure:" }, weather]],
    ["in a fence behind a sentence", `Sure:\n\`\`\`json\n${object}\n\`\`\``, [{ text: "Sure:" }, weather]],
    ["before a sentence", `${object}\n\nThat is it.`, [weather, { text: "That is it." }]],
    [
      "behind one that does not fit",
      `Not {"town": 1}, but ${object}`,
      [{ text: 'Not {"town": 1}, but' }, weather],
    ],
    [
      "values in another form",
      '{"City": "Paris", "days": "3"}',
      [{ ...weather, arguments: '{"city":"Paris","days":3}' }],
    ],
    ["a call in JSON", `Sure, ${json} is it.`, [{ text: "Sure," }, weather, { text: "is it." }]],
    ["before a token that ends the turn", `${object}<|im_end|>\n`, [weather]],
    ["a fence before such a token", `\`\`\`json\n${object}\n\`\`\`<|im_end|>`, [weather]],
    ["a marked call", `Sure: ${marked}`, [{ text: "Sure:" }, weather]],
    ["without its last bracket", object.slice(0, -1), [weather]],
    ["without its last bracket, in a fence", `\`\`\`json\n${object.slice(0, -1)}\n\`\`\``, [weather]],
    ["a call without its last brackets", `Sure: ${json.slice(0, -2)}`, [{ text: "Sure:" }, weather]],
    ["in a list of one", `[${object}]`, [weather]],
    ["wrapped in the tool's name", `Sure: {"get_weather": ${object}}`, [{ text: "Sure:" }, weather]],
    ["wrapped in a word of calls", `{"arguments": ${object}}`, [weather]],
    ["wrapped beside a name that nobody knows", `{"name": "json", "input": ${object}}`, [weather]],
    ["in the form of its schema", `{"type": "object", "properties": ${object}}`, [weather]],
    ["wrapped in a list of one", `[{"result": ${object}}]`, [weather]],
  ])("%s, of the named tool", (_, text, blocks) => {
    expect(play(text, named)?.blocks).toEqual(blocks);
  });

  test("a list alone, of a tool that takes nothing but a list", () => {
    const items = { type: "object", properties: { id: { type: "integer" } }, required: ["id"] };
    const parameters = { type: "object", properties: { all: { type: "array", items } }, required: ["all"] };
    for (const text of ['[{"id": 1}, {"ID": "2"}]', '```json\n[{"id": 1}, {"ID": "2"}]\n```'])
      expect(
        play(text, { ...required, tools: [{ name: "save", description: "", parameters }] })?.blocks,
      ).toEqual([{ call: "save", arguments: '{"all":[{"id":1},{"id":2}]}' }]);
  });

  test("an object, where there is one tool only", () => {
    const { tools } = shaperOptions().request;
    expect(play(object, { ...required, tools: tools.slice(0, 1) })?.blocks).toEqual([weather]);
  });

  test.each([
    ["a call in JSON", `\`\`\`json\n${json}\n\`\`\``, [weather]],
    ["behind a sentence", `Sure: ${json}`, [{ text: "Sure:" }, weather]],
    ["arguments wrapped in a tool's name", `{"get_weather": ${object}}`, [weather]],
  ])("%s, of any tool", (_, text, blocks) => {
    expect(play(text, required)?.blocks).toEqual(blocks);
  });

  test.each([
    ["an object that fits no schema", '{"town": "Paris"}', named],
    ["an object that may be any tool's", object, required],
    ["another tool's call", json, { toolChoice: { kind: "function", name: "run_command" } } as const],
    ["arguments wrapped in another tool's name", `{"run_command": ${object}}`, named],
    ["two of them, wrapped", `{"first": ${object}, "second": ${object}}`, named],
    ["a wrapped number that would lose digits", '{"a": {"city": "Paris", "id": 12345678901234567}}', named],
    ["an object that breaks off", '{"city": "Paris", "days":', named],
    ["words", "I can't {do} that.", named],
    ["words behind a brace", "I can't {do that", named],
  ])("%s is asked for again", (_, text, request) => {
    const options = shaperOptions(request);
    expect(() => playAll(partEvents([{ kind: "text", pieces: [text] }]), options)).toThrow(
      "The model did not call",
    );
  });
});

test("text passes at once, but for what may be a call", () => {
  const shaper = createFinalCallShaper(shaperOptions());
  const pieces = [
    "I look.\n",
    '{"na',
    'ture": 1}',
    "\n",
    '{"name": "get_',
    'weather", "arg',
    "uments",
    '": {}} and',
  ];
  const out = partEvents([{ kind: "text", pieces }]).map((event) => given(shaper, [event]).join(""));
  const tail = '{"name": "get_weather", "arguments": {}} and';
  expect(out.slice(2, 10)).toEqual(["I look.", "\n", '{"nature": 1}', "", "\n", "", "", tail]);
});

test("calls that begin an answer are streamed", () => {
  const shaper = createFinalCallShaper(shaperOptions());
  const events = partEvents([
    { kind: "text", pieces: ['{"name": "get_weather", "arguments": {', '"city": "Par'] },
  ]);
  expect(events.slice(0, 4).map((event) => given(shaper, [event]).join(""))).toEqual([
    "",
    "",
    '{"name": "get_weather", "arguments": {',
    '"city": "Par',
  ]);
});

test.each([
  ["words", "I look.\n```", "I look.\n```"],
  ["half a call", `I look.\n${json.slice(0, 40)}`, "I look.\n"],
])("when the upstream breaks off, %s", (_, text, expected) => {
  const shaper = createFinalCallShaper(shaperOptions());
  const before = given(shaper, partEvents([{ kind: "text", pieces: [text] }]).slice(0, -2)).join("");
  const late = shaper.flush().flatMap((event) => (event.type === "block-delta" ? [event.text] : []));
  expect(before + late.join("")).toBe(expected);
});
