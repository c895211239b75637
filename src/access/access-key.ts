import type { Dialect } from "../model/dialect-name.ts";

/** How often a budget begins anew, by the calendar in UTC; weeks begin on Monday. `total`: never. */
export type BudgetPeriod = "hour" | "day" | "week" | "month" | "total";

/** All of them, as they are written. */
export const budgetPeriods: readonly BudgetPeriod[] = ["hour", "day", "week", "month", "total"];

/** What a key may spend in a period. Several keys may have one and the same. */
export interface Budget {
  /** `bud_…` */
  readonly id: string;
  /** Of `amount`: tokens, or US dollars where the models' prices are known. */
  readonly unit: "tokens" | "usd";
  readonly amount: number;
  readonly period: BudgetPeriod;
}

/** What a key may do in a time. What is absent has no limit. */
export interface KeyLimits {
  /** In any 60 s. */
  readonly requestsPerMinute?: number;
  /** Of prompts and answers, in any 60 s. */
  readonly tokensPerMinute?: number;
  /** … in any 24 h. */
  readonly tokensPerDay?: number;
  /** Requests that are not over. */
  readonly concurrency?: number;
}

/** A key of the gateway, without the secret, which nobody can show again. */
export interface AccessKey extends KeyLimits {
  /** `key_…` */
  readonly id: string;
  readonly name: string;
  /** The secret's last four characters, by which people tell their keys apart. */
  readonly hint: string;
  /** Milliseconds since the epoch, as are all times here. */
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  /** Whose child it is: it never has more than that, and ends with it. */
  readonly parent?: string;
  /** Patterns (`*` stands for anything) of the models that it may use. Absent: all. */
  readonly models?: readonly string[];
  /** The APIs that it may use. Absent: all. */
  readonly dialects?: readonly Dialect[];
  readonly budget?: Budget;
  /** Each of its requests is traced. */
  readonly trace?: boolean;
}

/** A key with those that it descends from, its parent first: what binds them binds it. */
export interface KeyLineage {
  readonly key: AccessKey;
  readonly ancestors: readonly AccessKey[];
}

/**
 * What may be changed of a key; `null` takes a limit away. A budget that several keys have is one: who changes its amount
 * or period changes them for all.
 */
export type KeyChange = { readonly name?: string | undefined } & {
  readonly [
    Name in
      | "expiresAt"
      | "models"
      | "dialects"
      | "requestsPerMinute"
      | "tokensPerMinute"
      | "tokensPerDay"
      | "concurrency"
      | "budget"
      | "trace"
  ]?: AccessKey[Name] | null | undefined;
};
