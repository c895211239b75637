import { z } from "zod";

import { budgetPeriods, type AccessKey, type BudgetPeriod } from "../../access/access-key.ts";
import type { KeyWish, KeyWishChange } from "../../access/key-service.ts";
import { limitField } from "../../access/refuse.ts";
import type { LimitState } from "../../access/limits.ts";
import { wireForms } from "../../openapi/wire-form.ts";
import { nanoUsdPerUsd } from "../../model/cost-of.ts";
import { dialectNames } from "../../model/dialect-name.ts";
import { withoutUndefined } from "../../model/without-undefined.ts";

/** Other words for the periods, as other gateways have them. */
const periodWords: Readonly<Record<string, BudgetPeriod>> = {
  hourly: "hour",
  daily: "day",
  weekly: "week",
  monthly: "month",
};

const count = z.int("must be a whole number").min(1, "must be 1 or more").max(1e15, "is too large");

/** The last second that ISO 8601 writes with a year of four digits. */
const lastSecond = 253_402_300_799;

const timeError = "must be a time such as 2027-01-31T00:00:00Z, or seconds since 1970";
/** ISO 8601, or seconds since the epoch as OpenAI's APIs have them; to ms since the epoch. */
const time = z
  .union(
    [
      z.iso.datetime({ offset: true, error: timeError }),
      z.int(timeError).min(0, timeError).max(lastSecond, timeError),
    ],
    timeError,
  )
  .transform((value) => (typeof value === "number" ? value * 1000 : Date.parse(value)));

const period = z
  .string()
  .transform((word) => periodWords[word] ?? word)
  .pipe(z.enum(budgetPeriods, `must be one of ${budgetPeriods.join(", ")}`))
  .register(wireForms, {
    show: () => ({ type: "string", enum: [...budgetPeriods, ...Object.keys(periodWords)] }),
  });

/** Of less than that none can be counted. */
const smallestUsd = 1e-9;

const budget = z
  .strictObject({
    id: z.string().min(1).optional(),
    tokens: count.optional(),
    usd: z
      .number()
      .positive("must be more than 0")
      .min(smallestUsd, "must be a billionth of a dollar or more")
      .max(1_000_000, "is too large")
      .optional(),
    period: period.optional(),
  })
  .transform(({ id, tokens, usd, period: asked }, context) => {
    const given = [id, tokens, usd].filter((value) => value !== undefined).length;
    if (given === 1 && id !== undefined && asked === undefined) return { id };
    if (given === 1 && tokens !== undefined)
      return { unit: "tokens", amount: tokens, period: asked ?? "total" } as const;
    if (given === 1 && usd !== undefined)
      return { unit: "usd", amount: usd, period: asked ?? "total" } as const;
    context.addIssue({
      code: "custom",
      message:
        "must have `tokens` or `usd`, and a `period`; or only the `id` of a budget that another key has",
    });
    return z.NEVER;
  });

/** What would do something to a terminal, or show as something else than it is: control characters, halves of pairs, turns of direction. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

const printable = z.string().refine((text) => !unprintable.test(text), "must have no control characters");

const patterns = z.array(printable.min(1).max(200)).max(100);
const dialects = z
  .array(z.enum(dialectNames, `must be one of ${dialectNames.join(", ")}`))
  .max(dialectNames.length);

/** What may stand in a wish and in a change alike. */
const limits = {
  models: patterns.nullish(),
  dialects: dialects.nullish(),
  expires_at: time.nullish(),
  requests_per_minute: count.nullish(),
  tokens_per_minute: count.nullish(),
  tokens_per_day: count.nullish(),
  concurrency: count.nullish(),
  budget: budget.nullish(),
  trace: z.boolean().nullish(),
};
const name = printable.trim().min(1, "must not be empty").max(100, "must have 100 characters at most");

type LimitFields = z.output<z.ZodObject<typeof limits>>;

/** The limits by the names that they have inside. */
function toInnerNames(body: LimitFields) {
  const { models, dialects: apis, budget: wished, trace } = body;
  return {
    models,
    dialects: apis,
    budget: wished,
    trace,
    expiresAt: body.expires_at,
    requestsPerMinute: body.requests_per_minute,
    tokensPerMinute: body.tokens_per_minute,
    tokensPerDay: body.tokens_per_day,
    concurrency: body.concurrency,
  };
}

type WithoutNull<Fields> = { readonly [Name in keyof Fields]: Exclude<Fields[Name], null> | undefined };

/** Of a new key there is nothing to take away: `null` is as if it were absent. The types can't follow entries, so they are told. */
function withoutNull<Fields extends object>(fields: Fields): WithoutNull<Fields> {
  const entries = Object.entries(fields).map(([field, value]: [string, unknown]) => [
    field,
    value ?? undefined,
  ]);
  return Object.fromEntries(entries) as WithoutNull<Fields>;
}

/** What makes a key: the body of `POST /admin/v1/keys` and of `POST /v1/keys`. */
export const createKeySchema = z
  .strictObject({ name, ...limits, parent: z.string().min(1).nullish() })
  .transform(({ name: given, parent, ...body }): KeyWish => ({
    name: given,
    ...withoutUndefined(withoutNull({ ...toInnerNames(body), parent })),
  }));

/** What changes one: the body of `PATCH …/keys/{id}`. `null` takes a limit away. */
export const changeKeySchema = z
  .strictObject({ name: name.optional(), ...limits })
  .transform(({ name: given, ...body }): KeyWishChange =>
    withoutUndefined({ ...toInnerNames(body), name: given }),
  );

const toTime = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();

/** A key as the API shows it, without its secret; every field is there, `null` where it has none. */
export function encodeKey(key: AccessKey) {
  const { budget: spends } = key;
  return {
    object: "key",
    id: key.id,
    name: key.name,
    hint: `akc-…${key.hint}`,
    created_at: toTime(key.createdAt),
    expires_at: toTime(key.expiresAt),
    revoked_at: toTime(key.revokedAt),
    parent: key.parent ?? null,
    models: key.models ?? null,
    dialects: key.dialects ?? null,
    requests_per_minute: key.requestsPerMinute ?? null,
    tokens_per_minute: key.tokensPerMinute ?? null,
    tokens_per_day: key.tokensPerDay ?? null,
    concurrency: key.concurrency ?? null,
    budget:
      spends === undefined ? null : { id: spends.id, [spends.unit]: spends.amount, period: spends.period },
    trace: key.trace ?? false,
  };
}

/** How a limit stands: of a budget in dollars its figures are dollars. */
export function encodeLimitState({ limit, used, held, resetsAt }: LimitState) {
  const scale = limit.unit === "nano-usd" ? nanoUsdPerUsd : 1;
  return {
    limit: limitField(limit),
    id: limit.id,
    unit: limit.unit === "nano-usd" ? ("usd" as const) : limit.unit,
    period: limit.period ?? null,
    cap: limit.cap / scale,
    used: used / scale,
    reserved: held / scale,
    remaining: Math.max(0, limit.cap - used - held) / scale,
    resets_at: toTime(resetsAt),
  };
}
