import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createJsonReader, type JsonReader } from "../../src/server/json-reader.ts";

const mark = "mark-7c1e";
const tools = [
  { name: "read", input_schema: { type: "object", properties: { path: { type: "string" } } } },
  { name: "write", description: 'Says "tools":[1]', input_schema: {} },
];
const listed = JSON.stringify(tools);

/** A reader that has read these tools so often that it knows their text. */
function createKnowing(list: unknown = tools): JsonReader {
  const read = createJsonReader(mark);
  for (let times = 0; times < 3; times += 1) read(JSON.stringify({ tools: list }));
  return read;
}

const toolsIn = (body: unknown): unknown => Reflect.get(Object(body), "tools");

test("equal tools are one frozen list, however they are written", () => {
  const read = createJsonReader(mark);
  const bodies = [
    read(`{"tools":${listed}}`),
    read(`{"model":"m","tools":${listed},"messages":["a"]}`),
    read(`{"tools":${listed},"n":1}`),
    read(`{"tools": ${JSON.stringify(tools, null, 2)} }`),
    read(`{"tools":${listed.replace("read", "\\u0072ead")}}`),
  ];
  for (const body of bodies) expect(toolsIn(body)).toBe(toolsIn(bodies[0]));
  expect(toolsIn(bodies[0])).toEqual(tools);
  expect(Object.isFrozen(toolsIn(bodies[0]))).toBe(true);
  expect(bodies[1]).toEqual({ model: "m", tools, messages: ["a"] });
  expect(Object.keys(Object(bodies[1]))).toEqual(["model", "tools", "messages"]);
});

describe("where known tools stand in another place, all is read as JSON.parse does", () => {
  test.each([
    `{"input":[{"tools":${listed}}]}`,
    `{"input":[{"tools":${listed}}],"tools":[]}`,
    `{"input":[{"tools":${listed}}],"tools":${listed}}`,
    `{"tools":${listed},"input":[{"tools":${listed}}]}`,
    `{"tools":${listed},"tools":[2]}`,
    `{"tools":[2],"tools":${listed}}`,
    `{"tools":${listed},"tools":${listed}}`,
    `{"x\\"tools":${listed}}`,
    `{"x\\\\":1,"tools":${listed}}`,
    `{"text":${JSON.stringify(`"tools":${listed}`)}}`,
    `{"text":${JSON.stringify(`"tools":${listed}`)},"tools":${listed}}`,
    `{"a":"tools","tools":${listed}}`,
    `[{"tools":${listed}}]`,
    `{"tools":{"tools":${listed}}}`,
    `{"tools":"${mark}"}`,
    `{"__proto__":{"tools":${listed}}}`,
    `{"__proto__":{"tools":${listed}},"tools":${listed}}`,
    `"tools"`,
    "null",
  ])("%s", (text) => {
    expect(createKnowing()(text)).toStrictEqual(JSON.parse(text));
  });

  test.each([
    `{"tools":${listed}`,
    `{"tools":${listed},}`,
    `{"a":"tools":${listed}}`,
    `"tools":${listed}`,
    `{"tools":${listed}x}`,
    `{"tools":${listed}${listed}}`,
  ])("and refused as it does: %s", (text) => {
    let message = "";
    try {
      JSON.parse(text);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain("SyntaxError");
    expect(() => createKnowing()(text)).toThrow(message.replace("SyntaxError: ", ""));
  });
});

test("a number that JSON.stringify writes as another value is not taken for that", () => {
  for (const [written, other] of [
    ["-0", "0"],
    ["1e999", "null"],
  ] as const) {
    const read = createJsonReader(mark);
    for (let times = 0; times < 3; times += 1) read(`{"tools":[{"a":${written}}]}`);
    for (let times = 0; times < 3; times += 1) {
      expect(read(`{"tools":[{"a":${other}}]}`)).toStrictEqual(JSON.parse(`{"tools":[{"a":${other}}]}`));
      expect(read(`{"tools":[{"a":${written}}]}`)).toStrictEqual(JSON.parse(`{"tools":[{"a":${written}}]}`));
    }
  }
});

/** What a text becomes, or why it is refused. */
const outcomeOf = (read: JsonReader, text: string) => {
  try {
    return JSON.stringify(read(text));
  } catch (error) {
    return String(error);
  }
};

test("whatever comes in whatever order is read as JSON.parse reads it", () => {
  const lists = fc.constantFrom<unknown>(tools, [tools[0]], [], [1], [{ tools }], "x", { tools }, [tools]);
  const bodies = fc.oneof(
    fc.record({ model: fc.string(), tools: lists, messages: fc.jsonValue() }, { requiredKeys: [] }),
    fc.record({ input: fc.array(fc.record({ tools: lists })), tools: lists }, { requiredKeys: [] }),
    fc.jsonValue(),
  );
  const written = fc
    .tuple(bodies, fc.constantFrom(0, 0, 0, 2), fc.nat(200), fc.constantFrom("", "", "", '"', "[", "]", ","))
    .map(([body, indent, at, fault]) => {
      const text = JSON.stringify(body, null, indent);
      return fault === "" ? text : text.slice(0, at) + fault + text.slice(at);
    });
  fc.assert(
    fc.property(fc.array(written, { minLength: 5, maxLength: 20 }), (texts) => {
      const read = createKnowing();
      for (const text of texts) expect(outcomeOf(read, text)).toBe(outcomeOf(JSON.parse, text));
    }),
    { numRuns: 300 },
  );
});

test("tools that were pushed out are read anew", () => {
  const read = createKnowing();
  const first = toolsIn(read(`{"tools":${listed}}`));
  for (let at = 0; at < 20; at += 1)
    for (let times = 0; times < 3; times += 1) read(`{"tools":[{"at":${at}}]}`);
  const again = toolsIn(read(`{"tools":${listed}}`));
  expect(again).not.toBe(first);
  expect(again).toEqual(tools);
});
