import { expect, test } from "vitest";

import { parseSchema } from "../../../src/dialects/gemini/parse-schema.ts";

test.each([
  [
    "types in capitals",
    { type: "ARRAY", items: { type: "INTEGER" } },
    { type: "array", items: { type: "integer" } },
  ],
  ["no type", { type: "TYPE_UNSPECIFIED", description: "x" }, { description: "x" }],
  ["null", { type: "STRING", nullable: true }, { type: ["string", "null"] }],
  [
    "null in an enum",
    { type: "STRING", enum: ["a"], nullable: true },
    { type: ["string", "null"], enum: ["a", null] },
  ],
  [
    "null beside others",
    { anyOf: [{ type: "STRING" }], nullable: true },
    { anyOf: [{ type: "string" }, { type: "null" }] },
  ],
  ["nothing that may be null", { type: "STRING", nullable: false }, { type: "string" }],
  [
    "bounds as texts",
    { type: "ARRAY", minItems: "1", maxItems: 3 },
    { type: "array", minItems: 1, maxItems: 3 },
  ],
  [
    "numbers of an enum as texts",
    { type: "INTEGER", format: "enum", enum: ["101", "2.5e1", "many", ""], nullable: true },
    { type: ["integer", "null"], format: "enum", enum: [101, 25, "many", "", null] },
  ],
  [
    "texts of an enum that look like numbers",
    { type: "STRING", enum: ["101"] },
    { type: "string", enum: ["101"] },
  ],
  ["an example", { type: "STRING", example: "Oslo" }, { type: "string", examples: ["Oslo"] }],
  [
    "properties with the names of keywords",
    { type: "OBJECT", properties: { type: { type: "STRING" }, nullable: { type: "BOOLEAN" } } },
    { type: "object", properties: { type: { type: "string" }, nullable: { type: "boolean" } } },
  ],
  [
    "references",
    { properties: { pet: { ref: "#/defs/Pet" } }, defs: { Pet: { type: "STRING" } } },
    { properties: { pet: { $ref: "#/$defs/Pet" } }, $defs: { Pet: { type: "string" } } },
  ],
  [
    "references that may be null",
    { ref: "#/defs/Pet", nullable: true },
    { anyOf: [{ $ref: "#/$defs/Pet" }, { type: "null" }] },
  ],
  ["null as the only value", { const: null, title: null }, { const: null }],
  [
    "schemas by patterns",
    { patternProperties: { "^x": { type: "STRING" } }, dependentSchemas: { a: { type: "OBJECT" } } },
    { patternProperties: { "^x": { type: "string" } }, dependentSchemas: { a: { type: "object" } } },
  ],
  [
    "JSON Schema",
    {
      type: ["string", "null"],
      $defs: { a: { type: "NUMBER" } },
      additionalProperties: { type: "STRING" },
      const: "STRING",
    },
    {
      type: ["string", "null"],
      $defs: { a: { type: "number" } },
      additionalProperties: { type: "string" },
      const: "STRING",
    },
  ],
])("%s", (_, schema, expected) => {
  expect(parseSchema(schema)).toEqual(expected);
});

test("properties stand in the order in which they shall be written", () => {
  const properties = { a: { type: "STRING" }, b: { type: "STRING" }, c: { type: "STRING" } };
  const { properties: ordered } = parseSchema({
    type: "OBJECT",
    properties,
    propertyOrdering: ["c", "gone", "a"],
  });
  expect(Object.keys(Object(ordered))).toEqual(["c", "a", "b"]);
});
