import * as fc from "fast-check";
import { expect, test } from "vitest";

import { countOnce, countOnceAtPace, knownCount } from "../../src/completion/counted-texts.ts";
import { estimateTokensAtPace } from "../../src/completion/estimate-usage.ts";
import { countTokens } from "../../src/shaping/count-tokens.ts";
import { createPace } from "../../src/stream/pace.ts";

const idle = createPace({ now: () => 0, turn: async () => {} });

/** A pace that counts how often it is asked. */
function createWatchedPace() {
  let asked = 0;
  return {
    pace: {
      rest() {
        asked += 1;
        return undefined;
      },
      turn: async () => {},
    },
    asked: () => asked,
  };
}

const models = fc.constantFrom(undefined, "DeepSeek-V3.2", "gpt-oss-120b");
const texts = fc.string({
  unit: fc.constantFrom("word ", "x", "漢", "\n", "\ud83d", "\ufffd", "12"),
  maxLength: 300,
});

test("a text has its count, whenever and however it is asked for", async () => {
  await fc.assert(
    fc.asyncProperty(texts, models, async (text, model) => {
      const count = countTokens(text, model);
      expect(countOnce(text, model)).toBe(count);
      expect(countOnce(text, model)).toBe(count);
      expect(await countOnceAtPace(text, idle, model)).toBe(count);
      expect(knownCount(text, model) ?? count).toBe(count);
    }),
    { numRuns: 500 },
  );
});

test("a text is counted in its own encoding", () => {
  const text = "Übersetzungsbüro 你好，世界 ".repeat(5);
  expect(countOnce(text, "DeepSeek-V3.2")).not.toBe(countOnce(text, "gpt-oss-120b"));
  expect(countOnce(text, "DeepSeek-V3.2")).toBe(countTokens(text));
});

test("a text that comes again is not counted again", async () => {
  const text = "Each of the turns of an agent brings all that came before it.\n".repeat(500);
  expect(knownCount(text)).toBeUndefined();
  const first = createWatchedPace();
  await countOnceAtPace(text, first.pace);
  expect(first.asked()).toBeGreaterThan(50);
  const second = createWatchedPace();
  expect(await countOnceAtPace(text, second.pace)).toBe(countTokens(text));
  expect(second.asked()).toBe(1);
});

test("a count that was given up is not remembered", async () => {
  const text = "Nobody waits for this one.\n".repeat(500);
  let time = 0;
  const left = createPace({
    now: () => (time += 100),
    turn: async () => {},
    signal: AbortSignal.abort(new Error("the client left")),
  });
  await expect(countOnceAtPace(text, left)).rejects.toThrow("the client left");
  expect(knownCount(text)).toBeUndefined();
});

test("of a long conversation more is exact with each turn", async () => {
  const texts = Array.from({ length: 6 }, (_, at) => `Turn ${at} of this, ${at * 7} and more. `.repeat(4000));
  const exact = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const first = await estimateTokensAtPace(texts, idle);
  expect(Math.abs(first / exact - 1)).toBeLessThan(0.05);
  for (let turn = 0; turn < 3; turn += 1) await estimateTokensAtPace(texts, idle);
  const last = createWatchedPace();
  expect(await estimateTokensAtPace(texts, last.pace)).toBe(exact);
  expect(last.asked()).toBe(texts.length);
});
