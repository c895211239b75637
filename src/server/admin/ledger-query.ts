import { z } from "zod";

import { GatewayError } from "../../errors.ts";
import type { LedgerGroup, LedgerPageQuery, LedgerSumQuery } from "../../ledger/ledger.ts";
import { decodePlace } from "../../ledger/page-place.ts";
import { momentForms, type MomentRole, parseMoment } from "../../ledger/parse-moment.ts";

/** What may be asked for as groups. */
export const ledgerGroups: readonly LedgerGroup[] = [
  "key",
  "model",
  "day",
  "hour",
  "upstream",
  "dialect",
  "error",
  "client",
];

const outcomes = ["answered", "failed", "refused", "left"] as const;
const largestPage = 1000;
const usualPage = 100;
const usualDays = "30d";

const text = z.string("must be given once").min(1, "must not be empty").max(500, "is too long");
const oneOf = (names: readonly string[]) => `must be one of ${names.join(", ")}`;

/** `now`: how long ago something was depends on it. */
function moment(role: MomentRole, now: number) {
  return text.transform((value, context) => {
    const at = parseMoment(value, role, now);
    if (at !== undefined) return at;
    context.addIssue({ code: "custom", message: `must be ${momentForms}` });
    return z.NEVER;
  });
}

const limit = text
  .transform((value) => (/^\d{1,6}$/.test(value) ? Number(value) : Number.NaN))
  .refine((value) => value >= 1 && value <= largestPage, `must be a whole number from 1 to ${largestPage}`);

const by = text.transform((value, context) => {
  const names = value.split(",").map((name) => name.trim());
  const groups = ledgerGroups.filter((group) => names.includes(group));
  if (names.length <= 2 && groups.length === names.length)
    return [...groups].sort((one, other) => names.indexOf(one) - names.indexOf(other));
  context.addIssue({
    code: "custom",
    message: `must be one or two of ${ledgerGroups.join(", ")}, with a comma between`,
  });
  return z.NEVER;
});

const format = z.enum(["json", "csv"], oneOf(["json", "csv"])).optional();

/** Of those who asked without a key: `none`. */
const key = text.transform((value) => (value === "none" ? null : value));

const pageSchema = (now: number) =>
  z.object({
    from: moment("from", now).optional(),
    to: moment("to", now).optional(),
    key: key.optional(),
    model: text.optional(),
    upstream: text.optional(),
    dialect: text.optional(),
    outcome: z.enum(outcomes, oneOf(outcomes)).optional(),
    error: text.optional(),
    session: text.optional(),
    id: text.optional(),
    limit: limit.default(usualPage),
    after: text
      .refine((value) => decodePlace(value) !== undefined, "must be the `next` of the page before")
      .optional(),
    format,
  });

const sumSchema = (now: number) =>
  z.object({
    by,
    from: moment("from", now).prefault(usualDays),
    to: moment("to", now).optional(),
    key: key.optional(),
    model: text.optional(),
    upstream: text.optional(),
    dialect: text.optional(),
    format,
  });

/** Parses a query. Throws kind `invalid-request` with a text that names the first wrong parameter, which is also `param`. */
function parseQuery<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, given: unknown) {
  const query = typeof given === "object" && given !== null ? given : {};
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new GatewayError(
      "invalid-request",
      `There is no parameter '${unknown}'. Known are ${known.join(", ")}.`,
      {
        param: unknown,
      },
    );
  }
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const param = String(issue?.path[0] ?? "");
  const missing = Reflect.get(query, param) === undefined;
  throw new GatewayError(
    "invalid-request",
    missing ? `'${param}' is missing.` : `'${param}' is not valid: it ${issue?.message ?? "is wrong"}.`,
    { param },
  );
}

/** What is asked for, and as what. */
interface Asked<Query> {
  readonly query: Query;
  /** As the query says; `undefined`: it does not. */
  readonly format: "json" | "csv" | undefined;
}

/** Drops what is `undefined`, which the types of queries don't know. */
function compact<T extends object>(parts: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  const known = Object.entries(parts).filter(([, part]) => part !== undefined);
  // What is left out may be absent.
  return Object.fromEntries(known) as { [Name in keyof T]: Exclude<T[Name], undefined> };
}

/** Reads the query of a page of requests. Throws kind `invalid-request`. */
export function readPageQuery(query: unknown, now: number): Asked<LedgerPageQuery> {
  const { format: asked, ...parts } = parseQuery(pageSchema(now), query);
  return { query: compact(parts), format: asked };
}

/** Reads the query of sums. Throws kind `invalid-request`. */
export function readSumQuery(query: unknown, now: number): Asked<LedgerSumQuery & { readonly from: number }> {
  const { format: asked, ...parts } = parseQuery(sumSchema(now), query);
  return { query: compact(parts), format: asked };
}
