import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { constrainJson, type JsonFormat } from "../../../src/shaping/constrain-json.ts";
import { cutAt, everyCut } from "../../support/cuts.ts";
import { createPatientWork } from "../../support/patient-work.ts";
import { run, textEvents, textOf } from "../../support/shape.ts";

type Schema = Record<string, unknown>;

const closed = (properties: Schema, required = Object.keys(properties)): Schema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const text = { type: "string" };
const integer = { type: "integer" };
const nullable = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });
const person = closed({ name: text, age: integer });
const open = { ...person, additionalProperties: true };
const loose = { type: "object", properties: { name: text, age: integer } };
const items = { type: "array", items: closed({ id: integer, label: text, extra: nullable(integer) }) };
const report = closed({
  title: text,
  level: { type: "string", enum: ["LOW", "HIGH"] },
  tags: { type: "array", items: text },
  active: { type: "boolean" },
  score: { type: "number" },
  note: nullable(text),
  items,
});
const reported = (changes: Schema = {}): string =>
  JSON.stringify({
    title: "T",
    level: "LOW",
    tags: ["a"],
    active: true,
    score: 1.5,
    note: null,
    items: [{ id: 1, label: "x", extra: null }],
    ...changes,
  });
const ids = { type: "array", items: { type: "object", properties: { id: integer }, required: ["id"] } };
const numbers = { type: "array", items: integer };
const ann = '{"name":"Ann","age":41}';

function give(deltas: readonly string[], schema: Schema, hold: boolean) {
  const format: JsonFormat = { kind: "json-schema", name: "person", schema };
  const shaper = constrainJson({ format, hold, work: createPatientWork() });
  const given = textOf(run(shaper, textEvents(deltas)));
  return shaper.problem === undefined ? given : { problem: shaper.problem.message };
}

const mended: [name: string, answer: string, schema: Schema, json: string][] = [
  ["a number in a string", '{"name":"Ann","age":"41"}', person, ann],
  [
    "a number where text is wanted",
    '{"name":12345678901234567890,"age":41}',
    person,
    '{"name":"12345678901234567890","age":41}',
  ],
  [
    "what is nearly JSON where text is wanted",
    `{"name":{'a':  1.0},"age":41}`,
    person,
    `{"name":"{'a':  1.0}","age":41}`,
  ],
  ["keys in another case", '{"Name":"Ann","AGE":41}', person, ann],
  ["an enum in another case", reported({ level: "low" }), report, reported()],
  [
    "a constant in another case",
    '{"kind":"Circle","r":1}',
    closed({ kind: { type: "string", const: "circle" }, r: integer }),
    '{"kind":"circle","r":1}',
  ],
  [
    "a missing comma between lines of a list",
    '{"tags":[\n"a"\n"b"\n]}',
    closed({ tags: { type: "array", items: text } }),
    '{"tags":[\n"a","b"]}',
  ],
  ["one item for a list", reported({ tags: "a" }), report, reported()],
  ["one object for a list", reported({ items: { id: 1, label: "x" } }), report, reported()],
  ["a boolean in words", reported({ active: "Yes" }), report, reported()],
  ["a boolean in a string", reported({ active: "false" }), report, reported({ active: false })],
  ["a number with blanks", reported({ score: " 2 " }), report, reported({ score: 2 })],
  ["a list in a string", reported({ tags: '["a"]' }), report, reported()],
  ["faults deep inside", reported({ items: [{ ID: "1", label: "x", no: 3 }] }), report, reported()],
  ["the word null", reported({ items: [{ id: 1, label: "x", extra: "null" }] }), report, reported()],
  [
    "a missing key that may be null",
    '{"b":"x"}',
    closed({ a: nullable(integer), b: text }),
    '{"b":"x","a":null}',
  ],
  ["an extra key at the end", '{"name":"Ann","age":41,"city":{"x":[1]}}', person, ann],
  ["an extra key at the beginning", '{"id":"x","name":"Ann","age":41}', person, ann],
  [
    "an extra key where it may be",
    '{"name":"Ann","age":41,"x":["y"]}',
    open,
    '{"name":"Ann","age":41,"x":["y"]}',
  ],
  ["a key that comes twice", '{"name":"Ann","age":41,"name":"Bob"}', person, ann],
  [
    "quotes that are not escaped",
    '{"name":"Ann "Annie" Lee","age":41}',
    person,
    '{"name":"Ann \\"Annie\\" Lee","age":41}',
  ],
  [
    "words of Python",
    '{"name":"Ann","ok":True}',
    closed({ name: text, ok: { type: "boolean" } }),
    '{"name":"Ann","ok":true}',
  ],
  [
    "values of any key",
    '{"a":"1","b":2}',
    { type: "object", additionalProperties: integer },
    '{"a":1,"b":2}',
  ],
  [
    "a schema behind a reference",
    '{"p":{"Age":"41"}}',
    { type: "object", properties: { p: { $ref: "#/$defs/p" } }, $defs: { p: closed({ age: integer }) } },
    '{"p":{"age":41}}',
  ],
  ["a root list", '[{"id":"1"},{"ID":2}]', ids, '[{"id":1},{"id":2}]'],
  [
    "digits that a number can't hold",
    '{"a":[12345678901234567890,0.1e3]}',
    { type: "object" },
    '{"a":[12345678901234567890,0.1e3]}',
  ],
  [
    "escapes in keys",
    String.raw`{"a\"b\\":[{"\n":1}]}`,
    { type: "object" },
    String.raw`{"a\"b\\":[{"\n":1}]}`,
  ],
];

const branch = (type: string, properties: Schema): Schema =>
  closed({ type: { type: "string", const: type }, ...properties });
const paid = closed({
  title: text,
  payment: {
    anyOf: [branch("card", { number: text, cvc: nullable(integer) }), branch("cash", { sum: integer })],
  },
});
mended.push(
  [
    "a missing key of a branch",
    '{"title":"T","payment":{"type":"card","number":"1"}}',
    paid,
    '{"title":"T","payment":{"type":"card","number":"1","cvc":null}}',
  ],
  [
    "a forbidden key of a branch in another case",
    '{"title":"T","payment":{"sum":"3","number":"1","type":"CASH"}}',
    paid,
    '{"title":"T","payment":{"sum":3,"type":"cash"}}',
  ],
);

const found: [name: string, answer: string, schema: Schema, json: string][] = [
  ["wrapped in the schema's name", `{"person":${ann}}`, person, ann],
  ["wrapped where other keys may be", `{"result": {"Name":"Ann","age":"41"}}`, open, ann],
  ["wrapped where all may be missing", `{"person":${ann}}`, loose, ann],
  ["wrapped beside more", `{"status":"ok","data":${ann}}`, person, ann],
  ["a schema with values", `{"type":"object","properties":${ann}}`, person, ann],
  ["arguments of a call", `<tool_call>\n{"name": "person", "arguments": ${ann}}\n</tool_call>`, person, ann],
  [
    "a list alone, where there is nothing but a list",
    '[{"ID":"1"}, {"id":2}]',
    closed({ all: ids }),
    '{"all":[{"id":1},{"id":2}]}',
  ],
  [
    "objects in lines, where there is nothing but a list",
    '{"id":1}\n{"id":2}',
    closed({ all: ids }),
    '{"all":[{"id":1},{"id":2}]}',
  ],
  ["a list of another name", '{"ids":[{"id":"1"}]}', closed({ all: ids }), '{"all":[{"id":1}]}'],
  ["arguments without markup", `{"name":"person","arguments":${ann}}`, person, ann],
  ["the schema first", `${JSON.stringify(person)}\n\n${ann}`, person, ann],
  [
    "the schema's properties first",
    `{"name":{"type":"string"},"age":{"type":"integer"}}\n${ann}`,
    person,
    ann,
  ],
  [
    "the schema of texts first",
    '{"properties":{"a":{"type":"string"}}}\n{"a":"x"}',
    closed({ a: text }, []),
    '{"a":"x"}',
  ],
  ["types first", `{"name":"string","age":0}\n\n${ann}`, person, ann],
  ["a pattern first", `{"name": "<name>", "age": "<age>"}\n${ann}`, person, ann],
  ["an example first", `For example: {"name":"John","age":30}\n\nAnswer:\n${ann}`, person, ann],
  ["the format first", `The format is {"name":"John","age":30}. Here it is: ${ann}`, person, ann],
  ["nothing but an example", `Here is an example:\n${ann}`, person, ann],
  [
    "nothing but a word that may stand for one",
    '{"name":"string","age":1}',
    person,
    '{"name":"string","age":1}',
  ],
  ["brackets of prose first", 'Notes [1] and [2]: [{"id":1}]', ids, '[{"id":1}]'],
  ["brackets of prose before numbers", "As [1] says: [3,4]", numbers, "[3,4]"],
  ["a list in a sentence", "It is [1,2] of course.", numbers, "[1,2]"],
  ["a wrong value first", `{"x":1} is wrong, so ${ann}`, person, ann],
];

describe.each([...mended, ...found])("%s", (_, answer, schema, json) => {
  test.each([false, true])("held back: %s", (hold) => {
    for (const deltas of everyCut(answer)) expect(give(deltas, schema, hold)).toEqual(json);
  });
});

test("a stream says what the whole answer says, whatever the values are", () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom("LOW", "low", "1", "yes", "null", '["a"]', "string", "Ann", { ID: "7", label: 5 }),
  );
  const keys = fc.constantFrom(
    "title",
    "Title",
    "level",
    "tags",
    "active",
    "score",
    "note",
    "items",
    "other",
  );
  fc.assert(
    fc.property(
      fc.dictionary(keys, value, { maxKeys: 9 }),
      fc.array(fc.nat(), { maxLength: 6 }),
      (answer, places) => {
        const said = `\`\`\`json\n${JSON.stringify({ title: "A title", ...answer })}\n\`\`\``;
        const pieces = cutAt(said, places);
        const whole = give(pieces, report, true);
        let streamed: ReturnType<typeof give>;
        try {
          streamed = give(pieces, report, false);
        } catch (error) {
          // What was begun can't be asked for again, or looked at as a whole.
          expect(error).toMatchObject({ kind: "output-invalid" });
          return;
        }
        expect(streamed).toEqual(whole);
      },
    ),
    { numRuns: 500 },
  );
});

describe("is asked for again while nothing was given", () => {
  test.each<[string, string, Schema, RegExp]>([
    ["a wrong type before any text", '{"age":"old","name":"Ann"}', person, /age must be integer/],
    ["nothing but other keys", '{"a":1,"b":"x"}', closed({ name: text }, []), /additional properties/],
    [
      "the schema",
      JSON.stringify(closed({ title: text })),
      closed({ title: text }),
      /the schema, not an answer|required property/,
    ],
    [
      "the schema of a list",
      JSON.stringify(closed({ tags: { type: "array", items: text } })),
      closed({ tags: { type: "array", items: text } }),
      /the schema, not an answer|required property/,
    ],
    ["a list where a text is wanted", '["T"]', closed({ title: text }), /root is not an object/],
    ["a list whose items are no items", '[{"no":1}]', ids, /required property 'id'/],
    ["a missing key", '{"age":41}', person, /required property 'name'/],
  ])("%s", (_, answer, schema, problem) => {
    for (const hold of [false, true])
      for (const deltas of everyCut(answer))
        expect(give(deltas, schema, hold)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe("is given as soon as nothing can change it", () => {
  function steps(pieces: readonly string[], schema: Schema): string[] {
    const format: JsonFormat = { kind: "json-schema", name: "person", schema };
    const shaper = constrainJson({ format, hold: false, work: createPatientWork() });
    return textEvents(pieces)
      .slice(0, -2)
      .map((event) => textOf([...start, ...shaper.push(event)]));
  }
  const start = [{ type: "block-start", index: 0, block: { kind: "text" } }] as const;

  test("a text, as it comes", () => {
    expect(steps(['{"age": "4', '1", "name": "Once', " upon", ' a time"', "}"], person).slice(2)).toEqual([
      "",
      '{"age": 41,"name": "Once',
      " upon",
      " a time",
      '"}',
    ]);
  });

  test("a text deep inside, and items one by one", () => {
    const pieces = ['{"items":[{"label":"lo', 'ng","id":"1"}', ',{"label":"x"', ',"id":2,', '"extra":3}'];
    expect(steps(pieces, closed({ items })).slice(2)).toEqual([
      '{"items":[{"label":"lo',
      'ng","id":1,"extra":null}',
      ',{"label":"x',
      '","id":2',
      ',"extra":3}',
    ]);
  });

  test("numbers of a list, one by one", () => {
    expect(steps(['{"n":["1', '",', "2", ",3"], closed({ n: numbers })).slice(2)).toEqual([
      "",
      '{"n":[1',
      "",
      ",2",
    ]);
  });

  test("a whole value that could have wrapped another", () => {
    expect(steps([`{"person":${ann.slice(0, 9)}`, ann.slice(9), "}", "\nDone."], person).slice(2)).toEqual([
      "",
      "",
      ann,
      "",
    ]);
  });
});

describe("is mended though nobody has time to check it", () => {
  /** A budget that has no time left for schemas. */
  const work = {
    ...createPatientWork(),
    budget: { ...createPatientWork().budget, compile: () => undefined, check: () => undefined },
  };
  test.each<[string, string]>([
    ["as it is", '{"name":"Ann","age":"41"}'],
    ["in single quotes", "{'Name':'Ann','age':'41'}"],
    ["in single quotes, wrapped", "{'person':{'name':'Ann','age':'41'}}"],
    ["behind its schema", `${JSON.stringify(person)}\n\n{"name":"Ann","age":"41"}`],
    [
      "behind its schema with lists of types",
      `${JSON.stringify(closed({ name: { type: ["string", "null"] }, age: integer }))}\n\n${ann}`,
    ],
  ])("%s", (_, answer) => {
    for (const hold of [false, true]) {
      const shaper = constrainJson({
        format: { kind: "json-schema", name: "person", schema: person },
        hold,
        work,
      });
      expect(textOf(run(shaper, textEvents([answer])))).toBe(ann);
    }
  });
});
