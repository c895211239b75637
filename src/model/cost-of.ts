import type { Price } from "./model-info.ts";

/** What is counted of an answer, for its price. */
export interface Counted {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** What things cost is counted in billionths of a US dollar: fine enough for the price of a token. */
export const nanoUsdPerUsd = 1_000_000_000;

/** Prices are counted in millionths of a billionth of a US dollar a token: finer than anybody writes them. */
const perNanoUsd = 1_000_000n;
const perUsdAMillion = 1e9;
const million = 1_000_000;
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/** `undefined`: nobody knows. What is free, or of what there was nothing, costs nothing. */
function costOfTokens(tokens: number, usdPerMillion: number | undefined): bigint | undefined {
  if (tokens === 0) return 0n;
  if (usdPerMillion === undefined || !Number.isFinite(usdPerMillion)) return undefined;
  return BigInt(Math.ceil(tokens)) * BigInt(Math.round(usdPerMillion * perUsdAMillion));
}

/**
 * What an answer costs, in billionths of a US dollar, rounded up to a whole one. `undefined` where a part of it has no known price: a sum
 * that leaves something out would be taken for the whole. Exact: decimal prices are made whole numbers before anything is multiplied. What is
 * too large to be told exactly is the largest number that is not.
 */
export function costOf(
  price: Price | undefined,
  { inputTokens = 0, outputTokens = 0 }: Counted,
): number | undefined {
  if (price === undefined) return undefined;
  const input = costOfTokens(inputTokens, price.inputPerMillion);
  const output = costOfTokens(outputTokens, price.outputPerMillion);
  // As if it were the price of a million tokens.
  const request = costOfTokens(million, price.perRequest ?? 0);
  if (input === undefined || output === undefined || request === undefined) return undefined;
  const total = (input + output + request + perNanoUsd - 1n) / perNanoUsd;
  return Number(total < largest ? total : largest);
}
