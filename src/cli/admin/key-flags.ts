import { type Command, InvalidArgumentError, Option } from "commander";

import { budgetPeriods } from "../../access/access-key.ts";
import { dialectNames } from "../../model/dialect-name.ts";
import { withoutUndefined } from "../../model/without-undefined.ts";
import { UsageError } from "../usage-error.ts";
import { readExpiry } from "./read-expiry.ts";
import type { KeyObject } from "./key-object.ts";

/** What takes a limit away. */
const none = "none";

/** `false`, by `none` or `--no-…`: takes the limit away. (The library has no `null`.) */
type Wish<T> = T | false;

/** The flags of `keys create` and `keys change`, as they were read. */
export interface KeyFlags {
  readonly name?: string;
  readonly models?: Wish<readonly string[]>;
  readonly dialects?: Wish<readonly string[]>;
  readonly expires?: Wish<string>;
  readonly requestsPerMinute?: Wish<number>;
  readonly tokensPerMinute?: Wish<number>;
  readonly tokensPerDay?: Wish<number>;
  readonly concurrency?: Wish<number>;
  readonly budget?: boolean;
  readonly budgetTokens?: number;
  readonly budgetUsd?: number;
  readonly per?: string;
  readonly shareBudget?: string;
  readonly parent?: string;
  readonly trace?: boolean;
}

const orNone =
  <T>(read: (text: string) => T) =>
  (text: string): Wish<T> =>
    text === none ? false : read(text);

const toList = orNone((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

const scales: Readonly<Record<string, number>> = { "": 1, k: 1000, M: 1_000_000 };

function toCount(text: string): number {
  const [, digits = "", suffix = ""] = /^([\d_]+(?:\.\d+)?)([kM]?)$/.exec(text) ?? [];
  const count = digits === "" ? NaN : Number(digits.replaceAll("_", "")) * (scales[suffix] ?? 1);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError("must be a whole number, 1 or more, such as 500, 20k or 5M");
}

function toDollars(text: string): number {
  const amount = Number(text);
  if (/^\d+(?:\.\d+)?$/.test(text) && amount > 0) return amount;
  throw new InvalidArgumentError("must be an amount in US dollars, such as 20 or 0.50");
}

const limits = [
  new Option("--models <patterns>", "models that it may use: DeepSeek*,Qwen*").argParser(toList),
  new Option("--dialects <names>", `APIs that it may use: ${dialectNames.join(",")}`).argParser(toList),
  new Option("--expires <when>", "its end: 30d, 12h or 2027-01-31 (UTC)").argParser(
    orNone((text) => readExpiry(text, Date.now())),
  ),
  new Option("--requests-per-minute <n>", "requests in any 60 s").argParser(orNone(toCount)),
  new Option("--tokens-per-minute <n>", "tokens of prompts and answers in any 60 s").argParser(
    orNone(toCount),
  ),
  new Option("--tokens-per-day <n>", "… in any 24 h").argParser(orNone(toCount)),
  new Option("--concurrency <n>", "requests at once").argParser(orNone(toCount)),
] as const;

/** Gives a command the flags for all that a key may have; those that take something away are for a change. */
export function addKeyFlags(command: Command, kind: "create" | "change"): Command {
  for (const option of limits) command.addOption(option);
  command
    .addOption(
      new Option("--budget-tokens <n>", "tokens that it may spend in a period")
        .argParser(toCount)
        .conflicts(["budgetUsd", "shareBudget"]),
    )
    .addOption(
      new Option("--budget-usd <amount>", "… or US dollars, where the models' prices are known")
        .argParser(toDollars)
        .conflicts("shareBudget"),
    )
    .addOption(
      new Option("--per <period>", "the budget's period (default: total, it never begins anew)").choices(
        budgetPeriods,
      ),
    )
    .option("--share-budget <budget>", "have the same budget as another key: bud_…, or that key")
    .option("--trace", "trace each of its requests");
  if (kind === "create") return command;
  command.option("--no-budget", "take the budget away").option("--no-trace", "trace them no more");
  for (const { long } of limits) command.addOption(new Option(`--no-${long?.slice(2)}`).hideHelp());
  return command;
}

/** What the flags say, as a body of the admin API. `present`: the key that they change. Throws `UsageError` for flags that need others. */
export function toKeyBody(flags: KeyFlags, present?: KeyObject): Readonly<Record<string, unknown>> {
  const body = {
    name: flags.name,
    models: toWish(flags.models),
    dialects: toWish(flags.dialects),
    expires_at: toWish(flags.expires),
    requests_per_minute: toWish(flags.requestsPerMinute),
    tokens_per_minute: toWish(flags.tokensPerMinute),
    tokens_per_day: toWish(flags.tokensPerDay),
    concurrency: toWish(flags.concurrency),
    budget: toBudget(flags, present?.budget ?? undefined),
    parent: flags.parent,
    trace: flags.trace,
  };
  return withoutUndefined(body);
}

function toWish<T>(wish: Wish<T> | undefined): T | null | undefined {
  return wish === false ? null : wish;
}

/** What is not said of a budget stays as it is. */
function toBudget(
  { budget, budgetTokens, budgetUsd, per, shareBudget }: KeyFlags,
  present: NonNullable<KeyObject["budget"]> | undefined,
): object | null | undefined {
  const dollars = budgetUsd === undefined ? undefined : { usd: budgetUsd };
  const amount = budgetTokens === undefined ? dollars : { tokens: budgetTokens };
  if (budget === false) {
    if (amount === undefined && per === undefined && shareBudget === undefined) return null;
    throw new UsageError("--no-budget takes the budget away: leave out what else is said of one.");
  }
  if (shareBudget !== undefined) {
    if (per === undefined) return { id: shareBudget };
    throw new UsageError("--share-budget takes a budget as it is, so --per says nothing.");
  }
  if (amount === undefined && per === undefined) return undefined;
  const { id: _id, period, ...rest } = present ?? { id: "", period: undefined };
  if (amount === undefined && present === undefined) {
    throw new UsageError(
      "--per is the period of a budget: say how much, too (--budget-tokens or --budget-usd).",
    );
  }
  return { ...(amount ?? rest), period: per ?? period ?? "total" };
}

/** The flag of a field of the API. */
const flagOfField: Readonly<Record<string, string>> = {
  expires_at: "--expires",
  "budget.id": "--share-budget",
  "budget.period": "--per",
  "budget.tokens": "--budget-tokens",
  "budget.usd": "--budget-usd",
};

/** What the API says of a field, in terms of the flags. */
export function tellByFlags(message: string, param: string | undefined): string {
  if (param === undefined || param === "id") return message;
  const field = param.replace(/\[\d+\]$/, "");
  const flag = flagOfField[field] ?? `--${field.replaceAll("_", "-")}`;
  const words = message.replace(/^[`'"][^`'"]*[`'"](?: is not valid)?:? /, "");
  return `${flag}: ${words}`;
}
