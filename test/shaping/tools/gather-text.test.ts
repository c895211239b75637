import { expect, test } from "vitest";

import { gatherFragments, gatherText } from "../../../src/shaping/tools/gather-text.ts";

test("text is gathered in order, however many pieces it has, and may be asked for on the way", () => {
  const text = gatherText();
  expect(text.text()).toBe("");
  const pieces = Array.from({ length: 3000 }, (_, at) => `${at} `);
  for (const piece of pieces) text.add(piece);
  expect(text.text()).toBe(pieces.join(""));
  text.add("end");
  expect(text.text()).toBe(`${pieces.join("")}end`);
});

test("fragments keep their order; the last one may grow until another comes", () => {
  const fragments = gatherFragments();
  expect(fragments.text()).toBe("");
  fragments.add('{"a":"');
  const growing = gatherText();
  fragments.grow(growing);
  growing.add("one ");
  expect(fragments.text()).toBe('{"a":"one ');
  growing.add("two");
  expect(fragments.text()).toBe('{"a":"one two');
  fragments.add('"}');
  expect(fragments.text()).toBe('{"a":"one two"}');
});
