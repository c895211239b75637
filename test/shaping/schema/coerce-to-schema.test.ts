import { describe, expect, test } from "vitest";
import { absent, coerceToSchema } from "../../../src/shaping/schema/coerce-to-schema.ts";
import { createArgumentsValidator } from "../../../src/shaping/schema/validate-arguments.ts";

const texts = (count: number): string[] => Array.from({ length: count }, () => "1");

const root = { $defs: { level: { enum: ["Low", "High"] }, "a b%/c": { type: "integer" } } };

const strict = (type: unknown, properties: Record<string, unknown>) => ({
  type: "object",
  properties: { type, ...properties },
  required: ["type", ...Object.keys(properties)],
  additionalProperties: false,
});
const optional = { type: ["integer", "null"] };
/** As zod writes what is told apart by a word. */
const payment = {
  anyOf: [
    strict({ type: "string", const: "card" }, { number: { type: "string" }, cvc: optional }),
    strict({ type: "string", enum: ["cash"] }, { amount: optional }),
  ],
};

const twoBranches = {
  anyOf: [
    { type: "object", properties: { a: { type: "integer" } }, additionalProperties: false },
    { type: "object", properties: { a: { type: "string" }, b: {} }, additionalProperties: false },
  ],
};

describe("coercion", () => {
  test("looks at a schema once, however many values it has to judge", () => {
    let looks = 0;
    const items = {
      get anyOf() {
        looks += 1;
        return [{ type: "number" }, { type: "boolean" }];
      },
    };
    const schema = { type: "array", items };
    expect(coerceToSchema(texts(1), schema, schema)).toEqual([1]);
    const before = looks;
    expect(coerceToSchema(texts(1000), schema, schema)).toHaveLength(1000);
    expect(looks).toBe(before);
  });

  test("gives back the value itself when nothing of it changes", () => {
    const properties = {
      a: { type: "array", items: { type: "object", properties: { b: { enum: ["x"] } } } },
    };
    const schema = { type: "object", properties };
    const value = { a: [{ b: "x" }, { c: 1 }] };
    expect(coerceToSchema(value, schema, schema)).toBe(value);
    expect(value.a).toEqual([{ b: "x" }, { c: 1 }]);
  });

  test.each([
    ["RED", ["red", "green"], "red"],
    [" red ", ["red", "green"], "red"],
    ["RED", ["red", "RED"], "RED"],
    ["Red", ["red", "RED"], "Red"],
    ["1", [1, "one"], "1"],
  ])("of %j to one of %j", (value, allowed, result) => {
    const schema = { enum: allowed };
    expect(coerceToSchema(value, schema, schema)).toBe(result);
  });

  test.each([
    ["a number in a string", "3", { type: "integer" }, 3],
    ["a decimal in a string", " -0.5 ", { type: "number" }, -0.5],
    ["no integer", "3.5", { type: "integer" }, "3.5"],
    ["digits that a number can't hold", "12345678901234567890", { type: "integer" }, "12345678901234567890"],
    ["a boolean in a string", "True", { type: "boolean" }, true],
    ["a boolean in other words", "No", { type: "boolean" }, false],
    ["no boolean", "maybe", { type: "boolean" }, "maybe"],
    ["the word where words may stand", "yes", { type: ["string", "boolean"] }, "yes"],
    [
      "a missing key that must not be missing and may be null",
      { a: 1 },
      {
        type: "object",
        properties: { b: { anyOf: [{ type: "string" }, { type: "null" }] }, a: { type: "number" } },
        required: ["a", "b"],
      },
      { a: 1, b: null },
    ],
    [
      "a missing key that may be missing, or not be null",
      {},
      {
        type: "object",
        properties: { a: { type: ["null", "string"] }, b: { type: "string" } },
        required: ["b"],
      },
      {},
    ],
    [
      "a branch that a word tells, with a missing key",
      { type: "card", number: 1 },
      payment,
      { type: "card", number: "1", cvc: null },
    ],
    [
      "a branch that a word in another case tells, with a key too many",
      { Type: "CASH", amount: "3", cvc: 1 },
      payment,
      { type: "cash", amount: 3 },
    ],
    ["branches of which none is told", { type: "cheque", amount: 1 }, payment, { type: "cheque", amount: 1 }],
    ["forbidden keys", { a: 1, b: 2 }, { properties: { a: {} }, additionalProperties: false }, { a: 1 }],
    [
      "keys that a pattern may admit",
      { a: 1, x1: 2 },
      { properties: { a: {} }, patternProperties: { "^x": {} }, additionalProperties: false },
      { a: 1, x1: 2 },
    ],
    [
      "what is optional, as this or null",
      { a: 1, b: 2 },
      { anyOf: [{ properties: { a: {} }, additionalProperties: false, type: "object" }, { type: "null" }] },
      { a: 1 },
    ],
    ["keys of one of several branches", { a: 1, b: 2 }, twoBranches, { a: 1, b: 2 }],
    ["what another branch takes as it is", { a: "5" }, twoBranches, { a: "5" }],
    [
      "values of any key",
      { x: "5" },
      { type: "object", additionalProperties: { type: "integer" } },
      { x: 5 },
    ],
    ["a string stays where strings may stand", "3", { type: ["string", "number"] }, "3"],
    ["a number where text is wanted", 3, { type: "string" }, "3"],
    ["an object where text is wanted", { a: 1 }, { type: "string" }, '{"a":1}'],
    ["JSON of a list", '["a"]', { type: "array", items: { type: "string" } }, ["a"]],
    ["almost JSON of an object", "{'a': 1,}", { type: "object" }, { a: 1 }],
    ["one item for a list", "a", { type: "array", items: { type: "string" } }, ["a"]],
    ["one number for a list of texts", 1, { type: "array", items: { type: "string" } }, ["1"]],
    ["items of a list", ["1", 2], { type: "array", items: { type: "integer" } }, [1, 2]],
    [
      "keys in another case",
      { dryRun: "true", max_size: 1 },
      { type: "object", properties: { dry_run: { type: "boolean" }, maxSize: {} } },
      { dry_run: true, maxSize: 1 },
    ],
    [
      "a key that exists is left alone",
      { A: 1, a: 2 },
      { type: "object", properties: { a: {} } },
      { A: 1, a: 2 },
    ],
    ["a value of a list in another case", "high", { $ref: "#/$defs/level" }, "High"],
    ["a reference with escapes", "5", { $ref: "#/$defs/a%20b%25~1c" }, 5],
    ["a reference with a sign that is no escape", "5", { $ref: "#/$defs/a b%~1c" }, 5],
    [
      "null for not given",
      { a: null, b: null },
      { type: "object", properties: { a: { type: "string" }, b: { type: "string" } }, required: ["b"] },
      { b: null },
    ],
    [
      "null where null may stand",
      { a: null },
      { type: "object", properties: { a: { type: ["string", "null"] } } },
      { a: null },
    ],
    ["the word null", "None", { type: ["integer", "null"] }, null],
    ["branches", "5", { anyOf: [{ type: "integer" }, { type: "null" }] }, 5],
    ["a schema without types", "5", {}, "5"],
    ["no schema", "5", undefined, "5"],
    ["a reference in a circle", "5", { $ref: "#/$defs/none" }, "5"],
  ])("%s", (_, value, schema, expected) => {
    expect(coerceToSchema(value, schema, root)).toEqual(expected);
  });

  // Going through all names for each key of each object would take minutes, so a test that ends has passed.
  test("thousands of objects against thousands of keys", () => {
    const properties = Object.fromEntries(
      Array.from({ length: 4000 }, (_, at) => [`the_key_${at}`, { type: "integer" }]),
    );
    const schema = { type: "array", items: { type: "object", properties } };
    const value = Array.from({ length: 4000 }, (_, at) => ({ [`theKey${at}`]: `${at}`, other: at }));
    const coerced = coerceToSchema(value, schema, schema);
    expect(coerced).toHaveLength(4000);
    expect(coerced).toMatchObject([
      { the_key_0: 0 },
      { the_key_1: 1, other: 1 },
      ...value.slice(2).map(() => ({})),
    ]);
  });

  test("of keys that differ in spelling alone the one that is not there is meant", () => {
    const schema = { type: "object", properties: { a_b: {}, aB: {} } };
    expect(coerceToSchema({ aB: 1, AB: 2 }, schema, schema)).toEqual({ aB: 1, a_b: 2 });
    expect(coerceToSchema({ AB: 2 }, schema, schema)).toEqual({ AB: 2 });
  });

  test("null alone is left out", () => {
    expect(coerceToSchema(null, { type: "string" }, root)).toBe(absent);
  });
});

describe("validation", () => {
  test.each([
    [
      "draft-07",
      { $schema: "http://json-schema.org/draft-07/schema#", properties: { a: { type: "string" } } },
    ],
    [
      "2020-12",
      { $schema: "https://json-schema.org/draft/2020-12/schema", properties: { a: { type: "string" } } },
    ],
    [
      "an unknown meta schema",
      { $schema: "https://example.org/schema", properties: { a: { type: "string" } } },
    ],
    [
      "unknown formats and keywords",
      { "x-order": 1, properties: { a: { type: "string", format: "phone" } } },
    ],
    ["an $id that others have, too", { $id: "same", properties: { a: { type: "string" } } }],
    ["$async", { $async: true, properties: { a: { type: "string" } } }],
  ])("%s", (_, schema) => {
    const validate = createArgumentsValidator({ type: "object", ...schema });
    expect(validate({ a: "x" })).toEqual([]);
    expect(validate({ a: 1 })).toEqual(["a must be string"]);
  });

  test("names what is allowed", () => {
    const validate = createArgumentsValidator({
      type: "object",
      properties: { a: { enum: ["x", "y"] } },
      required: ["b"],
      additionalProperties: false,
    });
    expect(validate({ a: "z", c: 1 })).toEqual([
      "the arguments must have required property 'b'",
      'the arguments must NOT have additional properties: "c"',
      'a must be equal to one of the allowed values: ["x","y"]',
    ]);
  });

  test.each([
    ["a reference to nowhere", { properties: { a: { $ref: "#/$defs/none" } } }],
    ["a pattern of another language", { properties: { a: { type: "string", pattern: "(?P<x>[" } } }],
    ["a type that doesn't exist", { type: "dict" }],
    ["draft-04 limits", { properties: { a: { type: "number", minimum: 1, exclusiveMinimum: true } } }],
  ])("%s accepts everything", (_, schema) => {
    expect(createArgumentsValidator(schema)({ a: 0 })).toEqual([]);
  });
});
