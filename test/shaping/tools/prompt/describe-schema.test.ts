import { expect, test } from "vitest";
import { createUnfolding, describeSchema } from "../../../../src/shaping/tools/prompt/describe-schema.ts";

const object = (
  properties: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Record<string, unknown> => ({
  type: "object",
  properties,
  ...more,
});

test.each([
  ["no properties, closed", object({}, { additionalProperties: false }), "{}"],
  ["no properties, open", { type: "object" }, "{[key]: any}"],
  ["a map", { type: "object", additionalProperties: { type: "number" } }, "{[key]: number}"],
  [
    "required and optional",
    object({ a: { type: "string" }, b: { type: "boolean" } }, { required: ["a"] }),
    "{\n a: string\n b?: boolean\n}",
  ],
  ["an odd key", object({ "a b": { type: "null" } }), '{\n "a b"?: null\n}'],
  [
    "enum and const",
    object({ a: { enum: ["x", 1, null] }, b: { const: "y" } }),
    '{\n a?: "x"|1|null\n b?: "y"\n}',
  ],
  ["several types", object({ a: { type: ["string", "null"] } }), "{\n a?: string|null\n}"],
  [
    "a list of a union",
    object({ a: { type: "array", items: { anyOf: [{ type: "string" }, { type: "number" }] } } }),
    "{\n a?: (string|number)[]\n}",
  ],
  [
    "a list with limits",
    object({ a: { type: "array", minItems: 1, items: { type: "string", format: "uri" } } }),
    "{\n a?: Array<string /* format=uri */> // minItems=1\n}",
  ],
  [
    "a tuple",
    object({ a: { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }] } }),
    "{\n a?: [string, integer]\n}",
  ],
  [
    "limits and a default",
    object({ a: { type: "integer", minimum: 1, default: 3, description: "How\n many" } }),
    "{\n a?: integer // minimum=1 default=3 How many\n}",
  ],
  [
    "limits of branches",
    object({ a: { anyOf: [{ type: "string", format: "date" }, { type: "null" }] } }),
    "{\n a?: string /* format=date */|null\n}",
  ],
  ["any integer", object({ a: { type: "integer", maximum: Number.MAX_SAFE_INTEGER } }), "{\n a?: integer\n}"],
  [
    "nested objects",
    object({ a: object({ b: object({ c: { type: "string" } }) }) }),
    "{\n a?: {\n  b?: {\n   c?: string\n  }\n }\n}",
  ],
  [
    "a reference",
    object({ a: { $ref: "#/$defs/x" } }, { $defs: { x: { type: "string", description: "X" } } }),
    "{\n a?: string // X\n}",
  ],
  [
    "a recursive reference",
    object({ a: { type: "array", items: { $ref: "#" } } }),
    "{\n a?: {\n  a?: (same object)[]\n }[]\n}",
  ],
  ["a broken reference", object({ a: { $ref: "other.json#/x" } }), "{\n a?: x\n}"],
  [
    "all of several",
    object({ a: { allOf: [{ $ref: "#/$defs/x" }, object({ b: {} })] } }, { $defs: { x: object({ c: {} }) } }),
    "{\n a?: {\n  c?: any\n }&{\n  b?: any\n }\n}",
  ],
  ["no schema at all", object({ a: true, b: false, c: 7 }), "{\n a?: any\n b?: never\n c?: any\n}"],
])("%s", (_, schema, expected) => {
  expect(describeSchema(schema)).toBe(expected);
});

test("a long enum is told in short by its first values, and whole in full", () => {
  const icons = Array.from({ length: 1000 }, (_, index) => `icon-${index}`);
  const schema = object({ icon: { enum: icons }, none: { enum: [] } });
  expect(describeSchema(schema)).toBe(
    `{\n icon?: ${icons.map((icon) => `"${icon}"`).join("|")}\n none?: never\n}`,
  );
  const short = describeSchema(schema, createUnfolding(), "short");
  expect(short).toMatch(/^\{\n icon\?: "icon-0"\|"icon-1"\|.*"icon-60" \/\* or one of 939 more \*\/\n/);
  expect(short.length).toBeLessThan(700);
  const one = object({ a: { enum: ["x".repeat(700), "y"] } });
  expect(describeSchema(one, createUnfolding(), "short")).toBe(describeSchema(one));
});
