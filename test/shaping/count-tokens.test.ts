import { countTokens as countReference } from "gpt-tokenizer/encoding/cl100k_base";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { countTokens, countTokensAtPace, mostTokens, takeTokens } from "../../src/shaping/count-tokens.ts";
import { createPace } from "../../src/stream/pace.ts";
import { createTokenCounter } from "../../src/shaping/create-token-counter.ts";

test.each([
  ["", 0],
  ["hello world", 2],
  ["<|endoftext|>", 7],
  ["<|im_start|>user", 7],
])("%j has %i tokens, special ones counted as text", (text, count) => {
  expect(countTokens(text)).toBe(count);
});

test("gpt-oss has an encoding of its own", () => {
  const text = "Übersetzungsbüro 你好，世界";
  expect(countTokens(text, "openai-gpt-oss-120b")).toBeLessThan(countTokens(text));
});

test("ordinary text is counted as Akash Chat counts it", () => {
  const text = 'const answer = await fetch("https://example.com/");\n\n  // wörld 🙂\n'.repeat(200);
  expect(countTokens(text)).toBe(countReference(text));
});

test("a count is never above the cheap bound", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(countTokens(text)).toBeLessThanOrEqual(mostTokens(text));
    }),
    { numRuns: 200 },
  );
});

// A tokenizer that merges an unbroken run as a whole needs minutes for each of these.
test.each<[name: string, unit: string]>([
  ["letters", "a"],
  ["spaces", " "],
  ["line breaks", "\n"],
  ["emoji", "🙂"],
  ["Chinese", "漢"],
])("300,000 unbroken %s are counted", (_name, unit) => {
  const text = unit.repeat(300_000);
  expect(countTokens(text)).toBeGreaterThan(1000);
  expect(takeTokens(text, 500).length).toBeLessThan(text.length);
});

test.each<[name: string, text: string]>([
  ["prose", "The quick brown fox can't jump; it rests.\n\n  Then 42 dogs bark!\n".repeat(2000)],
  ["code", "export function add(a: number, b: number) {\n  return a + b; // 1,000\n}\n\n".repeat(2000)],
  [
    "JSON",
    `${JSON.stringify(
      Array.from({ length: 5000 }, (_, at) => ({ at, text: "a b" })),
      null,
      2,
    )}\n`,
  ],
  ["Chinese", "我能吞下玻璃而不伤身体。\n  你好，世界\n".repeat(3000)],
  ["blanks of all kinds", "a \n\n\n  b \t c\r\n /d\n".repeat(4000)],
])("long %s is counted in pieces, to the token", (_name, text) => {
  expect(text.length).toBeGreaterThan(50_000);
  expect(countTokens(text)).toBe(countReference(text));
});

test("text of any kind is counted in pieces, with a turn for others between them", async () => {
  for (const unit of ["word ", "a", "12,", "漢", "\n"]) {
    let turns = 0;
    const turn = async (): Promise<void> => {
      turns += 1;
    };
    // A clock that is always late: each piece is a slice of its own.
    let time = 0;
    const pace = createPace({ now: () => (time += 100), turn });
    const text = unit.repeat(200_000);
    expect(await countTokensAtPace(text, pace)).toBe(countTokens(text));
    expect(turns).toBeGreaterThan(text.length / 50_000);
  }
});

test("cutting long runs changes a count by next to nothing", () => {
  const text = "z".repeat(3000);
  expect(Math.abs(countTokens(text) - countReference(text))).toBeLessThanOrEqual(12);
});

test("a prefix of so many tokens", () => {
  const text = "one two three four five";
  expect(takeTokens(text, 3)).toBe("one two three");
  expect(takeTokens(text, 5)).toBe(text);
  expect(takeTokens(text, 0)).toBe("");
});

test("a prefix that ends inside of a character spoils no other text", () => {
  const text = "E🌧️ rain, and rain again";
  for (let limit = 1; limit < countTokens(text); limit += 1) {
    takeTokens(text, limit);
    expect(takeTokens(`${text} and again`, countTokens(text))).toBe(text);
  }
});

test("pieces count as their whole", () => {
  const text = "The quick brown fox — jumps over the lazy dog.\n".repeat(5000);
  const counter = createTokenCounter();
  for (let at = 0; at < text.length; at += 7) counter.push(text.slice(at, at + 7));
  expect(Math.abs(counter.total() - countReference(text))).toBeLessThanOrEqual(8);
});
