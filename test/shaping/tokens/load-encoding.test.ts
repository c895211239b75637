import { readFileSync } from "node:fs";

import { beforeEach, expect, test, vi } from "vitest";

import { createPace, type Pace } from "../../../src/stream/pace.ts";

vi.mock("node:fs", { spy: true });
const read = vi.mocked(readFileSync);

/** Of a process that has loaded nothing yet. */
async function freshCounting() {
  vi.resetModules();
  return import("../../../src/shaping/count-tokens.ts");
}

/** Stops after each step, `leave` times at most; then nobody waits any more. */
function createStops(leave = Infinity): Pace {
  let stops = 0;
  let time = 0;
  const controller = new AbortController();
  async function turn(): Promise<void> {
    stops += 1;
    if (stops > leave) controller.abort(new Error("left"));
  }
  return createPace({ now: () => (time += 100), turn, signal: controller.signal });
}

const reads = (): readonly unknown[] => read.mock.calls.map(([file]) => file);
const cl100k = expect.stringContaining("cl100k_base.tiktoken");
const o200k = expect.stringContaining("o200k_base.tiktoken");

function fail(): never {
  throw new Error("no such file");
}

beforeEach(() => void read.mockClear());

test("only the table that is needed is read, when it is", async () => {
  const { countTokensAtPace, mostTokens } = await freshCounting();
  expect(mostTokens("hello")).toBe(15);
  expect(await countTokensAtPace("", createStops())).toBe(0);
  expect(reads()).toEqual([]);
  expect(await countTokensAtPace("hello world", createStops())).toBe(2);
  expect(reads()).toEqual([cl100k]);
  expect(await countTokensAtPace("hello world", createStops(), "gpt-oss-120b")).toBe(2);
  expect(reads()).toEqual([cl100k, o200k]);
});

test("two first counts at once read it once, and others have turns meanwhile", async () => {
  const { countTokensAtPace } = await freshCounting();
  let turns = 0;
  let time = 0;
  const counted = { now: () => (time += 100), turn: async () => void (turns += 1) };
  const counts = [1, 2].map(() => countTokensAtPace("hello world", createPace(counted)));
  expect(await Promise.all(counts)).toEqual([2, 2]);
  expect(reads()).toEqual([cl100k]);
  expect(turns).toBeGreaterThan(50);
});

test("a client that leaves takes nothing from the next one, who goes on where it stopped", async () => {
  const { countTokensAtPace } = await freshCounting();
  await expect(countTokensAtPace("hello world", createStops(10))).rejects.toThrow("left");
  expect(await countTokensAtPace("hello world", createStops())).toBe(2);
  expect(reads()).toEqual([cl100k]);
});

test("a count that can't wait finishes what was begun", async () => {
  const { countTokens, countTokensAtPace } = await freshCounting();
  const slow = countTokensAtPace("hello world", createStops());
  expect(countTokens("hello world")).toBe(2);
  expect(await slow).toBe(2);
  expect(reads()).toEqual([cl100k]);
});

test("a table that can't be read fails each count, until it can", async () => {
  const { countTokens, countTokensAtPace, loadTokenTables } = await freshCounting();
  read.mockImplementationOnce(fail).mockImplementationOnce(fail).mockImplementationOnce(fail);
  await expect(loadTokenTables(createStops())).rejects.toThrow("no such file");
  await expect(countTokensAtPace("hello world", createStops())).rejects.toThrow("no such file");
  expect(() => countTokens("hello world")).toThrow("no such file");
  expect(await countTokensAtPace("hello world", createStops())).toBe(2);
});
