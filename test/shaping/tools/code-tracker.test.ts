import { array, assert, constantFrom, nat, property } from "fast-check";
import { expect, test } from "vitest";

import { createCodeTracker } from "../../../src/shaping/tools/code-tracker.ts";

const piece = constantFrom(
  "`",
  "```",
  "````",
  "~~~",
  "\n",
  "\\",
  " ",
  "\t",
  "> ",
  "- ",
  "1. ",
  "word",
  "<",
  "é🙂",
);

test("text that is seen at once counts as its characters do", () => {
  assert(
    property(array(piece, { maxLength: 30 }), nat({ max: 40 }), (pieces, size) => {
      const text = pieces.join("");
      const one = createCodeTracker();
      const all = createCodeTracker();
      for (let at = 0; at < text.length; at += size + 1) {
        const part = text.slice(at, at + size + 1);
        for (const character of part) one.see(character);
        all.seeAll(part);
        expect(all.inCode()).toBe(one.inCode());
      }
    }),
    // A quote behind the marks: the fence goes on.
    { numRuns: 2000, examples: [[["```", "\n", "```", "> ", "\n"], 7]] },
  );
});
