import { describe, expect, test } from "vitest";

import { createThoughtCallShaper } from "../../../src/shaping/tools/thought-calls.ts";
import { syntaxes } from "../../fixtures/tool-calls/syntaxes.ts";
import { cuts, partEvents, playAll, type Part } from "./answer-chain.ts";
import { given, shaperOptions } from "./answer.ts";

const paris = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>';
const kimi =
  '<|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|>';

interface Rest {
  readonly text?: string;
  readonly finish?: "stop" | "length";
  readonly options?: typeof shaperOptions;
}

const required = () => shaperOptions({ toolChoice: { kind: "function", name: "get_weather" } });
const one = () => shaperOptions({ parallelToolCalls: false });

/** Plays thinking, and text behind it, in all cuts: they must come to the same. */
function play(thinking: string, { text = "", finish, options = shaperOptions }: Rest = {}) {
  const outcomes = cuts(thinking).map((pieces) => {
    const parts: Part[] = [{ kind: "reasoning", pieces }];
    if (text !== "") parts.push({ kind: "text", pieces: [text] });
    return playAll(partEvents(parts, finish), options());
  });
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  return outcomes[0];
}

const call = (args = '{"city":"Paris"}', name = "get_weather") => ({ call: name, arguments: args });

describe("thinking that ends in a call", () => {
  test.each(syntaxes.filter(({ bare }) => bare !== true))("$id", (syntax) => {
    const calls = [
      { name: "get_weather", input: { city: "Paris" } },
      { name: "run_command", input: { command: "ls -la" } },
    ];
    expect(play(`I look.\n\n${syntax.render(calls)}\n`)).toEqual({
      blocks: [{ reasoning: "I look." }, call(), call('{"command":"ls -la"}', "run_command")],
      finish: "tool-calls",
    });
  });

  test.each([
    ["nothing but the call", paris, [call()]],
    ["in the line of a sentence", `I look. ${kimi}`, [{ reasoning: "I look." }, call()]],
    ["its closing left out", `I look. ${paris.slice(0, -12)}`, [{ reasoning: "I look." }, call()]],
    ["the last of two", `First ${paris} or not. ${kimi}`, [{ reasoning: `First ${paris} or not.` }, call()]],
    [
      "behind one of no tool",
      `Not ${paris.replace("get_weather", "fly")}\n${paris}`,
      [{ reasoning: `Not ${paris.replace("get_weather", "fly")}` }, call()],
    ],
  ])("%s", (_, thinking, blocks) => {
    expect(play(thinking)).toEqual({ blocks, finish: "tool-calls" });
  });

  const json = '{"name": "get_weather", "arguments": {"city": "Paris"}}';
  test.each([
    ["JSON on a line of its own", json],
    ["JSON in a fence", `\`\`\`json\n${json}\n\`\`\``],
    ["a list of Python", '[get_weather(city="Paris")]'],
    ["only its name before its arguments", 'get_weather{"city": "Paris"}'],
  ])("that nothing marks: %s", (_, written) => {
    expect(play(`I look.\n${written}\n`)).toEqual({
      blocks: [{ reasoning: "I look." }, call()],
      finish: "tool-calls",
    });
    const thinking = `I look.\n${written}`;
    expect(play(thinking, { text: "No." })?.blocks).toEqual([{ reasoning: thinking }, { text: "No." }]);
    expect(play(`${thinking}\nor not.`)?.blocks).toEqual([{ reasoning: `${thinking}\nor not.` }]);
  });

  test("tokens that end the turn behind it are no text", () => {
    for (const text of ["<|im_end|>", "\n<|eot_id|>\n<|end_of_text|>"])
      expect(play(paris, { text })?.blocks).toEqual([call()]);
    expect(play(paris, { text: "<|im_start|>" })?.blocks).toHaveLength(2);
  });

  test("blanks behind it are no text", () => {
    expect(play(`I look. ${paris}`, { text: "\n\n" })?.finish).toBe("tool-calls");
  });

  test("a call that must come comes so, too", () => {
    expect(play(`I look. ${paris}`, { options: required })).toMatchObject({ finish: "tool-calls" });
  });

  test("one call is one call", () => {
    expect(play(paris + paris, { options: one })?.blocks).toEqual([call()]);
  });
});

describe("what stays thinking", () => {
  test.each([
    ["a call that the model thinks about", `I could write ${paris} but no.`],
    ["a call in code", `So: \`${paris.replaceAll("\n", "")}\``],
    ["a call of no tool", paris.replace("get_weather", "fly")],
    ["a call that misses its schema", paris.replace("city", "town")],
    ["half a call", paris.slice(0, 40)],
  ])("%s, and the answer is asked for again", (_, thinking) => {
    const outcome = play(thinking);
    expect(outcome).toMatchObject({ blocks: [{ reasoning: thinking }], finish: "stop" });
    expect(outcome?.problem).toContain("Your answer is empty");
  });

  test("a call before an answer in words", () => {
    expect(play(`I look. ${paris}`, { text: "It is sunny." })).toEqual({
      blocks: [{ reasoning: `I look. ${paris}` }, { text: "It is sunny." }],
      finish: "stop",
    });
  });

  test("a call in an answer that was cut for its length", () => {
    const outcome = play(`I look. ${paris}`, { finish: "length" });
    expect(outcome).toEqual({ blocks: [{ reasoning: `I look. ${paris}` }], finish: "length" });
  });
});

test("thinking passes at once, but for what may be a call", () => {
  const shaper = createThoughtCallShaper(shaperOptions());
  const pieces = ["I look. <tool_", "box> and", ` ${paris}`, " no"];
  const events = partEvents([{ kind: "reasoning", pieces }]);
  const out = events.slice(0, 6).map((event) => given(shaper, [event]).join(""));
  expect(out).toEqual(["", "", "I look.", " <tool_box> and", "", ` ${paris} no`]);
});

test("what is held is given when the upstream fails", () => {
  const shaper = createThoughtCallShaper(shaperOptions());
  given(shaper, partEvents([{ kind: "reasoning", pieces: [`I look. ${paris}`] }]).slice(0, -2));
  expect(shaper.flush()).toMatchObject([{ type: "block-delta", text: ` ${paris}` }]);
});
