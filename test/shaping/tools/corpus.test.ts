import { readdirSync, readFileSync } from "node:fs";
import { array, assert, nat, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { play, shaperOptions, type Answer, type Outcome } from "./answer.ts";

const block = z.union([
  z.strictObject({ text: z.string() }),
  z.strictObject({ reasoning: z.string() }),
  z.strictObject({ call: z.string(), arguments: z.string() }),
]);
const outcome = z.strictObject({
  blocks: z.array(block),
  finish: z.string(),
  problem: z.string().optional(),
});
const corpusFile = z.strictObject({
  syntax: z.string(),
  cases: z.array(
    z.strictObject({
      name: z.string(),
      reasoning: z.string().optional(),
      text: z.string(),
      finish: z.enum(["stop", "length"]),
      expected: outcome,
      expectedWhole: outcome.optional(),
    }),
  ),
});

const folder = new URL("../../fixtures/tool-calls/", import.meta.url);
const corpus = readdirSync(folder)
  .filter((file) => file.endsWith(".json") && file !== "tools.json")
  .map((file) => corpusFile.parse(JSON.parse(readFileSync(new URL(file, folder), "utf8"))));

function cutAt(text: string, places: readonly number[]): string[] {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)), text.length].toSorted(
    (a, b) => a - b,
  );
  return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
}

test("the corpus has at least twelve syntaxes", () => {
  expect(corpus.length).toBeGreaterThanOrEqual(12);
});

describe.each(corpus)("$syntax", ({ cases }) => {
  test.each(cases)("$name", (example) => {
    for (const argumentsMode of ["stream", "whole"] as const) {
      const expected = (argumentsMode === "whole" ? example.expectedWhole : undefined) ?? example.expected;
      const outcomeOf = (pieces: readonly string[]): Outcome => {
        const answer: Answer = { reasoning: example.reasoning, pieces, finish: example.finish };
        return play(answer, shaperOptions({}, { argumentsMode }));
      };
      const whole = outcomeOf([example.text]);
      expect(whole).toEqual({
        ...expected,
        ...(expected.problem === undefined
          ? {}
          : { problem: expect.stringContaining(expected.problem) as unknown }),
      });
      expect(outcomeOf(example.text.split("")), "each UTF-16 unit").toEqual(whole);
      expect(outcomeOf(Array.from(example.text)), "each character").toEqual(whole);
      const cuts = array(nat(10_000), { minLength: 1, maxLength: 12 });
      assert(
        property(cuts, (places) => {
          expect(outcomeOf(cutAt(example.text, places))).toEqual(whole);
        }),
        { numRuns: 6, seed: 1 },
      );
    }
  });
});
