import type { ActivityFigures } from "../../ledger/activity.ts";
import { nanoUsdPerUsd } from "../../model/cost-of.ts";
import type { ReadActivity } from "./create-activity-reader.ts";
import { stepCount } from "./spans.ts";

const toTime = (ms: number): string => new Date(ms).toISOString();

/** Figures by the names of the API; of nothing they are 0 and `null`. */
function encodeFigures(figures: ActivityFigures | undefined) {
  return {
    requests: figures?.requests ?? 0,
    failed: figures?.failed ?? 0,
    refused: figures?.refused ?? 0,
    left: figures?.left ?? 0,
    recovered: figures?.recovered ?? 0,
    input_tokens: figures?.inputTokens ?? 0,
    output_tokens: figures?.outputTokens ?? 0,
    cost_usd: (figures?.nanoUsd ?? 0) / nanoUsdPerUsd,
    first_token_ms: figures?.firstTokenMs ?? null,
    total_ms: figures?.totalMs ?? null,
    last_at: figures === undefined ? null : toTime(figures.lastAt),
  };
}

/** What happened, with all steps, also those in which nothing did. */
export function encodeActivity({ window, activity }: ReadActivity) {
  const steps = new Map(activity.steps.map((step) => [step.of, step]));
  return {
    from: toTime(window.from),
    to: toTime(window.to),
    step_seconds: window.stepMs / 1000,
    all: encodeFigures(activity.all),
    steps: Array.from({ length: stepCount }, (_, index) => ({
      at: toTime(window.from + index * window.stepMs),
      ...encodeFigures(steps.get(index)),
    })),
    models: activity.models.map((part) => ({ model: part.of, ...encodeFigures(part) })),
    upstreams: activity.upstreams.map((part) => ({ upstream: part.of, ...encodeFigures(part) })),
    errors: activity.errors,
  };
}
