import { describe, expect, test } from "vitest";
import { createCollector } from "../../../src/model/collect.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import { createToolCallShaper } from "../../../src/shaping/tools/index.ts";
import { answerEvents, given, play, shaperOptions, tools } from "./answer.ts";

const call = (name: string, input: unknown): string =>
  `<tool_call>${JSON.stringify({ name, arguments: input })}</tool_call>`;
const paris = call("get_weather", { city: "Paris" });
const parisCall = { call: "get_weather", arguments: '{"city":"Paris"}' };
const required = { toolChoice: { kind: "required" } } as const;
const named = { toolChoice: { kind: "function", name: "get_weather" } } as const;

/** Events of an answer that has only begun. */
const begun = (...pieces: string[]): ChatEvent[] => answerEvents({ pieces }).slice(0, -2);

describe("what passes before a call is complete", () => {
  test("a string passes as it comes, escaped properly", () => {
    const shaper = createToolCallShaper(shaperOptions());
    expect(
      given(shaper, begun('<tool_call>{"name": "run_command", "arguments": {"command": "echo ')),
    ).toEqual(['{"command":"echo ']);
    expect(given(shaper, [{ type: "block-delta", index: 0, text: "a\tb \\" }])).toEqual([String.raw`a\tb `]);
    expect(shaper.push({ type: "block-delta", index: 0, text: 'n"' })).toEqual([
      { type: "block-delta", index: 0, text: "\\n" },
    ]);
  });

  test("a value that is no string waits until it is complete", () => {
    const shaper = createToolCallShaper(shaperOptions());
    expect(given(shaper, begun('<tool_call>{"name":"get_weather","arguments":{"hours":["1",'))).toEqual([]);
    expect(given(shaper, [{ type: "block-delta", index: 0, text: '2],"city":"' }])).toEqual([
      '{"hours":[1,2],"city":"',
    ]);
  });

  test.each([
    ["a name that is not complete", '<tool_call>{"name": "get_weather'],
    ["an unknown name", '<tool_call>{"name": "nope", "arguments": {"city": "Par'],
    ["a call without a string so far", '<tool_call>{"name": "get_weather", "arguments": {"days": 3,'],
  ])("%s gives nothing yet", (_, text) => {
    expect(given(createToolCallShaper(shaperOptions()), begun(text))).toEqual([]);
  });

  test("in whole mode nothing of a call passes before its end", () => {
    const shaper = createToolCallShaper(shaperOptions({}, { argumentsMode: "whole" }));
    expect(given(shaper, begun(paris.slice(0, -20)))).toEqual([]);
    expect(given(shaper, [{ type: "block-delta", index: 0, text: paris.slice(-20) }])).toEqual([
      '{"city":"Paris"}',
    ]);
  });

  test("what is read together is given out together", () => {
    const shaper = createToolCallShaper(shaperOptions());
    const events = shaper.pushAll?.(begun(..."Hello, world".split(""))) ?? [];
    expect(events.map((event) => event.type)).toEqual(["response-start", "block-start", "block-delta"]);
  });
});

describe("a tool result that the model writes itself", () => {
  const invented = '\n<tool_response name="get_weather">\n21 degrees\n</tool_response>\nIt is warm in Paris.';

  test.each([
    ["our own", invented],
    ["Anthropic's", "\n<function_results>\n<result>21</result>\n</function_results>It is warm."],
    ["DeepSeek's", "<｜tool▁outputs▁begin｜><｜tool▁output▁begin｜>21<｜tool▁output▁end｜>It is warm."],
  ])("ends the answer behind the calls: %s syntax", (_, text) => {
    const shaper = createToolCallShaper(shaperOptions());
    const events = shaper.pushAll?.(begun("Let me see.", paris + text)) ?? [];
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: { kind: "tool-calls" } });
    expect(JSON.stringify(events)).not.toMatch(/warm|degrees|tool_response/);
    expect(shaper.push({ type: "block-delta", index: 0, text: "more" })).toEqual([]);
  });

  test("is left out when a call has to be written again, and the end of the answer is awaited", () => {
    const answer = play({ pieces: [call("nope", {}) + invented] }, shaperOptions());
    expect(answer.problem).toContain("nope");
    expect(JSON.stringify(answer.blocks)).not.toContain("warm");
  });

  test("is text where no call stands before it", () => {
    expect(play({ pieces: [invented.trim()] }, shaperOptions()).blocks).toEqual([{ text: invented.trim() }]);
  });
});

test("each call has an id of its own", () => {
  const shaper = createToolCallShaper(shaperOptions());
  const collector = createCollector();
  for (const event of answerEvents({ pieces: [paris + paris] }))
    for (const out of shaper.push(event)) collector.push(out);
  const ids = collector.result().blocks.map((block) => (block.kind === "tool-call" ? block.callId : ""));
  expect(ids).toEqual(["call_1", "call_2"]);
});

describe("problems", () => {
  test.each([
    [
      "an unknown tool",
      call("nope", {}),
      'There is no tool named "nope". The tools are: get_weather, run_command, edit_file, list-files.',
    ],
    [
      "wrong arguments",
      call("get_weather", { days: 0 }),
      "Your call of get_weather has wrong arguments: the arguments must have required property 'city'; days must be >= 1. The arguments are: {\n city: string",
    ],
    [
      "a call that can't be read",
      '<tool_call>{"name": "get_weather", "arguments": [1, 2]}</tool_call>',
      "Your call of get_weather can't be read",
    ],
    ["a call without a name", '<tool_call>{"city": "Paris"}</tool_call>', "Your tool call can't be read"],
    [
      "an answer that ends inside a call",
      '<tool_call>{"name": "get_weather", "arguments": {"days": 3, "ci',
      "Your call of get_weather is incomplete",
    ],
  ])("%s", (_, text, message) => {
    expect(play({ pieces: [text] }, shaperOptions()).problem).toContain(message);
  });

  test("says which form to write, in the syntax that was taught", () => {
    const outcome = play({ pieces: [call("nope", {})] }, shaperOptions({}, { model: "GLM-4.6" }));
    expect(outcome.problem).toMatch(/Write the call again, corrected.*\n<tool_call>TOOL\n<arg_key>/);
  });

  test("holds the whole attempt, and the push gives no finish", () => {
    const shaper = createToolCallShaper(shaperOptions());
    const text = `Wait.\n${call("nope", {})}`;
    const out = answerEvents({ reasoning: "hm", pieces: [text] }).flatMap((event) => [...shaper.push(event)]);
    expect(out.some((event) => event.type === "finish")).toBe(false);
    expect(shaper.problem?.attempt).toBe(text);
  });

  test("keeps what follows the first bad call, and names what went through before it", () => {
    const shaper = createToolCallShaper(shaperOptions());
    const blocks = given(shaper, answerEvents({ pieces: [paris, call("nope", {}), paris, "Bye."] }));
    expect(blocks).toEqual(['{"city":"Paris"}']);
    expect(shaper.problem?.message).toContain("The call before it (get_weather) went through");
  });

  test("is none in a call that was given out in part: the client's tool reports it", () => {
    expect(play({ pieces: [call("get_weather", { city: "Paris", days: 0 })] }, shaperOptions())).toEqual({
      blocks: [{ call: "get_weather", arguments: '{"city":"Paris","days":0}' }],
      finish: "tool-calls",
    });
    expect(
      play(
        { pieces: [call("get_weather", { city: "Paris", days: 0 })] },
        shaperOptions({}, { argumentsMode: "whole" }),
      ).problem,
    ).toContain("days must be >= 1");
  });

  test.each(["length", "content-filter"] as const)(
    "is none after %s: another turn would end the same",
    (finish) => {
      const text = call("nope", {});
      expect(play({ pieces: [text], finish }, shaperOptions(required))).toEqual({
        blocks: [{ text }],
        finish,
      });
    },
  );
});

describe("giving up", () => {
  test("passes a call on that only misses the schema, and an unknown one as text, in their order", () => {
    const bad = call("nope", { a: 1 });
    const outcome = play({ pieces: [`A ${call("get_weather", {})} B ${bad} C ${paris}`] }, shaperOptions());
    expect(outcome.blocks).toEqual([
      { text: "A" },
      { call: "get_weather", arguments: "{}" },
      { text: `B ${bad} C` },
      parisCall,
    ]);
    expect(outcome.finish).toBe("tool-calls");
  });

  test("without a problem is a mistake of the caller", () => {
    expect(() => createToolCallShaper(shaperOptions()).giveUp()).toThrow("There is no problem");
  });
});

describe.each([
  ["required", required],
  ["a named function", named],
])("tool_choice %s", (_, choice) => {
  test("holds text until a call comes", () => {
    const shaper = createToolCallShaper(shaperOptions(choice));
    expect(given(shaper, begun("Let me see. "))).toEqual([]);
    expect(given(shaper, [{ type: "block-delta", index: 0, text: paris }])).toEqual([
      "Let me see.",
      '{"city":"Paris"}',
    ]);
  });

  test("lets reasoning wait, too, since the order of blocks counts", () => {
    expect(play({ reasoning: "Hm.", pieces: [paris] }, shaperOptions(choice)).blocks).toEqual([
      { reasoning: "Hm." },
      parisCall,
    ]);
  });

  test("makes an answer without a call a problem, and in the end an error", () => {
    const shaper = createToolCallShaper(shaperOptions(choice));
    for (const event of answerEvents({ pieces: ["It is sunny."] })) expect(shaper.push(event)).toEqual([]);
    expect(shaper.problem?.message).toMatch(/^Your answer must call .*, but it has no tool call\./);
    expect(() => shaper.giveUp()).toThrow(expect.objectContaining({ kind: "output-invalid" }) as Error);
  });
});

test("a call of another function than the named one is a problem, and never passed on", () => {
  const shaper = createToolCallShaper(shaperOptions(named));
  for (const event of answerEvents({ pieces: [call("run_command", { command: "ls" })] })) shaper.push(event);
  expect(shaper.problem?.message).toContain("You called run_command, but this answer must call get_weather.");
  expect(() => shaper.giveUp()).toThrow(expect.objectContaining({ kind: "output-invalid" }) as Error);
});

describe("parallel_tool_calls: false", () => {
  test("passes on the first call only", () => {
    const options = shaperOptions({ parallelToolCalls: false });
    const shaper = createToolCallShaper(options);
    const text = `${paris}${call("run_command", { command: "ls" })}${call("nope", {})} Bye.`;
    expect(given(shaper, answerEvents({ pieces: [text] }))).toEqual(['{"city":"Paris"}', "Bye."]);
    expect(shaper.problem).toBeUndefined();
  });
});

describe("an answer that ends inside a call", () => {
  const open = '<tool_call>{"name": "run_command", "arguments": {"command": "rm -r /tmp';

  test.each([
    [
      "with its braces missing",
      '<tool_call>{"name":"get_weather","arguments":{"city":"Paris"',
      "stop",
      [parisCall],
      "tool-calls",
    ],
    [
      "complete but for the tag, cut by length",
      '<tool_call>{"name":"get_weather","arguments":{"city":"Paris"}',
      "length",
      [parisCall],
      "length",
    ],
    [
      "inside a string that was streaming",
      open,
      "length",
      [{ call: "run_command", arguments: '{"command":"rm -r /tmp' }],
      "length",
    ],
    [
      "inside a string, by the model itself",
      open,
      "stop",
      [{ call: "run_command", arguments: '{"command":"rm -r /tmp' }],
      "length",
    ],
    [
      "before anything of it was given out",
      '<tool_call>{"name": "run_com',
      "length",
      [{ text: '<tool_call>{"name": "run_com' }],
      "length",
    ],
  ] as const)("%s", (_, text, finish, blocks, kind) => {
    expect(play({ pieces: [text], finish }, shaperOptions())).toEqual({ blocks, finish: kind });
  });
});

describe("when the upstream fails", () => {
  test.each([
    ["an ambiguous end", "a <tool_", ["a <tool_"]],
    ["blanks", "a \n", ["a \n"]],
    [
      "a call that was streaming",
      '<tool_call>{"name":"get_weather","arguments":{"city":"Pa',
      ['{"city":"Pa'],
    ],
  ])("%s is not lost", (_, text, expected) => {
    const shaper = createToolCallShaper(shaperOptions());
    const before = given(shaper, begun(text));
    const rest = shaper.flush();
    expect(rest.some((event) => event.type === "finish")).toBe(false);
    const late = rest.flatMap((event) => (event.type === "block-delta" ? [event.text] : []));
    expect([...before, ...late].join("")).toBe(expected.join(""));
  });

  test.each([
    ["half a call", 'a <tool_call>{"name": "get_wea', ["a", " "]],
    ["half a call behind one", `${paris} and <tool_call>{"name": "get_wea`, ['{"city":"Paris"}', "and", " "]],
    ["a call of no tool", 'a <tool_call>{"name": "fly", "arguments": {}}</tool_call> b', ["a", "  b"]],
  ])("%s is not given as text", (_, text, expected) => {
    const shaper = createToolCallShaper(shaperOptions());
    const before = given(shaper, begun(text));
    const late = shaper.flush().flatMap((event) => (event.type === "block-delta" ? [event.text] : []));
    expect([...before, ...late].join("|")).toBe(expected.join("|"));
  });

  test("text that tool_choice held is not lost", () => {
    const shaper = createToolCallShaper(shaperOptions(required));
    given(shaper, begun("It is "));
    expect(shaper.flush().flatMap((event) => (event.type === "block-delta" ? [event.text] : []))).toEqual([
      "It is ",
    ]);
  });
});

test("reasoning inside a streaming call waits for the call's end", () => {
  const shaper = createToolCallShaper(shaperOptions());
  const events: ChatEvent[] = [
    ...begun(paris.slice(0, -15)),
    { type: "block-end", index: 0 },
    { type: "block-start", index: 1, block: { kind: "reasoning" } },
    { type: "block-delta", index: 1, text: "hm" },
    { type: "block-end", index: 1 },
    { type: "block-start", index: 2, block: { kind: "text" } },
    { type: "block-delta", index: 2, text: paris.slice(-15) },
    { type: "block-end", index: 2 },
    { type: "finish", reason: { kind: "stop" }, usage: { estimated: false } },
  ];
  expect(given(shaper, events)).toEqual(['{"city":"Paris"}', "hm"]);
});

test.each([
  ["a schema that refers to itself", { type: "object", properties: { next: { $ref: "#" } } }],
  [
    "a schema that no validator takes",
    { type: "dict", properties: { next: { $ref: "#/nowhere" } }, required: 7 },
  ],
  ["a schema of nonsense", { type: 5, properties: [], anyOf: {} }],
])("%s breaks nothing", (_, parameters) => {
  const request = { tools: [...tools, { name: "odd", parameters }] };
  expect(
    play({ pieces: [call("odd", { next: { next: null }, a: [1] })] }, shaperOptions(request)).blocks,
  ).toMatchObject([{ call: "odd" }]);
});

test("a value that is nested beyond reason is refused, not a crash", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const text = `<tool_call>{"name":"list-files","arguments":{"a":${deep}}}</tool_call>`;
  expect(play({ pieces: [text] }, shaperOptions()).problem).toContain("can't be read");
});
