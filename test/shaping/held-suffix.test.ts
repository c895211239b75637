import { expect, it } from "vitest";

import { heldSuffix } from "../../src/shaping/held-suffix.ts";

it.each([
  ["", ["</think>"], 0],
  ["text", ["</think>"], 0],
  ["text<", ["</think>"], 1],
  ["text</thin", ["</think>"], 6],
  ["<</", ["</think>"], 2],
  ["</</think", ["</think>"], 7],
  ["</think>", ["</think>"], 0],
  ["a\n</", ["</think>", "\n</think>"], 3],
  ["a\n</", ["\n</think>", "</think>"], 3],
  ["aaa", ["aaab"], 3],
  ["aaaa", ["aaab"], 3],
  ["ababab", ["ababc", "babd"], 4],
  ["<", ["</think>", "END"], 1],
  ["<E", ["</think>", "END"], 1],
])("holds of %j what %j may begin with: %d", (text, words, length) => {
  expect(heldSuffix(text, words)).toBe(length);
});
