import { expect, test } from "vitest";
import { parseMessages, type PlacedItem } from "../../../src/dialects/openai-responses/parse-messages.ts";
import { createToolTable } from "../../../src/dialects/openai-responses/tool-table.ts";

// Copying the turn for each of its parts would take minutes, so a test that ends has passed.
test("a turn of 100,000 results, and one of 100,000 calls, are put together", () => {
  const results = Array.from({ length: 100_000 }, (_, index): PlacedItem => {
    const output = { type: "function_call_output", call_id: `c${index}`, output: "y" } as const;
    return { item: { ...output, id: undefined, name: undefined, namespace: undefined }, param: "input" };
  });
  const calls = Array.from({ length: 100_000 }, (_, index): PlacedItem => {
    const call = { type: "function_call", call_id: `c${index}`, name: "x", arguments: "{}" } as const;
    return { item: { ...call, namespace: undefined, id: undefined }, param: "input" };
  });
  const messages = parseMessages([...calls, ...results], createToolTable([]));
  expect(messages.map(({ role, parts }) => [role, parts.length])).toEqual([
    ["assistant", 100_000],
    ["tool", 100_000],
  ]);
});
