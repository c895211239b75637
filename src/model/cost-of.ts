import type { Price } from "./model-info.ts";

const nanoUsdPerUsd = 1_000_000_000;
const million = 1_000_000;

/** What is counted of an answer, for its price. */
export interface Counted {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/**
 * What an answer costs, in billionths of a US dollar, rounded up to a whole one. `undefined` where a part of it has no known price:
 * a sum that leaves something out would be taken for the whole.
 */
export function costOf(
  price: Price | undefined,
  { inputTokens = 0, outputTokens = 0 }: Counted,
): number | undefined {
  if (price === undefined) return undefined;
  const { inputPerMillion, outputPerMillion, perRequest = 0 } = price;
  if (inputPerMillion === undefined && inputTokens > 0) return undefined;
  if (outputPerMillion === undefined && outputTokens > 0) return undefined;
  const dollars =
    ((inputPerMillion ?? 0) * inputTokens + (outputPerMillion ?? 0) * outputTokens) / million + perRequest;
  // Without the noise of binary fractions, which would round up.
  return Math.ceil(Number((dollars * nanoUsdPerUsd).toPrecision(15)));
}
