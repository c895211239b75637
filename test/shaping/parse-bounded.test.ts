import { describe, expect, test } from "vitest";

import { findExcess, jsonLimits, parseBounded } from "../../src/shaping/parse-bounded.ts";
import { parseLeniently } from "../../src/shaping/parse-leniently.ts";

const list = (count: number, item: string): string => `[${`${item},`.repeat(count - 1)}${item}]`;
const many = jsonLimits.values;
const record = (count: number, blanks = ""): string =>
  `{${Array.from({ length: count }, (_, at) => `"a long key ${at}"${blanks}:1`).join(",")}}`;
const text = (length: number): string => `"${"a".repeat(length - 2)}"`;

describe("JSON that is read", () => {
  test.each([
    // The list itself is a value, too.
    ["values", list(many - 1, "1"), list(many, "1")],
    ["lists", list(many / 2 - 1, "[]"), list(many / 2 + 1, "[]")],
    ["texts with all signs", list(many - 1, String.raw`"[,{\\\","`), list(many, String.raw`"[,{\\\","`)],
  ])("is counted: %s", (_name, most, more) => {
    expect(findExcess(most)).toBeUndefined();
    expect(findExcess(more)).toBe("holds more than 100000 JSON values");
  });

  test("is counted by its different keys", () => {
    expect(findExcess(record(jsonLimits.keys))).toBeUndefined();
    expect(findExcess(record(jsonLimits.keys + 1))).toBe("holds more than 20000 different keys");
    expect(findExcess(record(jsonLimits.keys + 1, " \n\t".repeat(9)))).toBe(
      "holds more than 20000 different keys",
    );
    expect(findExcess(list(30_000, '{"a":1,"b":"c"}'))).toBeUndefined();
    const texts = Array.from({ length: jsonLimits.keys + 1 }, (_, at) => `"a long text ${at}"`);
    expect(findExcess(`[${texts.join()}]`)).toBeUndefined();
  });

  test("is measured", () => {
    expect(findExcess(text(jsonLimits.text))).toBeUndefined();
    expect(findExcess(text(jsonLimits.text + 1))).toBe("is longer than 2097152 characters");
  });

  test("has no quote that ends a text behind a backslash, however many there are", () => {
    expect(findExcess(`["${"\\\\".repeat(many)}",${"1,".repeat(many)}1]`)).toMatch(/holds more/);
    expect(findExcess(`["${'\\",'.repeat(many)}"]`)).toBeUndefined();
    // A text without an end: the rest is part of it.
    expect(findExcess(`["${",".repeat(many * 2)}`)).toBeUndefined();
  });

  test("is parsed, and what is too much of it is not", () => {
    expect(parseBounded('{"a":[1]}')).toEqual({ a: [1] });
    expect(() => parseBounded("{")).toThrow(SyntaxError);
    expect(() => parseBounded(list(many, "1"))).toThrow(/^The JSON holds more/);
    expect(parseLeniently(list(many, "1"))).toBeUndefined();
    expect(parseLeniently(list(many - 1, "1"))).toHaveLength(many - 1);
  });
});
