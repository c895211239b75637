import { z } from "zod";

import type { AllowanceState } from "../model/budget.ts";
import type { Totals } from "../model/totals.ts";

/** What an upstream allows, and its name. */
export interface NamedAllowance {
  readonly name: string;
  readonly state: AllowanceState;
}

const count = z.number().int().min(0);
const time = z.iso.datetime();

const upstreamObject = z.object({
  name: z.string(),
  /**
   * `available`, or `spent`: requests are refused until `resets_at`. `uncounted`: the upstream sets no limit. `unknown`:
   * nobody has said, and all below is null.
   */
  state: z.enum(["available", "spent", "uncounted", "unknown"]),
  /** Above 100 when the last request overshot. */
  used_percent: z.number().min(0).nullable(),
  /** Reckoned from the percentage, which is all that is told; null for an account, whose size nobody tells. */
  used_tokens: count.nullable(),
  remaining_tokens: count.nullable(),
  limit_tokens: count.nullable(),
  window_seconds: count.nullable(),
  /** True: the gateway's own count since `checked_at` is in it. */
  estimated: z.boolean().nullable(),
  /** When the upstream told. */
  checked_at: time.nullable(),
  /** When there is a new budget. */
  resets_at: time.nullable(),
  resets_in_seconds: count.nullable(),
});

/** The answer to `GET /v1/usage`, which is this gateway's own. Times are ISO 8601. */
export const usageObject = z.object({
  object: z.literal("usage"),
  upstreams: z.array(upstreamObject),
  /** What the gateway did since its start; null where none was asked. */
  totals: z
    .object({
      since: time,
      requests: count,
      /** How many failed, by kind of error. */
      failures: z.record(z.string(), count),
      input_tokens: count,
      output_tokens: count,
      models: z.array(
        z.object({ model: z.string(), answers: count, input_tokens: count, output_tokens: count }),
      ),
    })
    .nullable(),
});

/** What `GET /v1/usage` answers. */
export type UsageObject = z.output<typeof usageObject>;

/** Encodes the usage; `now` in ms since the epoch. */
export function encodeUsage(
  allowances: readonly NamedAllowance[],
  totals: Totals | undefined,
  now: number,
): UsageObject {
  return {
    object: "usage",
    upstreams: allowances.map((allowance) => encodeAllowance(allowance, now)),
    totals: totals === undefined ? null : encodeTotals(totals),
  };
}

/** Encodes what one upstream allows; `now` in ms since the epoch. */
export function encodeAllowance(
  { name, state }: NamedAllowance,
  now: number,
): UsageObject["upstreams"][number] {
  if (state.kind !== "counted") {
    return {
      name,
      state: state.kind,
      used_percent: null,
      used_tokens: null,
      remaining_tokens: null,
      limit_tokens: null,
      window_seconds: null,
      estimated: null,
      checked_at: null,
      resets_at: null,
      resets_in_seconds: null,
    };
  }
  const { estimated, toldAt } = state;
  const { usedPercent, spent, resetsAt, size } = state.budget;
  const used = size === undefined ? null : Math.round((size.tokens * usedPercent) / 100);
  return {
    name,
    state: spent ? "spent" : "available",
    used_percent: Math.round(usedPercent * 100) / 100,
    used_tokens: used,
    remaining_tokens: size === undefined || used === null ? null : Math.max(0, size.tokens - used),
    limit_tokens: size?.tokens ?? null,
    window_seconds: size === undefined ? null : Math.round(size.windowMs / 1000),
    estimated,
    checked_at: new Date(toldAt).toISOString(),
    resets_at: new Date(resetsAt).toISOString(),
    resets_in_seconds: Math.max(0, Math.ceil((resetsAt - now) / 1000)),
  };
}

function encodeTotals({ since, requests, failures, models }: Totals): UsageObject["totals"] {
  return {
    since: new Date(since).toISOString(),
    requests,
    failures: { ...failures },
    input_tokens: models.reduce((sum, { inputTokens }) => sum + inputTokens, 0),
    output_tokens: models.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
    models: models.map(({ model, answers, inputTokens, outputTokens }) => ({
      model,
      answers,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
    })),
  };
}
