import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createListInterner, internLimits } from "../../src/model/list-interner.ts";

const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value));

const tool = {
  name: "read",
  description: "Reads a file.",
  input_schema: {
    type: "object",
    properties: { path: { type: "string" }, limit: { type: "integer", minimum: 0 } },
    required: ["path", "limit"],
  },
};
const other = { name: "write", input_schema: { type: "object", additionalProperties: false } };

test("an equal list is the one that came before", () => {
  const { intern } = createListInterner();
  const first = [tool, other];
  expect(intern(first)).toBe(first);
  expect(intern(copyOf(first))).toBe(first);
  expect(intern([])).toEqual([]);
});

describe("a list is another one when it differs in", () => {
  const { properties } = tool.input_schema;
  const { limit, path } = properties;
  const withProperties = (changed: unknown) => ({
    ...tool,
    input_schema: { ...tool.input_schema, properties: changed },
  });
  test.each<[string, unknown]>([
    ["a description", [{ ...tool, description: "Reads a file!" }, other]],
    ["the order of tools", [other, tool]],
    ["the order of properties", [withProperties({ limit, path }), other]],
    [
      "the order of a list",
      [{ ...tool, input_schema: { ...tool.input_schema, required: ["limit", "path"] } }, other],
    ],
    ["nesting", [withProperties({ path: { properties: path }, limit }), other]],
    ["a number", [withProperties({ path, limit: { ...limit, minimum: 1 } }), other]],
    ["the sign of a zero", [withProperties({ path, limit: { ...limit, minimum: -0 } }), other]],
    ["a number that is a text", [withProperties({ path, limit: { ...limit, minimum: "0" } }), other]],
    ["null for an object", [withProperties({ path, limit: null }), other]],
    ["a list for an object", [{ ...tool, input_schema: [] }, other]],
    ["an object for a list", [{ ...tool, input_schema: { ...tool.input_schema, required: {} } }, other]],
    ["a key more", [{ ...tool, strict: true }, other]],
    ["a key less", [{ name: "read", input_schema: tool.input_schema }, other]],
    ["a tool more", [tool, other, other]],
    ["a tool less", [tool]],
  ])("%s", (_what, changed) => {
    const { intern } = createListInterner();
    const first = [copyOf(tool), copyOf(other)];
    intern(first);
    expect(Array.isArray(changed) && intern(changed)).toBe(changed);
    expect(intern([copyOf(tool), copyOf(other)])).toBe(first);
  });
});

test("of any two lists of JSON values those are one that are written the same", () => {
  const values = fc.array(fc.jsonValue({ maxDepth: 4 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(values, values, (one, two) => {
      // JSON has no sign of a zero when it is written.
      fc.pre(
        !JSON.stringify([one, two], (_key, value: unknown) => (Object.is(value, -0) ? "-0" : value)).includes(
          '"-0"',
        ),
      );
      const { intern } = createListInterner();
      intern(one);
      expect(intern(JSON.parse(JSON.stringify(one)))).toEqual(one);
      const isSame = JSON.stringify(one) === JSON.stringify(two);
      expect(intern(two) === one).toBe(isSame);
    }),
  );
});

test("nobody can change what is remembered", () => {
  const { intern } = createListInterner();
  const list = intern([copyOf(tool)]);
  expect(() => Object.assign(list[0]?.input_schema.properties.path ?? {}, { type: "number" })).toThrow(
    TypeError,
  );
  expect(() => void (list as unknown[]).push(1)).toThrow(TypeError);
  expect(intern([copyOf(tool)])).toEqual([tool]);
});

test("the lists that were asked for last are remembered", () => {
  const { intern } = createListInterner();
  const lists = Array.from({ length: internLimits.lists + 1 }, (_, at) => [{ at }]);
  for (const list of lists.slice(0, -1)) intern(list);
  expect(intern([{ at: 0 }])).toBe(lists[0]);
  intern([{ at: internLimits.lists }]);
  expect(intern([{ at: 0 }])).toBe(lists[0]);
  expect(intern([{ at: 1 }])).not.toBe(lists[1]);
});

test("long texts of others push a list out, and what is very large is never remembered", () => {
  const { intern } = createListInterner();
  const first = [{ name: "a" }];
  const long = "x".repeat(internLimits.text - 10);
  intern(first);
  for (let at = 0; at < 3; at += 1) intern([{ at, long }]);
  expect(intern([{ name: "a" }])).toBe(first);
  for (let at = 3; at < 8; at += 1) intern([{ at, long }]);
  expect(intern([{ name: "a" }])).not.toBe(first);

  const nested = JSON.parse("[".repeat(5000) + "]".repeat(5000)) as unknown[];
  const large: unknown[][] = [
    [{ long: "x".repeat(internLimits.text + 1) }],
    Array.from({ length: internLimits.values + 1 }, () => 0),
    nested,
  ];
  for (const list of large) {
    expect(intern(list)).toBe(list);
    expect(Object.isFrozen(list)).toBe(false);
    expect(intern([...list])).not.toBe(list);
  }
});

test("looking for a list has an end, however alike the others are", () => {
  const { intern } = createListInterner();
  const values = Array.from({ length: internLimits.values / 2 }, (_, at) => at);
  const lists = Array.from({ length: 10 }, (_, at) => [...values, `last ${at}`]);
  for (const list of lists) intern(list);
  // The first is behind nine that differ from it in their last value only: it is not found, and that is all.
  const copy = [...values, "last 0"];
  expect(intern(copy)).toBe(copy);
  expect(intern([...copy])).toBe(copy);
});
