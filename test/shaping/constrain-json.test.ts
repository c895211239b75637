import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Block } from "../../src/model/collect.ts";
import type { FinishReason } from "../../src/model/events.ts";
import { compileJsonSchema } from "../../src/shaping/schema/compile-json-schema.ts";
import { constrainJson, type JsonFormat } from "../../src/shaping/constrain-json.ts";
import { createJsonPrompt } from "../../src/shaping/json-prompt.ts";
import { cutAt, everyCut } from "../support/cuts.ts";
import { createPatientWork } from "../support/patient-work.ts";
import { blockEvents, blocksOf, reasonOf, run, textEvents, textOf } from "../support/shape.ts";

const anyObject: JsonFormat = { kind: "json-object" };

function schema(value: Record<string, unknown>): JsonFormat {
  return { kind: "json-schema", name: "answer", schema: value };
}

const person = schema({
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer" } },
  required: ["name", "age"],
  additionalProperties: false,
});

function constrain(deltas: readonly string[], format: JsonFormat, hold: boolean, reason?: FinishReason) {
  const shaper = constrainJson({ format, hold, work: createPatientWork() });
  const events = run(shaper, textEvents(deltas, reason));
  return { text: textOf(events), reason: reasonOf(events), problem: shaper.problem, shaper };
}

const good: [name: string, answer: string, format: JsonFormat, json: string][] = [
  ["bare JSON", '{"name":"Ann","age":3}', person, '{"name":"Ann","age":3}'],
  ["a fence", '```json\n{"name":"Ann","age":3}\n```', person, '{"name":"Ann","age":3}'],
  ["chatter around", 'Sure! {"name":"Ann","age":3} Anything else?', person, '{"name":"Ann","age":3}'],
  ["chatter with braces", 'Of {a, b} it is {"a":1}', anyObject, '{"a":1}'],
  ["brackets in strings", '{"a":"}]{[\\"}"} x', anyObject, '{"a":"}]{[\\"}"}'],
  ["a raw line break in a string", '{"a":"x\ny"}', anyObject, '{"a":"x\\ny"}'],
  ["an unknown escape", '{"a":"\\d+ \\\'q\\\' \\$"}', anyObject, '{"a":"\\\\d+ \'q\' $"}'],
  ["trailing commas", '{"a":[1,2, ],"b":{"c":1,},\n}', anyObject, '{"a":[1,2 ],"b":{"c":1}\n}'],
  ["a missing end", '{"a":[1,{"b":2}', anyObject, '{"a":[1,{"b":2}]}'],
  ["an array", "Here: [1, 2]", schema({ type: "array", items: { type: "number" } }), "[1, 2]"],
  ["nothing behind the value", '{"a":1}\n{"a":2}', anyObject, '{"a":1}'],
  ["an empty object", "{ }", anyObject, "{ }"],
];

describe.each(good)("%s", (_name, answer, format, json) => {
  test.each([false, true])("held back: %s", (hold) => {
    for (const deltas of everyCut(answer)) {
      const result = constrain(deltas, format, hold);
      expect([result.text, result.reason, result.problem]).toEqual([json, { kind: "stop" }, undefined]);
    }
  });
});

const scalars: [answer: string, value: Record<string, unknown>, json: string][] = [
  ["42", { type: "number" }, "42"],
  ["```json\n42\n```", { type: "integer" }, "42"],
  ['"positive"', { enum: ["positive", "negative"] }, '"positive"'],
  ["positive", { enum: ["positive", "negative"] }, '"positive"'],
  ["null", { anyOf: [{ $ref: "#/$defs/p" }, { type: "null" }], $defs: { p: { type: "object" } } }, "null"],
  ['It is {"x":1}', { anyOf: [{ type: "object" }, { type: "null" }] }, '{"x":1}'],
];

test.each(scalars)("a root that may be a scalar: %s", (answer, value, json) => {
  for (const deltas of everyCut(answer)) {
    const result = constrain(deltas, schema(value), false);
    expect([result.text, result.reason, result.problem]).toEqual([json, { kind: "stop" }, undefined]);
  }
});

test("JSON is streamed as it comes, without what stands around it", () => {
  const shaper = constrainJson({ format: anyObject, hold: false });
  const seen = textEvents(["Sure:\n", "```json\n{", '"a": "x', 'y"', ",", ' "b": 1', "}\n```"]).map((event) =>
    shaper.push(event).flatMap((out) => (out.type === "block-delta" ? [out.text] : [])),
  );
  expect(seen.flat()).toEqual(['{"a": "x', "y", '"', ',"b": 1}']);
});

const bad: [name: string, answer: string, format: JsonFormat, says: RegExp][] = [
  ["a refusal", "I'm sorry, I can't do that.", person, /holds no JSON/],
  ["a missing field", '{"name":"Ann"}', person, /required property 'age'/],
  ["a wrong type", '{"name":"Ann","age":"old"}', person, /age must be integer/],
  ["an array for an object", "[1]", anyObject, /its root is not an object/],
  ["nothing", "", person, /holds no JSON/],
];

describe.each(bad)("%s", (_name, answer, format, says) => {
  test("is a problem while nothing was given, and a clear error at last", () => {
    const result = constrain([answer], format, true);
    expect([result.text, result.reason]).toEqual(["", undefined]);
    expect(result.problem).toEqual({ message: expect.stringMatching(says), attempt: answer });
    expect(() => result.shaper.giveUp()).toThrow(says);
    expect(() => result.shaper.giveUp()).toThrow(
      expect.objectContaining({ kind: "output-invalid", status: 502 }),
    );
  });
});

test("a refusal is a problem in a stream too, since nothing was given", () => {
  expect(constrain(["I can't."], person, false).problem?.attempt).toBe("I can't.");
});

test("a streamed answer that turns out wrong is an error, never invalid JSON with stop", () => {
  expect(() => constrain(['{"name":"Ann"}'], person, false)).toThrow(
    expect.objectContaining({
      kind: "output-invalid",
      message: expect.stringContaining("required property 'age'"),
    }),
  );
  expect(() => constrain(['{"name": "Ann", "age" 3}'], person, false)).toThrow(/broken or incomplete/);
});

test.each([true, false])("JSON of which nothing was given is repaired anywhere (held: %s)", (hold) => {
  expect(constrain(["{name: 'Ann', age: 3, // years\n}"], person, hold).text).toBe(
    '{"name": "Ann", "age": 3 \n}',
  );
});

test("held JSON is brought into the form of its schema, where only one reading is possible", () => {
  expect(constrain(['{"Name": "Ann", "age": "3"}'], person, true).text).toBe('{"name": "Ann","age": 3}');
  expect(constrain(['{"name": "Ann", "age": "old"}'], person, true).problem?.message).toMatch(/age must be/);
});

test.each<FinishReason>([
  { kind: "length" },
  { kind: "content-filter" },
  { kind: "stop", stopSequence: "x" },
])("an answer that was cut keeps its reason: %j", (reason) => {
  for (const hold of [false, true]) {
    const result = constrain(['{"name":"An'], person, hold, reason);
    expect([result.text, result.reason]).toEqual(['{"name":"An', reason]);
  }
});

describe("an answer that is too large to be read", () => {
  test.each([
    ["many values", `{"a":[${"1,".repeat(100_000)}1]}`, "it holds more than 100000 JSON values"],
    ["a long text", `{"a":"${"word ".repeat(500_000)}"}`, "it is longer than 2097152 characters"],
  ])("is a problem that says so, without all of the attempt: %s", (_name, answer, reason) => {
    const { text, problem } = constrain([answer], anyObject, true);
    expect(text).toBe("");
    expect(problem?.message).toContain(reason);
    expect(problem?.attempt).toHaveLength(2000);
    expect(answer.startsWith(problem?.attempt ?? " ")).toBe(true);
    expect(() => constrain([answer], anyObject, false)).toThrow(reason);
  });
});

test("without time nothing is checked, changed or mended, and what is JSON passes", () => {
  const format = schema({ type: "object", properties: { a: { type: "array", items: { maximum: 0 } } } });
  const list = "1,".repeat(3000);
  const budget = { ...createPatientWork().budget, check: () => undefined, change: () => undefined };
  const give = (answer: string) => {
    const shaper = constrainJson({ format, hold: true, work: { ...createPatientWork(), budget } });
    return [textOf(run(shaper, textEvents([answer]))), shaper.problem?.message];
  };
  expect(give(`{"a":[${list}1]}`)).toEqual([`{"a":[${list}1]}`, undefined]);
  expect(give(`{"a":[${list}x:1}`)).toEqual(["", expect.stringContaining("is broken")]);
});

test.each([
  ["```json\n1\n```", "1"],
  ["```\n\n  true ```  ", "true"],
  ["```1```", '"```1```"'],
  ["```\n```", '""'],
  ["```json\n```\n```\n2\n```", '"```\\n```\\n2"'],
  ["```\nx", '"```\\nx"'],
])("a scalar in a fence: %j", (answer, json) => {
  expect(constrain([answer], schema({}), true).text).toBe(json);
});

test("an answer that calls tools needs no JSON", () => {
  const call: Block = { kind: "tool-call", callId: "call_1", name: "f", arguments: "{}" };
  const shaper = constrainJson({ format: person, hold: true, work: createPatientWork() });
  const events = run(
    shaper,
    blockEvents([{ kind: "text", text: "Let me look." }, call], { kind: "tool-calls" }),
  );
  expect(blocksOf(events)).toEqual([call]);
});

test("reasoning passes", () => {
  const blocks: Block[] = [
    { kind: "reasoning", text: "{}" },
    { kind: "text", text: '{"a":1}' },
  ];
  const shaper = constrainJson({ format: anyObject, hold: false });
  expect(blocksOf(run(shaper, blockEvents(blocks)))).toEqual(blocks);
});

test.each([
  [{ type: "strange" }],
  [{ type: "object", properties: { a: { $ref: "#/$defs/none" } } }],
  [{ properties: 5 }],
])("a schema that is none is refused: %j", (value) => {
  expect(() => constrainJson({ format: schema(value), hold: true })).toThrow(
    expect.objectContaining({ kind: "invalid-request", message: expect.stringContaining("JSON Schema") }),
  );
});

test.each([
  "http://json-schema.org/draft-07/schema#",
  "https://json-schema.org/draft/2020-12/schema",
  "https://json-schema.org/draft/2019-09/schema",
])("the draft %s is taken", ($schema) => {
  const format = schema({ $schema, type: "object", definitions: { n: { type: "number", format: "odd" } } });
  expect(constrain(["{}"], format, false).text).toBe("{}");
});

test("any JSON comes through unchanged in value, cut anywhere", () => {
  const value = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
  fc.assert(
    fc.property(
      value,
      fc.array(fc.nat(), { maxLength: 6 }),
      fc.constantFrom(0, 2),
      (json, places, indent) => {
        const whole = `Sure:\n\`\`\`json\n${JSON.stringify(json, undefined, indent)}\n\`\`\``;
        const { text } = constrain(cutAt(whole, places), anyObject, false);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(json)));
      },
    ),
    { numRuns: 300 },
  );
});

test("the prompt is compact and holds the schema", () => {
  expect(createJsonPrompt({ kind: "text" }, { besideTools: false })).toBe("");
  expect(createJsonPrompt(anyObject, { besideTools: false })).toMatch(/^Answer with one JSON object/);
  const prompt = createJsonPrompt(schema({ $schema: "x", type: "object" }), { besideTools: true });
  expect(prompt).toMatch(/^When you call no tool, answer/);
  expect(prompt).toMatch(/\{"type":"object"\}$/);
});

test("the field of a wrong schema is named, and `$async` does not make the check a promise", () => {
  expect(() => compileJsonSchema({ type: "objekt" }, "format.schema")).toThrow(
    /^format\.schema is not a valid/,
  );
  for (const $ref of ["#/nowhere", "#"])
    expect(() => compileJsonSchema({ $ref }, "format.schema")).toThrow(/^format\.schema is not/);
  const check = compileJsonSchema({ $async: true, type: "object" });
  expect([check({}), check(1)]).toEqual(["fits", { reason: "value must be object" }]);
});
