import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCustomInputDecoder } from "../../src/dialects/decode-custom-input.ts";

function decode(pieces: readonly string[]): { text: string; deltas: string[] } {
  const decoder = createCustomInputDecoder();
  const deltas = [...pieces.map((piece) => decoder.push(piece)), decoder.end()].filter(
    (delta) => delta !== "",
  );
  return { text: deltas.join(""), deltas };
}

describe("the input of a custom tool call", () => {
  test("comes out of its JSON unchanged, wherever that is cut and however it is escaped", () => {
    const json = fc.tuple(fc.string({ unit: "grapheme" }), fc.boolean()).map(([input, ascii]) => {
      const text = JSON.stringify({ input });
      const escaped = ascii
        ? text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
        : text;
      return { input, text: escaped };
    });
    fc.assert(
      fc.property(json, fc.array(fc.nat(), { maxLength: 5 }), ({ input, text }, cuts) => {
        const edges = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
        const pieces = edges.slice(1).map((edge, index) => text.slice(edges[index], edge));
        expect(decode(pieces).text).toBe(input);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    { name: "with blanks", text: '{ "input" : "a" }', input: "a" },
    { name: "under another key", text: '{"patch":"*** Begin Patch"}', input: "*** Begin Patch" },
    { name: "after another key", text: '{"reason":"x","input":"a"}', input: "a" },
    { name: "as a bare JSON string", text: '"a\\nb"', input: "a\nb" },
    { name: "as plain text", text: "*** Begin Patch\n", input: "*** Begin Patch\n" },
    { name: "as several keys, none of them ours", text: '{"a":"1","b":"2"}', input: '{"a":"1","b":"2"}' },
    { name: "as a number", text: "7", input: "7" },
    { name: "with line breaks that should have been escaped", text: '{"input":"a\nb"}', input: "a\nb" },
    { name: "as nothing", text: "", input: "" },
  ])("$name is $input", ({ text, input }) => {
    expect(decode([text]).text).toBe(input);
    expect(decode(text.split("")).text).toBe(input);
  });

  test("is given out while it comes, but never half an escape", () => {
    expect(decode(['{"input":"ab', "c\\", "n\\u00", 'e9"}']).deltas).toEqual(["ab", "c", "\n", "é"]);
  });

  test("of a megabyte in small pieces takes linear time", () => {
    const text = JSON.stringify({ input: 'line "quoted"\n'.repeat(70_000) });
    const pieces = text.match(/.{1,7}/gs) ?? [];
    expect(decode(pieces).text).toHaveLength(980_000);
  });
});
