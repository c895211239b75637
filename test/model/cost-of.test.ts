import * as fc from "fast-check";
import { expect, test } from "vitest";
import { costOf } from "../../src/model/cost-of.ts";

test.each([
  { input: 1000, output: 200, price: { inputPerMillion: 0.15, outputPerMillion: 0.6 }, cost: 270_000 },
  { input: 3, output: 0, price: { inputPerMillion: 0.1 }, cost: 300 },
  // A part of a billionth is one.
  { input: 1, output: 0, price: { inputPerMillion: 0.0375 }, cost: 38 },
  { input: 2, output: 0, price: { inputPerMillion: 0.0375 }, cost: 75 },
  { input: 1, output: 0, price: { inputPerMillion: 0.000_000_4 }, cost: 1 },
  { input: 0, output: 0, price: { inputPerMillion: 3, outputPerMillion: 15 }, cost: 0 },
  {
    input: 1,
    output: 1,
    price: { inputPerMillion: 3, outputPerMillion: 15, perRequest: 0.01 },
    cost: 10_018_000,
  },
  { input: undefined, output: undefined, price: { perRequest: 0.002 }, cost: 2_000_000 },
  { input: 12, output: undefined, price: { inputPerMillion: 0, outputPerMillion: 0 }, cost: 0 },
  { input: 1_000_000_000, output: 0, price: { inputPerMillion: 75 }, cost: 75_000_000_000_000 },
  // What can't be counted exactly is not.
  {
    input: Number.MAX_SAFE_INTEGER,
    output: 0,
    price: { inputPerMillion: 75 },
    cost: Number.MAX_SAFE_INTEGER,
  },
  // Unknown: a part would pass for all.
  { input: 5, output: 5, price: undefined, cost: undefined },
  { input: 5, output: 5, price: {}, cost: undefined },
  { input: 5, output: 5, price: { inputPerMillion: 1 }, cost: undefined },
  { input: 5, output: 5, price: { perRequest: 1 }, cost: undefined },
  { input: 5, output: 0, price: { inputPerMillion: Number.NaN }, cost: undefined },
])("$input in, $output out at $price: $cost", ({ input, output, price, cost }) => {
  expect(costOf(price, { inputTokens: input, outputTokens: output })).toBe(cost);
});

test("is exact for every price with nine digits after the point", () => {
  const count = fc.nat(10_000_000);
  const billionths = fc.nat(100_000_000_000);
  fc.assert(
    fc.property(count, count, billionths, billionths, (input, output, inputPrice, outputPrice) => {
      const exact = BigInt(input) * BigInt(inputPrice) + BigInt(output) * BigInt(outputPrice);
      const price = { inputPerMillion: inputPrice / 1e9, outputPerMillion: outputPrice / 1e9 };
      expect(costOf(price, { inputTokens: input, outputTokens: output })).toBe(
        Number((exact + 999_999n) / 1_000_000n),
      );
    }),
  );
});
