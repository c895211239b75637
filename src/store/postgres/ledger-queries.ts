import type { LedgerFilter, LedgerGroup, LedgerSumQuery } from "../../ledger/ledger.ts";
import { figureNames, type SumFigures } from "../../ledger/sum-up.ts";
import { type Span, splitQuery } from "../../ledger/split-span.ts";
import { dayMs, hourMs } from "../../ledger/time-names.ts";
import type { PagePlace } from "../../ledger/page-place.ts";

/** A statement with its values. */
export interface Query {
  readonly sql: string;
  readonly values: readonly unknown[];
}

type Name = (value: unknown) => string;

/** Gathers values, and gives each its name in the statement. */
function createValues(): { readonly values: unknown[]; readonly name: Name } {
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

const grouped: Readonly<Record<LedgerGroup, string>> = {
  key: "key",
  model: "model",
  upstream: "upstream",
  dialect: "dialect",
  error: "error",
  client: "client",
  day: `at - at % ${dayMs}`,
  hour: `at - at % ${hourMs}`,
};

/** The sums, in columns `g0`, `g1` by the groups and one for each figure. A day or an hour is its beginning, in ms. */
export function sumQuery(query: LedgerSumQuery): Query {
  const { by, from: _from, to: _to, ...filter } = query;
  const { values, name } = createValues();

  function part(table: string, span: Span): string {
    const isSum = table !== "requests";
    const groups = by.map((group, index) => {
      const column =
        isSum && (group === "key" || group === "model") ? `nullif(${group}, '')` : grouped[group];
      return `${column} AS g${index}`;
    });
    const sums = figureNames.map((figure) => `${isSum ? `"${figure}"` : rowFigures[figure]} AS "${figure}"`);
    const conditions = [
      ...conditionsOf(filter, name, isSum ? "empty" : "null"),
      ...timesOf(span.from, span.to, name),
    ];
    return `SELECT ${[...groups, ...sums].join(", ")} FROM gateway.${table}${where(conditions)}`;
  }

  const spans = splitQuery(query);
  const parts = [
    ...spans.days.map((span) => part("days", span)),
    ...spans.hours.map((span) => part("hours", span)),
    ...spans.rows.map((span) => part("requests", span)),
  ];
  const groups = by.map((_, index) => `g${index}`);
  const sums = figureNames.map((figure) => `coalesce(sum("${figure}"), 0)::float8 AS "${figure}"`);
  const sql =
    `SELECT ${[...groups, ...sums].join(", ")} FROM (${parts.join(" UNION ALL ")}) parts` +
    (groups.length === 0 ? " HAVING count(*) > 0" : ` GROUP BY ${groups.join(", ")}`);
  return parts.length === 0 ? { sql: "SELECT WHERE false", values: [] } : { sql, values };
}
