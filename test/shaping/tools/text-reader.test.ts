import { expect, test, vi } from "vitest";

import { createTextReader } from "../../../src/shaping/tools/text-reader.ts";

const text = Array.from({ length: 5000 }, (_, at) => String.fromCharCode(97 + (at % 26))).join("");

test("what is read sign by sign is recorded, from the beginning or from a mark", () => {
  const reader = createTextReader();
  reader.push(text);
  reader.take(10);
  reader.record();
  for (let at = 10; at < 2500; at += 1) reader.take(1);
  const mark = reader.mark();
  expect(reader.recorded()).toBe(text.slice(10, 2500));
  for (let at = 2500; at < 5000; at += 1) reader.take(1);
  expect(reader.recorded(mark)).toBe(text.slice(2500));
  expect(reader.recorded()).toBe(text.slice(10));
  reader.record();
  expect([reader.recorded(), reader.mark()]).toEqual(["", 0]);
  reader.forget();
  expect(reader.recorded()).toBe("");
});

test("the end of a long record does not join all that was read one by one", () => {
  const reader = createTextReader();
  reader.push(text);
  reader.record();
  for (let at = 0; at < 5000; at += 1) reader.take(1);
  const join = vi.spyOn(Array.prototype, "join");
  reader.recorded();
  const joined = join.mock.contexts.reduce((sum: number, pieces) => sum + (pieces as unknown[]).length, 0);
  vi.restoreAllMocks();
  expect(joined).toBeLessThan(1100);
});
