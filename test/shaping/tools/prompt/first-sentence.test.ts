import { expect, test } from "vitest";

import { firstSentence } from "../../../../src/shaping/tools/prompt/first-sentence.ts";

test.each([
  ["", ""],
  ["Reads a file", "Reads a file"],
  ["Reads a file. Then more.", "Reads a file."],
  ["Reads\n  a file.\n\nMore.", "Reads a file."],
  ["Reads a file\n- of text\n- of bytes", "Reads a file"],
  ["Reads:\n1. text\n2. bytes", "Reads:"],
  ["Reads a.txt, version 2.5 too. More.", "Reads a.txt, version 2.5 too."],
  ["A range (e.g. 1-5) of pages. More.", "A range (e.g. 1-5) of pages."],
  ["At most approx. 5 pages. More.", "At most approx. 5 pages."],
  ["Does it work? Yes.", "Does it work?"],
  ["It ends ... or not. More.", "It ends ... or not."],
  ["读取文件。然后返回。", "读取文件。"],
  ["1. Reads a file. 2. Writes it.", "1. Reads a file."],
  ["Writes to Dr. J. Smith. More.", "Writes to Dr. J. Smith."],
  ["Returns ca. 5 rows, see Fig. 3. More.", "Returns ca. 5 rows, see Fig. 3."],
  ["For the U.S. Navy and Plan B. More.", "For the U.S. Navy and Plan B. More."],
  ["फ़ाइल पढ़ता है। और भी।", "फ़ाइल पढ़ता है।"],
  ["هل هو ملف؟ نعم.", "هل هو ملف؟"],
  [`用于 ${"很长的说明，".repeat(50)}`, `用于 ${"很长的说明，".repeat(50).slice(0, 197)}…`],
  [`x${"😀".repeat(200)}`, `x${"😀".repeat(99)}…`],
  ["word ".repeat(100), `${"word ".repeat(40).trim()}…`],
  ["x".repeat(300), `${"x".repeat(200)}…`],
  [`${"word ".repeat(50)}. More.`, `${"word ".repeat(40).trim()}…`],
])("of %j", (text, first) => {
  expect(firstSentence(text)).toBe(first);
});
