import { Script } from "node:vm";

import { describe, expect, test, vi } from "vitest";

import { compileJsonSchema } from "../../src/shaping/schema/compile-json-schema.ts";
import { repairJson } from "../../src/shaping/repair-json.ts";
import { rootTypes } from "../../src/shaping/schema/root-types.ts";
import { createToolPrompt } from "../../src/shaping/tools/prompt/create-tool-prompt.ts";
import { describeSchema } from "../../src/shaping/tools/prompt/describe-schema.ts";
import { propertiesOf, typesOf } from "../../src/shaping/schema/resolve-schema.ts";
import { createArgumentsValidator } from "../../src/shaping/schema/validate-arguments.ts";
import { withinTime } from "../../src/shaping/within-time.ts";
import { createPatientWork } from "../support/patient-work.ts";

const reference = (name: string) => ({ $ref: `#/$defs/${name}` });

describe("withinTime", () => {
  test("gives what the work gives, and throws what it throws", () => {
    expect(withinTime(1000, () => 42)).toBe(42);
    expect(() => withinTime(1000, () => JSON.parse("{"))).toThrow(SyntaxError);
  });

  test("ends work that has no end", () => {
    expect(
      withinTime(10, () => {
        for (;;);
      }),
    ).toBeUndefined();
    expect(withinTime(1000, () => "and goes on")).toBe("and goes on");
  });

  test("ends work inside of work together with it", () => {
    const hour = 3_600_000;
    expect(
      withinTime(10, () =>
        withinTime(hour, () => {
          for (;;);
        }),
      ),
    ).toBeUndefined();
    expect(withinTime(1000, () => withinTime(hour, () => 42))).toBe(42);
  });
});

// Without the time limit each of these would take hours, so a test that ends has passed.
describe("patterns of a client that never end", () => {
  const schema = { type: "object", properties: { a: { type: "string", pattern: "^(a+)+$" } } };
  const evil = { a: `${"a".repeat(60)}!` };
  /** Compiles in its own time, and checks for a second: on a busy machine a request's own times may end the fair ones, too. */
  const { book, budget } = createPatientWork();
  const work = {
    book,
    budget: {
      ...budget,
      check: <T>(_subject: object, done: () => T) => withinTime(1000, () => ({ done: done() })),
    },
  };

  test("don't stop the check of a JSON answer: it counts as unchecked", () => {
    const check = compileJsonSchema(schema, undefined, work);
    expect(check(evil)).toBe("unchecked");
    expect(check({ a: "b" })).toEqual({ reason: expect.stringContaining("must match pattern") });
  });

  test("don't stop the check of a call's arguments", () => {
    const check = createArgumentsValidator(schema, work);
    expect(check(evil)).toEqual([]);
    expect(check({ a: "b" })).toEqual(['a must match pattern "^(a+)+$"']);
  });
});

test("short text is mended without a watch, which costs more than the mending", () => {
  const watch = vi.spyOn(Script.prototype, "runInContext");
  expect(repairJson(`{a: ${"[".repeat(900)}`)).toContain("]]]}");
  expect(watch).not.toHaveBeenCalled();
  expect(repairJson(`{a: [${"[],".repeat(900)}`)).toContain("[]");
  expect(watch).toHaveBeenCalledOnce();
  watch.mockRestore();
});

test("text that can't be mended in time is not mended", () => {
  expect(repairJson("{a: 1,}")).toBe('{"a": 1}');
  expect(() => repairJson(`{"a":${"[call(content={".repeat(50_000)}`)).toThrow(Error);
});

function many(count: number, make: () => unknown): Record<string, unknown> {
  return Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, make()]));
}

describe("schemas whose definitions refer to each other a billion times", () => {
  const definitions = Array.from({ length: 30 }, (_, index) => [
    `d${index}`,
    {
      type: "object",
      properties: { a: reference(`d${index + 1}`), b: reference(`d${index + 1}`) },
    },
  ]);
  const fan = { ...reference("d0"), $defs: { ...Object.fromEntries(definitions), d30: { type: "string" } } };
  const branches = { anyOf: Array.from({ length: 20 }, () => ({ $ref: "#" })), properties: { a: {} } };

  test("are described in a prompt of bounded length, those of all tools together", () => {
    expect(describeSchema(fan).length).toBeLessThan(2_000_000);
    const tools = Array.from({ length: 50 }, (_, at) => ({ name: `t${at}`, parameters: fan }));
    const request = { tools, toolChoice: { kind: "auto" }, parallelToolCalls: true } as const;
    expect(createToolPrompt(request, "m").length).toBeLessThan(2_000_000);
  });

  test.each([
    ["objects of many keys", { type: "object", properties: many(20, () => reference("wide")) }],
    ["a long description", { type: "string", description: "word ".repeat(20_000) }],
    ["a long key", { type: "object", properties: { ["k".repeat(100_000)]: { type: "string" } } }],
    ["a long enum", { enum: Object.keys(many(10_000, () => "")) }],
    ["a long default", { type: "string", default: Object.keys(many(10_000, () => "")) }],
  ])("%s", (_name, definition) => {
    const wide = { type: "object", properties: many(20, () => definition) };
    const schema = {
      type: "object",
      properties: many(500, () => reference("d")),
      $defs: { d: definition, wide },
    };
    expect(describeSchema(schema).length).toBeLessThan(2_000_000);
  });

  test("are looked through once", () => {
    expect([...propertiesOf(branches, branches).keys()]).toEqual(["a"]);
    expect([...typesOf(branches, branches)]).toEqual(["object"]);
    expect(rootTypes({ anyOf: branches.anyOf }).size).toBe(3);
    expect([...rootTypes({ anyOf: [{ $ref: "#" }, { type: "array" }] })]).toEqual(["array"]);
  });
});

test("a schema that is too large to compile is refused, and its tool accepts what the model gives", () => {
  const properties = Object.fromEntries(
    Array.from({ length: 100_000 }, (_, index) => [`p${index}`, { type: "string" }]),
  );
  const schema = { type: "object", properties };
  expect(() => compileJsonSchema(schema, "schema")).toThrow(
    /^schema is not a valid JSON Schema: it is too large/,
  );
  expect(createArgumentsValidator(schema)({})).toEqual([]);
});
