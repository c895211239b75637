import { shorten } from "../../errors.ts";
import type { Paint } from "../../pretty/create-paint.ts";
import { toOneLine } from "../../pretty/entry.ts";
import { describeWait } from "../../upstreams/akash-chat/exhausted-error.ts";
import { alignColumns } from "../align-columns.ts";
import { describeCount, describeTime, type Clock } from "../describe-budget.ts";
import { drawBar } from "../draw-bar.ts";
import type { KeyObject, LimitObject, MaybeShownKey } from "./key-object.ts";

/** Of a name in a table, which one long name would make too wide for all. */
const longestName = 40;

/** How keys are written. */
export interface KeyStyle extends Clock {
  readonly paint: Paint;
  /** Whether bars are drawn, for people. */
  readonly bar: boolean;
}

/** The ids of keys that are good for nothing any more: they, or keys that they descend from, were revoked or have expired. */
export function findEnded(keys: readonly KeyObject[], now: number): ReadonlySet<string> {
  const ended = new Set<string>();
  // A child is newer than its parent, and the newest stand first.
  for (const key of keys.toReversed()) {
    if (describeEnd(key, now) !== undefined || ended.has(key.parent ?? "")) ended.add(key.id);
  }
  return ended;
}

function describeEnd(key: KeyObject, now: number): "revoked" | "expired" | undefined {
  if (key.revoked_at !== null) return "revoked";
  return key.expires_at !== null && Date.parse(key.expires_at) <= now ? "expired" : undefined;
}

function describeLife(key: KeyObject, { now }: Clock): string {
  const end = describeEnd(key, now);
  if (end !== undefined) return end;
  return key.expires_at === null ? "" : `ends in ${describeWait(Date.parse(key.expires_at) - now)}`;
}

function describeAmount(amount: number, unit: string): string {
  return unit === "usd"
    ? `$${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 6 })}`
    : describeCount(amount);
}

const inPeriod = (period: string | null): string =>
  period === null ? "at once" : period === "total" ? "in all" : `a ${period}`;

/** The budget of a key, with what is used of it where that is known: `40 of 1,000 tokens a day`. */
function describeBudget({ budget }: KeyObject, limit: LimitObject | undefined): string {
  if (budget === null) return "";
  const unit = budget.usd === undefined ? "tokens" : "usd";
  const cap = describeAmount(budget.usd ?? budget.tokens ?? 0, unit);
  const used = limit === undefined ? "" : `${describeAmount(limit.used, unit)} of `;
  return `${used}${cap}${unit === "usd" ? "" : " tokens"} ${inPeriod(budget.period)}`;
}

/** A table of keys, parents before their children. `budgets`: how budgets stand, by the id of the budget. Ends in a line feed. */
export function describeKeys(
  keys: readonly KeyObject[],
  { budgets, style }: { readonly budgets: ReadonlyMap<string, LimitObject>; readonly style: KeyStyle },
): string {
  const ended = findEnded(keys, style.now);
  const rows = toTree(keys).map(({ key, depth }) => [
    `${"  ".repeat(depth)}${shorten(toOneLine(key.name), longestName)}`,
    key.id,
    key.hint,
    describeBudget(key, key.budget === null ? undefined : budgets.get(key.budget.id)),
    ended.has(key.id) ? (describeEnd(key, style.now) ?? "ended with its parent") : describeLife(key, style),
  ]);
  return `${alignColumns([["name", "id", "secret", "budget", ""], ...rows], () => false).join("\n")}\n`;
}

/** Each key behind its parent, the newest first among those of one. One whose parent is not there stands at the top. */
function toTree(keys: readonly KeyObject[]): readonly { readonly key: KeyObject; readonly depth: number }[] {
  const below = new Map<string, KeyObject[]>([
    ["", []],
    ...keys.map(({ id }): [string, KeyObject[]] => [id, []]),
  ]);
  for (const key of keys) (below.get(key.parent ?? "") ?? below.get(""))?.push(key);
  const walk = (parent: string, depth: number): { key: KeyObject; depth: number }[] =>
    (below.get(parent) ?? []).flatMap((key) => [{ key, depth }, ...walk(key.id, depth + 1)]);
  return walk("", 0);
}

/** All that is known of a key, and how the limits stand that bind it, if that is. Ends in a line feed. */
export function describeKey(key: MaybeShownKey, style: KeyStyle): string {
  const life = describeLife(key, style);
  const facts = [
    ["id", key.id],
    ["secret", key.hint],
    ["made", describeTime(Date.parse(key.created_at), style)],
    ["ends", key.expires_at === null ? "" : `${key.expires_at} (${life})`],
    ["revoked", key.revoked_at ?? ""],
    ["parent", key.parent ?? ""],
    ["models", key.models === null ? "all" : key.models.map(toOneLine).join(", ") || "none"],
    ["APIs", key.dialects === null ? "all" : key.dialects.join(", ") || "none"],
    ["budget", key.budget === null ? "" : `${key.budget.id}, ${describeBudget(key, undefined)}`],
    ["traced", key.trace ? "each request" : ""],
  ].filter(([, value]) => value !== "");
  const lines = [toOneLine(key.name), ...alignColumns(facts, () => false)];
  const { limits = [] } = key;
  if (limits.length > 0) lines.push("", ...limits.map((limit) => describeLimit(limit, key, style)));
  return `${lines.join("\n")}\n`;
}

function describeLimit(limit: LimitObject, key: KeyObject, style: KeyStyle): string {
  const { used, cap, reserved, unit, period, resets_at: resetsAt } = limit;
  const percent = cap === 0 ? 100 : Math.min(100, (100 * (used + reserved)) / cap);
  const bar = style.bar ? `${drawBar(percent, limit.remaining === 0, style.paint)}  ` : "";
  // What is at once is reserved, and never used.
  const taken = period === null ? reserved : used;
  const isOwn = limit.id.startsWith(`${key.id}.`) || limit.id.startsWith(`${key.budget?.id}.`);
  const words = [
    `${describeAmount(taken, unit)} of ${describeAmount(cap, unit)}${unit === "usd" ? "" : ` ${unit}`} ${inPeriod(period)}`,
    ...(period !== null && reserved > 0 ? [`${describeAmount(reserved, unit)} reserved`] : []),
    ...(resetsAt === null || taken === 0 ? [] : [`anew at ${describeTime(Date.parse(resetsAt), style)}`]),
    ...(isOwn ? [] : [`of ${limit.id.replace(/\.[^.]*$/, "")}`]),
  ];
  return `  ${bar}${words.join(", ")}`;
}
