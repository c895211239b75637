import { array, assert, boolean, constantFrom, nat, property } from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";

import { createMarks, lookFor } from "../../../src/shaping/tools/marks.ts";
import { callMarkers } from "../../../src/shaping/tools/recognisers/find-recogniser.ts";
import { play, shaperOptions } from "./answer.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("marks", () => {
  const marks = createMarks(["<ab>", "<a", "<abc>", "<|x_y|>"]);

  test.each([
    ["the first of the list that fits", "<abc>", false, "<a"],
    ["not before an earlier one is ruled out", "<ab", false, null],
    ["not before an earlier one is ruled out", "<ab>", false, "<ab>"],
    ["what the end of the text decides", "<ab", true, "<a"],
    ["a beginning that may go on", "<", false, null],
    ["a beginning that can't go on", "<", true, undefined],
    ["nothing", "<x", false, undefined],
    ["nothing", "a", false, undefined],
    ["no text yet", "", false, null],
    ["DeepSeek's bar and blank", "<\uff5cx\u2581y\uff5c>", false, "<|x_y|>"],
  ])("%s: %j, ended: %s", (_, text, ended, found) => {
    expect(marks.look(text, 0, ended)).toBe(found);
  });

  test("many at once find what one after another would", () => {
    const units = constantFrom("<", "|", "a", "b", ">", "_", "\uff5c", "\u2581");
    const word = array(units, { minLength: 1, maxLength: 4 }).map((all) => all.join(""));
    const cases = property(
      array(word, { maxLength: 8 }),
      word,
      nat(3),
      boolean(),
      (list, text, at, ended) => {
        const candidates = list.map((one) => one.replaceAll("\uff5c", "|").replaceAll("\u2581", "_"));
        expect(createMarks(candidates).look(text, at, ended)).toBe(lookFor(candidates, text, at, ended));
      },
    );
    assert(cases, { numRuns: 2000, seed: 1 });
  });
});

/** How often a text is looked at or copied while an answer is read. */
function countWork(pieces: readonly string[]): number {
  const spies = [
    vi.spyOn(String.prototype, "charCodeAt"),
    vi.spyOn(String.prototype, "slice"),
    vi.spyOn(String.prototype, "startsWith"),
    vi.spyOn(String.prototype, "replaceAll"),
  ];
  for (const spy of spies) spy.mockClear();
  play({ pieces }, shaperOptions());
  const work = spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
  vi.restoreAllMocks();
  return work;
}

// Of each kind so many that a list of markers or a second reading of what was held would show.
describe.each([
  ["</"],
  ["<t"],
  ["<|"],
  ["<tool_cal"],
  ["</think>"],
  ["<x><a>"],
  ['<p a="1" b=2>'],
  ["<function=x>"],
  ["<tool_call>"],
  ["<tool_call>get_weather\n"],
  ["<｜tool▁calls▁begin｜>"],
  ["<｜tool▁call▁begin｜>nope "],
  ["</tool_call>"],
  ["<|channel|>final<|message|>"],
  ["`<"],
  ["```\n<tool_call>\n"],
])("an answer that repeats %j", (pattern) => {
  test.each([["whole", Infinity] as const, ["in pieces of 50", 50] as const])(
    "costs the same for each character, few looks in all: %s",
    (_, length) => {
      const [once, twice] = [3000, 6000].map((units) => {
        const text = pattern.repeat(Math.ceil(units / pattern.length));
        const size = Math.min(length, text.length);
        const count = Math.ceil(text.length / size);
        return countWork(Array.from({ length: count }, (__, at) => text.slice(at * size, (at + 1) * size)));
      });
      expect(once).toBeLessThan(3000 * 12);
      expect(twice).toBeLessThan((once ?? 0) * 2.2);
    },
  );
});

test("every marker is known where it stands alone", () => {
  const marks = createMarks(callMarkers);
  for (const marker of callMarkers) expect(marks.look(marker, 0, true)).toBe(marker);
});
