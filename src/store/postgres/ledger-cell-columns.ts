import type { Cell } from "../../ledger/roll-up.ts";
import { countBuckets } from "../../ledger/time-buckets.ts";

/** Times as `encodeTimes` has them, in hexadecimal. */
function encodeBuckets(buckets: readonly number[]): string | undefined {
  if (buckets.length === 0) return undefined;
  let text = "\\x";
  for (const [bucket, count] of countBuckets(buckets))
    text += (bucket * 2 ** 24 + count).toString(16).padStart(8, "0");
  return text;
}

/** What is 0 is left out. */
const unlessNothing = (figure: number) => (figure === 0 ? undefined : figure);

/** A cell as the function `note` takes it: what is `undefined` is absent of its JSON. */
export function encodeCell({ period, slot, view, names, figures, ...cell }: Cell): object {
  const [key, model, upstream, dialect, error, client] = names;
  return {
    period: period.number,
    slot,
    view: view.number,
    key,
    model,
    upstream,
    dialect,
    error,
    client,
    requests: figures.requests,
    answered: unlessNothing(figures.answered),
    failed: unlessNothing(figures.failed),
    refused: unlessNothing(figures.refused),
    left: unlessNothing(figures.left),
    inputTokens: unlessNothing(figures.inputTokens),
    outputTokens: unlessNothing(figures.outputTokens),
    reasoningTokens: unlessNothing(figures.reasoningTokens),
    nanoUsd: unlessNothing(figures.nanoUsd),
    ms: unlessNothing(figures.ms),
    firstTokenMs: unlessNothing(figures.firstTokenMs),
    firstTokens: unlessNothing(figures.firstTokens),
    recovered: unlessNothing(cell.recovered),
    lastAt: view.hasTimes ? cell.lastAt : undefined,
    firstTokenTimes: view.hasTimes ? encodeBuckets(cell.firstTokenBuckets) : undefined,
    totalTimes: view.hasTimes ? encodeBuckets(cell.totalBuckets) : undefined,
  };
}
