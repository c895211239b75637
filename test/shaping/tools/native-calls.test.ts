import { describe, expect, test } from "vitest";

import { createChain } from "../../../src/completion/create-chain.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import { createToolShapers, type ToolCallShaperOptions } from "../../../src/shaping/tools/index.ts";
import { syntaxes } from "../../fixtures/tool-calls/syntaxes.ts";
import { shaperOptions } from "./answer.ts";
import {
  call,
  cutsOf,
  nativeEvents,
  playNative,
  type Given,
  type NativeOutcome,
  type NativePart,
} from "./native-answer.ts";

const options = (
  request: Partial<ToolCallShaperOptions["request"]> = {},
  rest: Partial<ToolCallShaperOptions> = {},
): ToolCallShaperOptions => shaperOptions(request, { native: true, ...rest });

const weather = (input: unknown, id?: string): NativePart => call("get_weather", input, id);
const paris = weather({ city: "Paris" }, "a1");
const parisGiven = { call: "get_weather", arguments: '{"city":"Paris"}', id: "a1" };
const hermes = (name: string, input: unknown): string =>
  `<tool_call>\n${JSON.stringify({ name, arguments: input })}\n</tool_call>`;
const written = hermes("get_weather", { city: "Paris" });
const given = (json: string, id = "native_0"): Given => ({ call: "get_weather", arguments: json, id });

/** What becomes of an answer, however it is cut and in both modes. */
function outcomeOf(
  parts: readonly NativePart[],
  make: typeof options = options,
  request: Parameters<typeof options>[0] = {},
  finish: "stop" | "length" | "tool-calls" = "stop",
): NativeOutcome {
  const modes = ["stream", "whole"] as const;
  const outcomes = modes.flatMap((argumentsMode) =>
    cutsOf(parts, finish).map((events) =>
      playNative(events, make(request, { argumentsMode, keepsCut: true })),
    ),
  );
  const [first] = outcomes;
  if (first === undefined) throw new Error("Nothing was played.");
  for (const other of outcomes) expect(other).toEqual(first);
  return first;
}

describe("native calls are read as written ones are", () => {
  test.each<[string, NativePart[], readonly Given[]]>([
    ["as it is", [paris], [parisGiven]],
    ["a name in another case", [call("Get_Weather", { city: "Paris" })], [given('{"city":"Paris"}')]],
    ["a name in a namespace", [call("functions.get_weather:0", { city: "P" })], [given('{"city":"P"}')]],
    ["a name with tokens", [call("get_weather<|channel|>json", { city: "P" })], [given('{"city":"P"}')]],
    [
      "values in strings",
      [weather({ city: "P", days: "3", celsius: "true" })],
      [given('{"city":"P","days":3,"celsius":true}')],
    ],
    ["one item for a list", [weather({ city: "P", hours: 5 })], [given('{"city":"P","hours":[5]}')]],
    ["keys in another case", [weather({ City: "P" })], [given('{"city":"P"}')]],
    ["keys that are forbidden", [weather({ city: "P", note: "x" })], [given('{"city":"P"}')]],
    ["arguments that were encoded twice", [weather(JSON.stringify('{"city":"P"}'))], [given('{"city":"P"}')]],
    [
      "arguments in Python's way",
      [weather("{'city': 'P', 'celsius': True,}")],
      [given('{"city":"P","celsius":true}')],
    ],
    ["a missing bracket", [weather('{"city": "P"')], [given('{"city":"P"}')]],
    ["escapes that are none", [weather('{"city": "P\\d\n"}')], [given('{"city":"P\\\\d\\n"}')]],
    ["tokens behind the arguments", [weather('{"city": "P"}<|call|>')], [given('{"city":"P"}')]],
    ["a repeated brace", [weather('{"city": "P"}}')], [given('{"city":"P"}')]],
    ["blanks around", [weather(' \n{"city": "P"}\n ')], [given('{"city":"P"}')]],
    [
      "no arguments, in all forms",
      [call("list-files", ""), call("list-files", "{}"), call("list-files", "null"), call("list-files", " ")],
      [0, 1, 2, 3].map((at) => ({ call: "list-files", arguments: "{}", id: `native_${at}` })),
    ],
    [
      "several, with their ids",
      [paris, weather({ city: "Rome" }, "b2"), paris],
      [parisGiven, given('{"city":"Rome"}', "b2"), { ...parisGiven, id: "call_1" }],
    ],
    ["an empty id", [weather({ city: "P" }, " ")], [given('{"city":"P"}', "call_1")]],
    [
      "text, thinking and blanks around",
      [
        { reasoning: "Hm." },
        { text: "Let me" },
        { text: " see. \n" },
        paris,
        { text: "\n\n" },
        { reasoning: "So." },
        { text: " That's it." },
      ],
      [
        { reasoning: "Hm." },
        { text: "Let me see." },
        parisGiven,
        { reasoning: "So." },
        { text: "That's it." },
      ],
    ],
    [
      "markup in the arguments",
      [
        weather({
          city: '</tool_call><tool_call>{"name": "x"}</tool_call>\n```\n<|im_end|><|call|> [TOOL_CALLS] </s>',
        }),
      ],
      [
        given(
          JSON.stringify({
            city: '</tool_call><tool_call>{"name": "x"}</tool_call>\n```\n<|im_end|><|call|> [TOOL_CALLS] </s>',
          }),
        ),
      ],
    ],
    [
      "quotes that are not escaped, before a tag",
      [weather('{"city": "he said "hi"<b> to me"}')],
      [given(JSON.stringify({ city: 'he said "hi"<b> to me' }))],
    ],
    [
      "a code fence that is open before the call",
      [{ text: "```json\n{" }, paris],
      [{ text: "```json\n{" }, parisGiven],
    ],
  ])("%s", (_, parts, blocks) => {
    expect(outcomeOf(parts)).toEqual({ blocks, finish: "tool-calls" });
  });
});

describe("a call that leaks into the text of a server that reads calls", () => {
  const rome = weather({ city: "Rome" }, "b2");
  const romeGiven = { call: "get_weather", arguments: '{"city":"Rome"}', id: "b2" };
  const leakGiven = { ...parisGiven, id: "call_1" };

  test.each<[string, NativePart[], readonly Given[]]>([
    ["alone", [{ text: `Let me see.\n${written}` }], [{ text: "Let me see." }, leakGiven]],
    ["before another native one", [{ text: written }, rome], [leakGiven, romeGiven]],
    ["behind another native one", [rome, { text: `\n${written}` }], [romeGiven, leakGiven]],
    ["before the same native one", [{ text: `Well. ${written}\n` }, paris], [{ text: "Well." }, leakGiven]],
    ["behind the same native one", [paris, { text: `\n${written}\n` }], [parisGiven]],
    [
      "behind it, with words between",
      [paris, { text: `I call it now: ${written}` }],
      [parisGiven, { text: "I call it now: " }],
    ],
    [
      "several, behind all of the same",
      [paris, rome, paris, { text: written + hermes("get_weather", { city: "Rome" }) + written }],
      [parisGiven, romeGiven, { ...parisGiven, id: "call_1" }],
    ],
    [
      "the same in another order of its keys, in other escapes",
      [
        { text: '<tool_call>{"name": "get_weather", "arguments": {"days": 2, "city": "Köln"}}</tool_call>' },
        weather('{"city": "K\\u00f6ln", "days": "2"}'),
      ],
      [{ call: "get_weather", arguments: '{"days":2,"city":"Köln"}', id: "call_1" }],
    ],
    [
      "in the syntax of another family",
      [
        paris,
        {
          text: "<tool_call>get_weather\n<arg_key>city</arg_key>\n<arg_value>Paris</arg_value>\n</tool_call>",
        },
      ],
      [parisGiven],
    ],
    [
      "as bare JSON",
      [paris, { text: '{"name": "get_weather", "arguments": {"city": "Paris"}}' }],
      [parisGiven],
    ],
    [
      "as JSON in a fence at the end",
      [paris, { text: 'So:\n```json\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n```' }],
      [parisGiven, { text: "So:\n" }],
    ],
    [
      "with its beginning alone",
      [{ text: 'Let me see.\n<tool_call>\n{"name": "get_weather", "argu' }, paris],
      [{ text: "Let me see." }, parisGiven],
    ],
    [
      "with its opening alone",
      [{ text: "Let me see.\n<tool_call>\n" }, paris],
      [{ text: "Let me see." }, parisGiven],
    ],
    [
      "with its opening and the name",
      [{ text: "Let me see.\n<function=get_wea" }, paris],
      [{ text: "Let me see." }, parisGiven],
    ],
    [
      "with the opening of its arguments",
      [{ text: "<tool_call>\n<function=get_weather>\n<param" }, paris],
      [parisGiven],
    ],
    [
      "with a part of its opening",
      [{ text: "Let me see.\n<tool_c" }, paris],
      [{ text: "Let me see." }, parisGiven],
    ],
    [
      "with half of its arguments",
      [{ text: '<tool_call>{"name": "get_weather", "arguments": {"city": "Par' }, paris],
      [parisGiven],
    ],
    [
      "with half of its arguments, in another syntax",
      [{ text: "<tool_call>\n<function=get_weather>\n<parameter=city>\nPar" }, paris],
      [parisGiven],
    ],
    ["with its end alone", [paris, { text: "\n</tool_call>" }], [parisGiven]],
    ["with a token at its end", [paris, { text: "<|im_end|>" }], [parisGiven]],
    [
      "that is only shown in code",
      [{ text: `So:\n\`\`\`\n${written}\n\`\`\`\nDone.` }, paris],
      [{ text: `So:\n\`\`\`\n${written}\n\`\`\`\nDone.` }, parisGiven],
    ],
  ])("%s", (_, parts, blocks) => {
    expect(outcomeOf(parts)).toEqual({ blocks, finish: "tool-calls" });
  });

  test("is asked for again if it is half a call of another tool", () => {
    const half = '<tool_call>{"name": "run_command", "arguments": {"command": "ls';
    const { problem } = outcomeOf([{ text: half }, paris]);
    expect(problem?.message).toContain("Your call of run_command is incomplete");
    expect(problem?.remark).toContain("Your call of run_command is incomplete");
    expect(problem?.calls?.map(({ result }) => result)).toEqual([
      "This call was not made, because another one of the same answer was wrong. Call the tool again.",
    ]);
  });

  test("is not given as text where the answer was cut for its length", () => {
    const text = 'Let me see.\n<tool_call>\n{"name": "get_wea';
    expect(outcomeOf([{ text }], options, {}, "length")).toEqual({
      blocks: [{ text: "Let me see.\n" }],
      finish: "length",
    });
  });

  test("markup and thinking in the text do not make text of native thinking", () => {
    const parts = [
      { reasoning: "Hm." },
      { text: "<|channel|>analysis<|message|>So.<|end|><|start|>assistant<|channel|>final<|message|>Hi." },
    ];
    expect(outcomeOf(parts).blocks).toEqual([{ reasoning: "Hm.So." }, { text: "Hi." }]);
  });
});

/** What becomes of an answer whose parts come whole. */
function played(...parts: readonly NativePart[]): NativeOutcome {
  const [events = []] = cutsOf(parts);
  return playNative(events, options());
}

describe.each(syntaxes)("a call in the text, as $id writes, beside the same native one", (syntax) => {
  const leaked = syntax.render([{ name: "get_weather", input: { city: "Paris" } }]);
  test("is given once", () => {
    expect(played({ text: leaked }, paris).blocks).toEqual([{ ...parisGiven, id: "call_1" }]);
    expect(played(paris, { text: leaked }).blocks).toEqual([parisGiven]);
  });

  test("is given once, and is no fault, where only its beginning is in the text", () => {
    for (let end = 1; end < leaked.length; end += 7) {
      const { blocks, problem } = played({ text: leaked.slice(0, end) }, paris);
      const calls = blocks.filter((block) => "call" in block).map((block) => block.arguments);
      expect([problem, calls]).toEqual([undefined, [parisGiven.arguments]]);
    }
  });
});

describe("what is not a call, or not one that is passed on", () => {
  test("JSON at the end of a text that a native call follows is text", () => {
    const text = 'As such:\n{"name": "get_weather", "arguments": {"city": "Oslo"}}';
    expect(outcomeOf([{ text }, paris]).blocks).toEqual([{ text }, parisGiven]);
  });

  test("calls in the thinking are no calls where a native one follows", () => {
    const parts = [{ reasoning: `Hm. ${written}` }, paris];
    expect(outcomeOf(parts).blocks).toEqual([{ reasoning: `Hm. ${written}` }, parisGiven]);
  });

  test("calls in native thinking alone are", () => {
    expect(outcomeOf([{ reasoning: `Hm.\n${written}` }])).toEqual({
      blocks: [{ reasoning: "Hm." }, { ...parisGiven, id: "call_1" }],
      finish: "tool-calls",
    });
  });

  test("an answer of thinking alone is empty", () => {
    const { problem } = outcomeOf([{ reasoning: "Hm." }]);
    expect(problem?.message).toContain("Your answer is empty");
    expect(problem?.message).toMatch(/\nEither answer in words, or call the tool now\.$/);
  });

  test("an answer that says it has calls and has none ends with `stop`", () => {
    expect(outcomeOf([{ text: "Hi." }], options, {}, "tool-calls")).toEqual({
      blocks: [{ text: "Hi." }],
      finish: "stop",
    });
  });

  test("only the first call passes where one is wanted", () => {
    const parts = [paris, weather({ city: "Rome" }), { text: written }, call("nope", {})];
    expect(outcomeOf(parts, options, { parallelToolCalls: false })).toEqual({
      blocks: [parisGiven],
      finish: "tool-calls",
    });
  });

  test("a result that the model invents behind a native call ends the answer", () => {
    const parts = [
      paris,
      { text: "\n<tool_response>\n21\n</tool_response>\nIt is warm." },
      weather({ city: "Rome" }),
    ];
    expect(outcomeOf(parts)).toEqual({ blocks: [parisGiven], finish: "tool-calls" });
  });
});

describe("problems", () => {
  test.each<[string, NativePart[], string, readonly Given[]]>([
    [
      "an unknown tool",
      [{ text: "Well." }, call("functions.nope", { a: 1 })],
      'There is no tool named "nope". The tools are: get_weather, run_command, edit_file, list-files.\nCall the tool again, corrected.',
      [{ text: 'Well.\n<tool_call>\n{"name": "functions.nope", "arguments": {"a":1}}\n</tool_call>' }],
    ],
    [
      "arguments that got lost",
      [weather("{}")],
      "Your call of get_weather has wrong arguments: the arguments must have required property 'city'. The arguments are: {\n city: string",
      [given("{}")],
    ],
    [
      "no arguments where some are required",
      [weather("")],
      "must have required property 'city'",
      [given("{}")],
    ],
    [
      "arguments against the schema",
      [weather({ days: 0 })],
      "Your call of get_weather has wrong arguments: the arguments must have required property 'city'; days must be >= 1.",
      [given('{"days":0}')],
    ],
    [
      "arguments that can't be read",
      [weather("[1, 2]")],
      "Your call of get_weather can't be read",
      [{ text: '<tool_call>\n{"name": "get_weather", "arguments": "[1, 2]"}\n</tool_call>' }],
    ],
  ])("%s", (_, parts, message, blocks) => {
    const { problem, ...rest } = outcomeOf(parts);
    expect(problem?.message).toContain(message);
    expect(problem?.message).toMatch(/\nCall the tool again, corrected\.$/);
    expect(problem?.message).not.toContain("tool_call>");
    expect(problem?.calls?.at(-1)?.result).toContain(message);
    expect(problem?.remark).toBeUndefined();
    expect(rest.blocks).toEqual(blocks);
  });

  const required = { toolChoice: { kind: "required" } } as const;
  const named = { toolChoice: { kind: "function", name: "get_weather" } } as const;

  test.each<[string, NativePart[], typeof required | typeof named, string]>([
    [
      "another tool than the named one",
      [{ text: "Hi." }, call("run_command", { command: "ls" })],
      named,
      "You called run_command, but this answer must call get_weather.\nCall the tool again, corrected.",
    ],
    [
      "no call where one must come",
      [{ text: "Hi." }],
      required,
      "Your answer must call a tool, but it has no tool call. The tools are: get_weather, run_command, edit_file, list-files.\nCall the tool now.",
    ],
  ])("%s: nothing is given, and without more turns it is an error", (_, parts, request, message) => {
    for (const events of cutsOf(parts)) {
      const chain = createChain(createToolShapers(options(request)));
      expect(events.flatMap((event) => [...chain.push([event])])).toEqual([]);
      expect(chain.problem()).toMatchObject({ message, attempt: "Hi." });
      expect(() => chain.giveUp(false)).toThrow(/did not call (a tool|the tool get_weather), as tool_choice/);
    }
  });

  test.each([required, named])("a call that must come and comes passes: %j", (request) => {
    expect(outcomeOf([{ text: "Well." }, paris], options, request)).toEqual({
      blocks: [{ text: "Well." }, parisGiven],
      finish: "tool-calls",
    });
  });

  test("show all native calls, each with what became of it, and the text alone as the attempt", () => {
    const parts = [
      { text: "Let me see." },
      paris,
      weather({ days: 0 }, "b2"),
      call("nope", "{broken", "c3"),
      weather({ city: "Oslo" }, "d4"),
    ];
    const { problem, blocks } = outcomeOf(parts);
    expect(problem?.attempt).toBe("Let me see.");
    expect(problem?.calls).toMatchObject([
      {
        callId: "a1",
        name: "get_weather",
        arguments: '{"city":"Paris"}',
        result: "This call was accepted and is being made. Don't repeat it.",
      },
      {
        callId: "b2",
        arguments: '{"days":0}',
        result: expect.stringContaining("days must be >= 1") as string,
      },
      {
        callId: "c3",
        name: "nope",
        arguments: "{broken",
        result: expect.stringContaining('no tool named "nope"') as string,
      },
      { callId: "d4", result: expect.stringContaining("Call the tool again.") as string },
    ]);
    expect(problem?.message).toContain("The call before it (get_weather) went through");
    // Without more turns the tool has the last word; what is no tool's is text.
    expect(blocks).toEqual([
      { text: "Let me see." },
      parisGiven,
      { call: "get_weather", arguments: '{"days":0}', id: "b2" },
      { text: '<tool_call>\n{"name": "nope", "arguments": "{broken"}\n</tool_call>' },
      { call: "get_weather", arguments: '{"city":"Oslo"}', id: "d4" },
    ]);
  });

  test("of one call at a time the others are told so", () => {
    const parts = [weather({ days: 0 }), weather({ city: "Rome" })];
    const { problem } = outcomeOf(parts, options, { parallelToolCalls: false });
    expect(problem?.calls?.at(1)?.result).toBe("This call was not made: only one call at a time is wanted.");
  });

  test("without native calls have none", () => {
    expect(outcomeOf([{ text: hermes("nope", {}) }]).problem).not.toHaveProperty("calls");
  });
});

describe("calls that were cut", () => {
  const half = weather('{"city": "Paris", "hours": [1, ');

  test("for the length: what would have been streamed is given, in both modes", () => {
    const parts = [{ text: "Well." }, weather('{"city": "Par')];
    expect(outcomeOf(parts, options, {}, "length")).toEqual({
      blocks: [{ text: "Well." }, given('{"city":"Par', "native_1")],
      finish: "length",
    });
  });

  test.each(["", "{", '{"', '{"days": 3, "ho'])(
    "for the length, before anything could be given: %j is nothing",
    (text) => {
      expect(outcomeOf([{ text: "Well." }, weather(text)], options, {}, "length")).toEqual({
        blocks: [{ text: "Well." }],
        finish: "length",
      });
    },
  );

  test("without keeping what was cut none of it is given in whole mode", () => {
    const events = cutsOf([half], "length").map((one) =>
      playNative(one, options({}, { argumentsMode: "whole" })),
    );
    for (const outcome of events) expect(outcome).toEqual({ blocks: [], finish: "length" });
  });

  test("by the model: it is asked again", () => {
    const whole = cutsOf([weather('{"days": 3, "ci')]).map((one) => playNative(one, options()));
    for (const { problem } of whole)
      expect(problem?.message).toContain("Your call of get_weather is incomplete");
  });

  test("by the model, when a part was given: the answer ends with `length`", () => {
    const whole = cutsOf([weather('{"city": "Par')]).map((one) => playNative(one, options()));
    for (const outcome of whole)
      expect(outcome).toEqual({ blocks: [given('{"city":"Par')], finish: "length" });
  });

  test("by a failure: what was given is closed, the rest is not given", () => {
    for (const argumentsMode of ["stream", "whole"] as const) {
      const [events = []] = cutsOf([paris, half]);
      let out = events.slice(0, -2);
      for (const shaper of createToolShapers(options({}, { argumentsMode }))) {
        out = [...out.flatMap((event) => shaper.push(event)), ...shaper.flush()];
      }
      const calls = out.filter((event) => event.type === "block-start");
      expect(calls.length).toBe(argumentsMode === "stream" ? 2 : 1);
      expect(out.at(-1)?.type).toBe("block-end");
    }
  });
});

/** What was given of the arguments after each of these pieces. */
function seen(pieces: readonly string[], before: readonly NativePart[] = [], make = options()): string[] {
  const parts = before.map((part) => [part, "text" in part ? [part.text] : []] as const);
  const events = nativeEvents([...parts, [weather("", "a1"), pieces]]).slice(0, -2);
  const chain = createToolShapers(make);
  return events.flatMap((event) => {
    let out: readonly ChatEvent[] = [event];
    for (const shaper of chain) out = out.flatMap((one) => shaper.push(one));
    return out.flatMap((one) => (one.type === "block-delta" ? [one.text] : []));
  });
}

describe("while a native call comes", () => {
  const pieces = ['{"ci', 'ty": "P', "aris", ' is", "days": 2', "}"];

  test("its text passes at once", () => {
    expect(seen(pieces)).toEqual(['{"city":"P', "aris", ' is"', ',"days":2']);
  });

  test("nothing of it passes in whole mode before its end is known", () => {
    expect(seen(pieces, [], options({}, { argumentsMode: "whole" }))).toEqual([]);
  });

  test("nothing of it passes that may be the repeat of a call in the text", () => {
    expect(seen(pieces, [{ text: written }])).toEqual(['{"city":"Paris"}']);
    expect(seen(pieces, [{ text: hermes("run_command", { command: "ls" }) }])).toEqual([
      '{"command":"ls"}',
      '{"city":"P',
      "aris",
      ' is"',
      ',"days":2',
    ]);
  });

  test("ids that an earlier turn of the answer used are used no more", () => {
    const usedCallIds = new Set<string>();
    const ids = [1, 2].map(() => {
      const [events = []] = cutsOf([paris]);
      return playNative(events, options({}, { usedCallIds })).blocks;
    });
    expect(ids).toEqual([[parisGiven], [{ ...parisGiven, id: "call_1" }]]);
  });
});
