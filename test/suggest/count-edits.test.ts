import * as fc from "fast-check";
import { expect, test } from "vitest";

import { countEdits, leastEdits } from "../../src/suggest/count-edits.ts";

const names = fc.string({ unit: fc.constantFrom("A", "B", "C", "_", "E"), maxLength: 12 });

test("the least that edits can be is never above what they are", () => {
  fc.assert(
    fc.property(names, names, (a, b) => {
      expect(leastEdits(a, b)).toBeLessThanOrEqual(countEdits(a, b));
    }),
    { numRuns: 2000 },
  );
  expect(leastEdits("AKASH", "AKASH")).toBe(0);
  expect(leastEdits("AKASH", "AKASHML")).toBe(2);
  expect(leastEdits("SERVER", "REVRES")).toBe(0);
});
