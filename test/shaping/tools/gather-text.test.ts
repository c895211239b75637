import { expect, test } from "vitest";

import { gatherText } from "../../../src/shaping/tools/gather-text.ts";

test("text is gathered in order, however many pieces it has, and may be asked for on the way", () => {
  const text = gatherText();
  expect(text.text()).toBe("");
  const pieces = Array.from({ length: 3000 }, (_, at) => `${at} `);
  for (const piece of pieces) text.add(piece);
  expect(text.text()).toBe(pieces.join(""));
  text.add("end");
  expect(text.text()).toBe(`${pieces.join("")}end`);
});
