import type { LedgerFilter, LedgerGroup, LedgerSumQuery } from "../../ledger/ledger.ts";
import { figureNames, type SumFigures } from "../../ledger/sum-up.ts";
import { planSum } from "../../ledger/plan-sum.ts";
import type { PeriodSpan } from "../../ledger/split-span.ts";
import { dayMs, hourMs } from "../../ledger/time-names.ts";
import type { View } from "../../ledger/views.ts";
import type { PagePlace } from "../../ledger/page-place.ts";

/** A statement with its values. */
export interface Query {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Gives a value its name in a statement. */
export type Name = (value: unknown) => string;

/** Gathers values, and gives each its name in the statement. */
export function createValues(): { readonly values: unknown[]; readonly name: Name } {
  const values: unknown[] = [];
  return { values, name: (value) => `$${values.push(value)}` };
}

/** The conditions of a filter but for its time; `none`: what stands for a row without one. */
function conditionsOf(filter: LedgerFilter, name: Name, none: "null" | "empty"): string[] {
  const { key, model, upstream, dialect, outcome, error, session, id } = filter;
  const conditions = Object.entries({ model, upstream, dialect, outcome, error, session, id }).flatMap(
    ([column, value]) => (value === undefined ? [] : [`${column} = ${name(value)}`]),
  );
  if (key === null) conditions.push(none === "null" ? "key IS NULL" : "key = ''");
  else if (key !== undefined) conditions.push(`key = ${name(key)}`);
  return conditions;
}

/** Times as bigint has them: what is infinite is left out. */
function timesOf(from: number | undefined, to: number | undefined, name: Name): string[] {
  return [
    ...(from === undefined || from === -Infinity ? [] : [`at >= ${name(Math.ceil(from))}`]),
    ...(to === undefined || to === Infinity ? [] : [`at < ${name(Math.ceil(to))}`]),
  ];
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
}

/** A page of rows, with their `sequence`. */
export function pageQuery(filter: LedgerFilter, after: PagePlace | undefined, limit: number): Query {
  const { values, name } = createValues();
  const conditions = [
    ...conditionsOf(filter, name, "null"),
    ...timesOf(filter.from, filter.to, name),
    ...(after === undefined ? [] : [`(at, sequence) < (${name(after.at)}, ${name(after.sequence)})`]),
  ];
  const found = `SELECT * FROM gateway.requests${where(conditions)}`;
  const page = `ORDER BY at DESC, sequence DESC LIMIT ${name(limit)}`;
  // Few rows have one id or session. Where PostgreSQL has not counted them yet, it would rather look at all in the order of the page.
  const isFew = filter.id !== undefined || filter.session !== undefined;
  const sql = isFew
    ? `WITH found AS MATERIALIZED (${found}) SELECT * FROM found ${page}`
    : `${found} ${page}`;
  return { sql, values };
}

const rowFigures = {
  requests: "1",
  answered: "(outcome = 'answered')::int",
  failed: "(outcome = 'failed')::int",
  refused: "(outcome = 'refused')::int",
  left: "(outcome = 'left')::int",
  inputTokens: `"inputTokens"`,
  outputTokens: `"outputTokens"`,
  reasoningTokens: `"reasoningTokens"`,
  nanoUsd: `"nanoUsd"`,
  ms: "ms",
  firstTokenMs: `"firstTokenMs"`,
  firstTokens: `("firstTokenMs" IS NOT NULL)::int`,
} satisfies Record<keyof SumFigures, string>;

/** The sum of each figure, in the column of its name. */
export const figureSums: readonly string[] = figureNames.map(
  (figure) => `coalesce(sum("${figure}"), 0)::float8 AS "${figure}"`,
);

/** The beginning of the day or hour (UTC) in which a time is, also before 1970. */
const startOf = (time: string, ms: number) => `${time} - ((${time}) % ${ms} + ${ms}) % ${ms}`;

function groupOf(group: LedgerGroup, time: string, isCell: boolean): string {
  if (group === "day") return startOf(time, dayMs);
  if (group === "hour") return startOf(time, hourMs);
  return isCell ? `nullif(${group}, '')` : group;
}

/** The number of the first slot that is not before a time; what is infinite is of no use as a bigint. */
function slotAt(time: number, ms: number): number {
  const slot = Math.ceil(time / ms);
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, slot));
}

/** The conditions of a view's cells in whole slots of a period. Each slot is named, so that of each only what the view needs is read. */
export function cellsOf(view: View, { period, from, to }: PeriodSpan, name: Name): string[] {
  const [first, last] = [slotAt(from, period.ms), slotAt(to, period.ms) - 1];
  const slots = `SELECT generate_series(
    greatest(${name(first)}::bigint, (SELECT coalesce(min(slot), 1) FROM gateway.cells WHERE period = ${period.number})),
    least(${name(last)}::bigint, (SELECT coalesce(max(slot), 0) FROM gateway.cells WHERE period = ${period.number})))`;
  return [`period = ${period.number}`, `slot = ANY (ARRAY(${slots}))`, `view = ${view.number}`];
}

/** The sums, in columns `g0`, `g1` by the groups and one for each figure. A day or an hour is its beginning, in ms. */
export function sumQuery(query: LedgerSumQuery): Query {
  const { by, from: _from, to: _to, ...filter } = query;
  const { values, name } = createValues();
  const { view, slots, rows } = planSum(query);

  function part(table: "cells" | "requests", time: string, conditions: readonly string[]): string {
    const isCell = table === "cells";
    const groups = by.map((group, index) => `${groupOf(group, time, isCell)} AS g${index}`);
    const sums = figureNames.map((figure) => `${isCell ? `"${figure}"` : rowFigures[figure]} AS "${figure}"`);
    const all = [...conditions, ...conditionsOf(filter, name, isCell ? "empty" : "null")];
    return `SELECT ${[...groups, ...sums].join(", ")} FROM gateway.${table}${where(all)}`;
  }

  const parts = [
    ...slots.flatMap((span) =>
      view === undefined ? [] : [part("cells", `slot * ${span.period.ms}`, cellsOf(view, span, name))],
    ),
    ...rows.map((span) => part("requests", "at", timesOf(span.from, span.to, name))),
  ];
  const groups = by.map((_, index) => `g${index}`);
  const sql =
    `SELECT ${[...groups, ...figureSums].join(", ")} FROM (${parts.join(" UNION ALL ")}) parts` +
    (groups.length === 0 ? " HAVING count(*) > 0" : ` GROUP BY ${groups.join(", ")}`);
  return parts.length === 0 ? { sql: "SELECT WHERE false", values: [] } : { sql, values };
}
