import type { UsageObject } from "../dialects/encode-gateway-usage.ts";
import type { Paint } from "../pretty/create-paint.ts";
import { describeWait } from "../upstreams/akash-chat/exhausted-error.ts";
import { alignColumns } from "./align-columns.ts";
import {
  describeBudget,
  describeCount,
  describeTime,
  type Clock,
  type UpstreamUsage,
} from "./describe-budget.ts";
import { drawBar } from "./draw-bar.ts";

/** How `describeUsage` writes. */
export interface UsageStyle extends Clock {
  readonly paint: Paint;
  /** Whether a bar is drawn, for people. */
  readonly bar: boolean;
}

/** What `usage` prints: a few lines for each upstream, then what the gateway did. Ends in a line feed. */
export function describeUsage({ upstreams, totals }: UsageObject, style: UsageStyle): string {
  const lines = upstreams.flatMap((upstream) => describeUpstream(upstream, style));
  if (totals !== null) lines.push("", ...describeTotals(totals, style));
  return `${lines.join("\n")}\n`;
}

function describeUpstream(upstream: UpstreamUsage, style: UsageStyle): string[] {
  const { name, used_percent: percent } = upstream;
  const words = describeBudget(upstream, style);
  if (percent === null) return [`${name}  ${words}`];
  const head = [
    name,
    ...(style.bar ? [drawBar(percent, upstream.state === "spent", style.paint)] : []),
    `${Math.floor(percent)} % used`,
  ];
  const source = describeSource(upstream, style);
  return [head.join("  "), `  ${words}`, ...(source === undefined ? [] : [`  ${source}`])];
}

function describeSource(
  { checked_at: checkedAt, estimated }: UpstreamUsage,
  { now }: Clock,
): string | undefined {
  if (checkedAt === null) return undefined;
  const seconds = Math.max(0, Math.round((now - Date.parse(checkedAt)) / 1000));
  const age = seconds < 60 ? `${seconds} s` : describeWait(seconds * 1000);
  const told = seconds < 5 ? "as it says now" : `as it said ${age} ago`;
  return estimated === true ? `${told}, and by the gateway's own count since` : told;
}

function describeTotals(totals: NonNullable<UsageObject["totals"]>, style: UsageStyle): string[] {
  const { since, requests, failures, models } = totals;
  const started = Date.parse(since);
  const kinds = Object.entries(failures).map(([kind, count]) => `${describeCount(count)} ${kind}`);
  const failed = kinds.length === 0 ? "none failed" : `failed: ${kinds.join(", ")}`;
  const asked = requests === 1 ? "1 request" : `${describeCount(requests)} requests`;
  const age = describeWait(style.now - started);
  const rows = models.map(({ model, answers, input_tokens: input, output_tokens: output }) => [
    model,
    describeCount(answers),
    describeCount(input),
    describeCount(output),
  ]);
  return [
    `This gateway, since ${describeTime(started, style)} (${age}): ${asked}${requests === 0 ? "" : `, ${failed}`}`,
    ...(rows.length === 0 ? [] : alignColumns([["model", "answers", "tokens in", "out"], ...rows])),
  ];
}
