import { Ajv2020 } from "ajv/dist/2020.js";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { isRecord } from "../../../src/shaping/schema/resolve-schema.ts";
import { keysOf, narrowSchema } from "../../../src/shaping/schema/narrow-schema.ts";

const names = fc.constantFrom("a", "b", "c", "properties", "enum", "$defs");

const plain: fc.Arbitrary<object> = fc.constantFrom(
  {},
  { type: "string" },
  { type: "object" },
  { required: ["a"] },
  { enum: [{ properties: { a: 1 } }, "x"] },
  { $ref: "#/$defs/properties" },
);

/** Schemas that hold schemas of the level below. */
function around(inner: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc.oneof(
    plain,
    fc.record(
      {
        type: fc.constantFrom("object", "string", ["object", "null"]),
        properties: fc.dictionary(names, inner, { maxKeys: 3 }),
        required: fc.uniqueArray(names, { maxLength: 2 }),
        additionalProperties: fc.boolean(),
        patternProperties: fc.dictionary(names, inner, { maxKeys: 1 }),
        anyOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
        not: inner,
        items: inner,
        dependentSchemas: fc.dictionary(names, inner, { maxKeys: 1 }),
        unevaluatedProperties: fc.boolean(),
      },
      { requiredKeys: ["properties"] },
    ),
  );
}

const schema = around(around(plain));

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constant("x"),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 2 }),
    fc.dictionary(names, tie("value"), { maxKeys: 3 }),
  ),
}));

/** Whether the schema admits the value, or why that can't be told. */
function judge(form: object, candidate: unknown): unknown {
  try {
    return new Ajv2020({ strict: false, logger: false, inlineRefs: false, validateSchema: false }).compile(
      form,
    )(candidate);
  } catch (error) {
    return error instanceof RangeError ? "no end" : String(error);
  }
}

test("a narrowed schema judges as the whole one does", () => {
  fc.assert(
    fc.property(schema, around(fc.constant({ type: "string" })), value, (root, definition, candidate) => {
      const whole = { ...root, $defs: { properties: definition } };
      const narrowed = narrowSchema(whole, keysOf(candidate));
      const expected = judge(whole, candidate);
      // Less of a schema may have an end where all of it has none.
      fc.pre(expected !== "no end");
      expect(judge(narrowed, candidate)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test("what no value of these keys meets is left out; what holds values is not touched", () => {
  const whole = {
    properties: { a: { type: "string" }, b: { properties: { a: {}, c: {} } }, d: {} },
    $defs: { properties: { enum: [{ properties: { d: 1 } }], properties: { d: {} } } },
  };
  expect(narrowSchema(whole, keysOf({ b: [{ c: 1 }] }))).toEqual({
    properties: { b: { properties: { c: {} } } },
    $defs: { properties: { enum: [{ properties: { d: 1 } }], properties: {} } },
  });
});

test("a schema that refers into properties stays whole", () => {
  const whole = { properties: { a: { $ref: "#/properties/b" }, b: { type: "string" } } };
  expect(narrowSchema(whole, new Set(["a"]))).toEqual(whole);
  expect(isRecord(narrowSchema(whole, new Set()))).toBe(true);
});
