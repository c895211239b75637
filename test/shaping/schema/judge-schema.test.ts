import { describe, expect, test } from "vitest";

import { GatewayError } from "../../../src/errors.ts";
import { boundSchemas, schemaLimits } from "../../../src/shaping/schema/bound-schemas.ts";
import { judgeSchema } from "../../../src/shaping/schema/judge-schema.ts";

const reference = (name: string) => ({ $ref: `#/$defs/${name}` });

function nest(levels: number): Record<string, unknown> {
  let schema: Record<string, unknown> = { type: "string" };
  for (let level = 0; level < levels; level += 1) schema = { properties: { a: schema } };
  return schema;
}

function properties(count: number): Record<string, unknown> {
  const entries = Array.from({ length: count }, (_, at) => [`p${at}`, { type: "string" }]);
  return { type: "object", properties: Object.fromEntries(entries) };
}

describe("a schema that can't be used is told why", () => {
  test.each<[name: string, schema: Record<string, unknown>, reason: RegExp]>([
    ["a root that is itself", { $ref: "#" }, /^a schema that is \{"\$ref": "#"\} leads back to itself/],
    [
      "definitions that are each other",
      { ...reference("a"), $defs: { a: reference("b"), b: { allOf: [reference("a")] } } },
      /leads back to itself/,
    ],
    [
      "a definition that is itself, far inside",
      { properties: { x: { items: reference("a") } }, $defs: { a: { anyOf: [{}, reference("a")] } } },
      /leads back to itself/,
    ],
    ["a reference to nothing", reference("a"), /^can't resolve reference #\/\$defs\/a/],
    ["a reference to elsewhere", { $ref: "https://example.com/x.json" }, /^can't resolve reference https/],
    ["a pattern that is none", { properties: { a: { pattern: "(" } } }, /Invalid regular expression/],
    [
      "a wrong type",
      { type: "objekt" },
      /^its type must be equal to one of the allowed values \(array, boolean, .*string\), its type must be array$/,
    ],
    ["a wrong bound", { properties: { a: { minimum: "1" } } }, /^its properties\/a\/minimum must be number$/],
    [
      "a long way of references",
      {
        ...reference("d0"),
        $defs: Object.fromEntries(
          Array.from({ length: 999 }, (_, at) => [`d${at}`, reference(`d${at + 1}`)]),
        ),
      },
      /^more than 200 of its references follow each other/,
    ],
    ["too many values", properties(10_001), /^it is too large: it holds more than 20000 values/],
    ["too deep a nest", nest(101), /^it is too large: it is nested more than 200 levels/],
    ["too deep a nest for any stack", nest(100_000), /^it is too large: it/],
    ["a pattern that takes long to read", { pattern: "\\p{L}".repeat(400) }, /its patterns are too long/],
    ["long texts", { description: "a".repeat(2_000_001) }, /its texts are longer than 2000000/],
  ])("%s", (_name, schema, reason) => {
    expect(judgeSchema(schema)).toMatch(reason);
    // From memory.
    expect(judgeSchema(schema)).toMatch(reason);
  });

  test.each<[name: string, schema: Record<string, unknown>]>([
    ["a tree that holds itself", { properties: { next: { $ref: "#" }, all: { items: { $ref: "#" } } } }],
    [
      "two uses of a definition",
      { anyOf: [reference("a"), reference("a")], $defs: { a: { type: "string" } } },
    ],
    ["a name of its own", { $id: "https://example.com/a", items: { $ref: "https://example.com/a" } }],
    ["an anchor", { items: { $ref: "#x" }, $defs: { a: { $anchor: "x" } } }],
    ["a place in a list", { prefixItems: [{ type: "string" }], items: { $ref: "#/prefixItems/0" } }],
    ["a large one", properties(3000)],
    ["a reference in an example", { examples: [{ $ref: "#/nowhere" }], const: { pattern: "(" } }],
  ])("%s is fine", (_name, schema) => {
    expect(judgeSchema(schema)).toBeUndefined();
  });
});

function errorOf(schemas: Parameters<typeof boundSchemas>[0]): unknown {
  try {
    boundSchemas(schemas);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("the schemas of a request", () => {
  test("may be hundreds of large ones", () => {
    const schema = properties(30);
    const tools = Array.from({ length: 400 }, (_, at) => ({ schema, texts: ["does this"], param: `t${at}` }));
    expect(errorOf(tools)).toBeUndefined();
  });

  test("are refused by the name of the one that is too much", () => {
    const tools = Array.from({ length: 100 }, (_, at) => ({ schema: properties(1000), param: `t${at}` }));
    expect(errorOf(tools)).toBeInstanceOf(GatewayError);
    expect(errorOf(tools)).toMatchObject({
      kind: "invalid-request",
      param: "t29",
      message: `t29 is too large: the tools up to it hold more than ${schemaLimits.allValues} values. Offer fewer tools.`,
    });
  });

  test("count the words beside them", () => {
    const words = "a".repeat(1_500_000);
    const tools = [1, 2].map((at) => ({ schema: {}, texts: [undefined, words], param: `t${at}` }));
    expect(errorOf(tools)).toMatchObject({ param: "t2" });
  });
});
