/** Calls that are only shown stay text, without a turn; calls that are meant are not taken for it. */
import { describe, expect, test } from "vitest";

import { cuts, partEvents, playAll } from "./answer-chain.ts";
import { shaperOptions } from "./answer.ts";

function play(text: string) {
  const outcomes = (["stream", "whole"] as const).flatMap((argumentsMode) =>
    cuts(text).map((pieces) =>
      playAll(partEvents([{ kind: "text", pieces }]), shaperOptions({}, { argumentsMode })),
    ),
  );
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
  return outcomes[0];
}

const json = '{"name": "get_weather", "arguments": {"city": "Paris"}}';
const known = `<tool_call>${json}</tool_call>`;
const unknown = '<invoke name="foo"><parameter name="a">1</parameter></invoke>';
const shown = '<tool_call>{"name": "foo", "arguments": {"a": 1}}</tool_call>';
const weather = { call: "get_weather", arguments: '{"city":"Paris"}' };

describe("text", () => {
  test.each([
    ["a call of no tool in a sentence", `Say ${unknown} for foo.`],
    ["with nothing but a full stop behind it", `Say ${unknown}.`],
    ["two of them", `Say ${unknown} or ${shown} for foo.`],
    ["in Hermes' form", `Say ${shown} for foo.`],
    [
      "with a placeholder for the name",
      'Form: <tool_call>{"name": "TOOL_NAME", "arguments": {}}</tool_call>',
    ],
    ["with dots for the name", 'Form: <tool_call>{"name": "...", "arguments": {}}</tool_call>'],
    ["indented code", `So:\n\n    ${known}\n\nis a call.`],
    ["indented code at the end", `So:\n\n    ${known}`],
    ["indented code of several lines", `So:\n\n\ta = 1\n\t${known}`],
  ])("%s", (_, text) => {
    expect(play(text)).toEqual({ blocks: [{ text }], finish: "stop" });
  });

  test("before a call that is meant", () => {
    expect(play(`Not ${unknown}, but:\n${known}`)).toEqual({
      blocks: [{ text: `Not ${unknown}, but:` }, weather],
      finish: "tool-calls",
    });
  });
});

describe("a call of no tool that is meant", () => {
  test.each([
    ["alone", shown],
    ["behind words", `I look. ${shown}`],
    ["before words", `${shown}\nI look.`],
    ["between two lines", `I look.\n${unknown}\nIt is done.`],
    ["in words, before one more", `I look: ${shown} <tool_call>${json}</tool_call>`],
  ])("%s is asked for again", (_, text) => {
    expect(play(text)?.problem).toContain('There is no tool named "foo"');
  });
});

describe("a call that is indented, but not as code", () => {
  test.each([
    ["at the beginning", `\n\n    ${known}`],
    ["below a sentence", `I look:\n    ${known}`],
    ["in a list", `- I look:\n\n    ${known}`],
    ["a little", `I look:\n\n  ${known}`],
  ])("%s", (_, text) => {
    expect(play(text)).toMatchObject({ finish: "tool-calls" });
  });
});

test("where a call must come, text that shows one waits for it", () => {
  const options = shaperOptions({ toolChoice: { kind: "required" } });
  const events = partEvents([{ kind: "text", pieces: [`Say ${unknown} for foo.\n${known}`] }]);
  expect(playAll(events, options).blocks).toEqual([{ text: `Say ${unknown} for foo.` }, weather]);
});
