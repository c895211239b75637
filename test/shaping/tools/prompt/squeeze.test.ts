import * as fc from "fast-check";
import { expect, test } from "vitest";

import { squeeze, toOneLine } from "../../../../src/shaping/tools/prompt/squeeze.ts";

const blanks = [" ", " ", "  ", "\n", "\t", "\r\n", "\u00A0", "\u2003", "\u2028", "\uFEFF", "\v"];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...blanks), fc.constantFrom("a", "b.", "-", "é", "漢", "\u200B")))
  .map((parts) => parts.join(""));

test("any text is squeezed as by the plain patterns, which match every blank", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(squeeze(text)).toBe(
        text
          .replaceAll(/[^\S\n]+/g, " ")
          .replaceAll(/ ?\n\s*/g, "\n")
          .trim(),
      );
      expect(toOneLine(text)).toBe(text.replaceAll(/\s+/g, " ").trim());
    }),
    { numRuns: 2000 },
  );
});
