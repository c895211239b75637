import type { Usage } from "../model/events.ts";
import type { Price } from "../model/model-info.ts";

/** Prices are counted in millionths of a billionth of a US dollar a token: finer than anybody writes them. */
const perNanoUsd = 1_000_000n;
const perUsdAMillion = 1e9;
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/** `undefined`: nobody knows. What is free, or of what there was nothing, costs nothing. */
function costOfTokens(tokens: number, usdPerMillion: number | undefined): bigint | undefined {
  if (tokens === 0) return 0n;
  if (usdPerMillion === undefined || !Number.isFinite(usdPerMillion)) return undefined;
  return BigInt(Math.ceil(tokens)) * BigInt(Math.round(usdPerMillion * perUsdAMillion));
}

/**
 * What an answer cost, in whole billionths of a US dollar, rounded up; `undefined` where a price that matters is unknown, since a part of the cost
 * would pass for all of it. Exact: decimal prices are made whole numbers before anything is multiplied.
 */
export function costOf(
  { inputTokens = 0, outputTokens = 0 }: Pick<Usage, "inputTokens" | "outputTokens">,
  { inputPerMillion, outputPerMillion, perRequest }: Price,
): number | undefined {
  if (inputPerMillion === undefined && outputPerMillion === undefined && perRequest === undefined)
    return undefined;
  const input = costOfTokens(inputTokens, inputPerMillion);
  const output = costOfTokens(outputTokens, outputPerMillion);
  // Of the rest of the request: as if it were a million tokens.
  const request = perRequest === undefined ? 0n : costOfTokens(1_000_000, perRequest);
  if (input === undefined || output === undefined || request === undefined) return undefined;
  const total = (input + output + request + perNanoUsd - 1n) / perNanoUsd;
  return Number(total < largest ? total : largest);
}
