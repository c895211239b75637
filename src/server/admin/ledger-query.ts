import { z } from "zod";

import { errorStatus, GatewayError } from "../../errors.ts";
import type { LedgerGroup, LedgerPageQuery, LedgerSumQuery } from "../../ledger/ledger.ts";
import { decodePlace } from "../../ledger/page-place.ts";
import { dialectNames } from "../../model/dialect-name.ts";
import { withoutUndefined } from "../../model/without-undefined.ts";
import { pageLimit, parseQuery, text } from "./parse-query.ts";
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
const errorKinds = Object.keys(errorStatus);
const usualDays = "30d";

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

const dialect = z.enum(dialectNames, oneOf(dialectNames)).optional();

/** Of those who asked without a key: `none`. */
const key = text.transform((value) => (value === "none" ? null : value));

/** Nothing lies in a time that ends before it begins. */
function checkSpan({
  from,
  to,
}: {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}): void {
  if (from === undefined || to === undefined || from <= to) return;
  const begin = new Date(from).toISOString();
  throw new GatewayError("invalid-request", `'to' is not valid: it is before 'from', which is ${begin}.`, {
    param: "to",
  });
}

/** The query of a page of requests. `now`: how long ago something was depends on it. */
export const pageSchema = (now: number) =>
  z.object({
    from: moment("from", now).optional(),
    to: moment("to", now).optional(),
    key: key.optional(),
    model: text.optional(),
    upstream: text.optional(),
    dialect,
    outcome: z.enum(outcomes, oneOf(outcomes)).optional(),
    error: z.enum(errorKinds, oneOf(errorKinds)).optional(),
    session: text.optional(),
    id: text.optional(),
    limit: pageLimit,
    after: text
      .refine((value) => decodePlace(value) !== undefined, "must be the `next` of the page before")
      .optional(),
    format,
  });

/** The query of sums, likewise. */
export const sumSchema = (now: number) =>
  z.object({
    by,
    from: moment("from", now).prefault(usualDays),
    to: moment("to", now).optional(),
    key: key.optional(),
    model: text.optional(),
    upstream: text.optional(),
    dialect,
    format,
  });

/** What is asked for, and as what. */
interface Asked<Query> {
  readonly query: Query;
  /** As the query says; `undefined`: it does not. */
  readonly format: "json" | "csv" | undefined;
}

/** Reads the query of a page of requests. Throws kind `invalid-request`. */
export function readPageQuery(query: unknown, now: number): Asked<LedgerPageQuery> {
  const { format: asked, ...parts } = parseQuery(pageSchema(now), query);
  checkSpan(parts);
  return { query: withoutUndefined(parts), format: asked };
}

/** Reads the query of sums. Throws kind `invalid-request`. */
export function readSumQuery(query: unknown, now: number): Asked<LedgerSumQuery & { readonly from: number }> {
  const { format: asked, ...parts } = parseQuery(sumSchema(now), query);
  checkSpan(parts);
  return { query: withoutUndefined(parts), format: asked };
}
