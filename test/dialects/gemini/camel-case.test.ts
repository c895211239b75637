import { expect, test } from "vitest";

import { toCamelCase } from "../../../src/dialects/gemini/camel-case.ts";

test("names of the API are in its spelling, and the client's own stay", () => {
  const own = { some_key: { other_key: 1 } };
  expect(
    toCamelCase({
      generation_config: { stop_sequences: ["a_b"], response_json_schema: own },
      contents: [
        {
          parts: [
            { function_call: { name: "f", args: own } },
            { function_response: { name: "f", response: own } },
          ],
        },
      ],
      tools: [
        {
          function_declarations: [
            {
              name: "f",
              parameters: { properties: { my_args: { any_of: [{ min_items: 1 }] }, args: { max_items: 2 } } },
            },
          ],
        },
      ],
      labels: own,
    }),
  ).toEqual({
    generationConfig: { stopSequences: ["a_b"], responseJsonSchema: own },
    contents: [
      {
        parts: [
          { functionCall: { name: "f", args: own } },
          { functionResponse: { name: "f", response: own } },
        ],
      },
    ],
    tools: [
      {
        functionDeclarations: [
          {
            name: "f",
            parameters: { properties: { my_args: { anyOf: [{ minItems: 1 }] }, args: { maxItems: 2 } } },
          },
        ],
      },
    ],
    labels: own,
  });
});

test("what is in it already stays the same object", () => {
  const body = {
    contents: [{ parts: [{ text: "snake_case" }] }],
    tools: [{ functionDeclarations: [{ name: "a_b" }] }],
  };
  expect(toCamelCase(body)).toBe(body);
  expect([null, "x", [1]].map(toCamelCase)).toEqual([null, "x", [1]]);
});

test("a list of tools that comes again is converted once", () => {
  const tools = Object.freeze([{ function_declarations: [{ name: "f" }] }]);
  const [first, second] = [toCamelCase({ tools }), toCamelCase({ tools })].map((body) => Object(body).tools);
  expect(first).toEqual([{ functionDeclarations: [{ name: "f" }] }]);
  expect(second).toBe(first);
});

test("no name of a field can change a prototype", () => {
  const body: unknown = JSON.parse('{"a_b": 1, "__proto__": {"text": "x"}}');
  const converted = Object(toCamelCase(body));
  expect(Object.getPrototypeOf(converted)).toBe(Object.prototype);
  expect(converted.text).toBeUndefined();
});

test.each(["^x_y", "a_b"])("the name %j of a schema stays, and what is in it is converted", (name) => {
  expect(
    toCamelCase({
      parameters: {
        pattern_properties: { [name]: { min_items: 1 } },
        dependentSchemas: { [name]: { max_items: 1 } },
        dependent_required: { [name]: ["c_d"] },
      },
    }),
  ).toEqual({
    parameters: {
      patternProperties: { [name]: { minItems: 1 } },
      dependentSchemas: { [name]: { maxItems: 1 } },
      dependentRequired: { [name]: ["c_d"] },
    },
  });
});

test.each([
  [{ tool_config: {}, toolConfig: {} }, "toolConfig"],
  [{ contents: [{ parts: [{ inlineData: {}, inline_data: {} }] }] }, "inlineData"],
])("a field in both spellings is refused: %j", (body, field) => {
  expect(() => toCamelCase(body)).toThrow(`'${field}' stands twice`);
});
