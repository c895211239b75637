import { describe, expect, test } from "vitest";

import type { CheckBudget } from "../../../src/shaping/schema/check-budget.ts";
import { createPatientWork } from "../../support/patient-work.ts";
import { play, shaperOptions } from "./answer.ts";
import { call, nativeEvents, playNative } from "./native-answer.ts";

const list = { type: "array", items: { type: "number" } };
const parameters = { type: "object", properties: { a: list, s: { type: "string" } }, required: ["a"] };

function give(json: string, changes: Partial<CheckBudget> = {}) {
  const work = createPatientWork();
  const options = shaperOptions(
    { tools: [{ name: "t", parameters }] },
    { argumentsMode: "whole", work: { ...work, budget: { ...work.budget, ...changes } } },
  );
  const text = `<tool_call>{"name": "t", "arguments": ${json}}</tool_call>`;
  const { blocks, problem } = play({ pieces: [text] }, options);
  return { given: blocks.map((block) => ("call" in block ? block.arguments : block)), problem };
}

const items = (count: number, item: string): string => `[${`${item},`.repeat(count - 1)}${item}]`;

describe("arguments", () => {
  test("of as many values as are read are changed and checked", () => {
    expect(give(`{"a":${items(50_000, '"1"')}}`)).toEqual({
      given: [`{"a":${items(50_000, "1")}}`],
      problem: undefined,
    });
    expect(give(`{"a":${items(50_000, '"x"')}}`).problem).toMatch(/wrong arguments: a\.0 must be number/);
  });

  test("of more can't be read", () => {
    expect(give(`{"a":${items(100_001, "1")}}`).problem).toMatch(/Your call of t can't be read/);
  });

  test("with a text that is too long to be looked into pass, as the model wrote them", () => {
    const json = `{"s":"${String.raw`a\n`.repeat(800_000)}"}`;
    expect(give(json)).toEqual({ given: [json], problem: undefined });
    expect(give('{"s":"a"}').problem).toMatch(/must have required property 'a'/);
  });

  test("pass as they are when the request has no time left for them", () => {
    const json = `{"a":${items(5000, '"1"')}}`;
    expect(give(json, { check: () => undefined, change: () => undefined })).toEqual({
      given: [json],
      problem: undefined,
    });
  });

  test("that are broken are not mended then", () => {
    const broken = `{"a":${items(500, "'1'")}}`;
    expect(give(broken).given).toEqual([`{"a":${items(500, "1")}}`]);
    expect(give(broken, { change: () => undefined }).problem).toMatch(/can't be read/);
  });

  test("of a native call are parsed no more often", () => {
    let converted = 0;
    const convert: CheckBudget["convert"] = (length, work) => {
      if (length > 1000) converted += 1;
      return work();
    };
    const work = createPatientWork();
    const json = `{"a":${items(1000, "1")},"s":"${String.raw`a\n`.repeat(20_000)}"}`;
    const pieces = Array.from({ length: json.length / 8 + 1 }, (_, at) => json.slice(at * 8, at * 8 + 8));
    const outcome = playNative(
      nativeEvents([[call("t", ""), pieces]]),
      shaperOptions(
        { tools: [{ name: "t", parameters }] },
        { native: true, work: { ...work, budget: { ...work.budget, convert } } },
      ),
    );
    expect(outcome).toEqual({
      blocks: [{ call: "t", arguments: json, id: "native_0" }],
      finish: "tool-calls",
    });
    // The list is parsed and written; the text, which follows it, passed as it came.
    expect(converted).toBe(2);
  });

  test("are parsed once", () => {
    let converted = 0;
    const convert: CheckBudget["convert"] = (length, work) => {
      if (length > 1000) converted += 1;
      return work();
    };
    give(`{"a":${items(1000, "1")},"s":"${"word ".repeat(1000)}"}`, { convert });
    // The list is parsed and written, the text parsed.
    expect(converted).toBe(3);
  });
});
