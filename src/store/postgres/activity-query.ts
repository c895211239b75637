import {
  type ActivityFigures,
  type ActivityPart,
  activityOrder,
  type ErrorCount,
  type LedgerActivity,
  type LedgerActivityQuery,
  type Percentiles,
} from "../../ledger/activity.ts";
import type { Row } from "./create-connection.ts";
import type { Query } from "./ledger-queries.ts";

const percentile = (share: number, value: string, filter: string) =>
  `percentile_disc(${share}) WITHIN GROUP (ORDER BY ${value}) FILTER (WHERE ${filter})`;
const count = (condition: string) => `count(*) FILTER (WHERE ${condition})::float8`;

/** All that is told in one look at the rows: by step, by model, by upstream, by error, and of all; `part` says of which. */
export function activityQuery({ from, to, stepMs, key }: LedgerActivityQuery): Query {
  const ofKey = key === undefined ? "" : " AND key = $4";
  return {
    sql: `
      WITH found AS (
        SELECT floor((at - $1::float8) / $3::float8)::int AS step, at, outcome, model, upstream, error, "inputTokens", "outputTokens",
          "nanoUsd", "firstTokenMs", ms, json_array_length((rest::json) -> 'attempts') AS tries
        FROM gateway.requests
        WHERE at >= ceil($1::float8)::bigint AND at < ceil($2::float8)::bigint AND dialect IS NOT NULL${ofKey})
      SELECT grouping(step, model, upstream, error) AS part, step, coalesce(model, upstream, error) AS name,
        count(*)::float8 AS requests,
        ${count("outcome = 'failed'")} AS failed,
        ${count("outcome = 'refused'")} AS refused,
        ${count("outcome = 'left'")} AS "left",
        ${count("outcome = 'answered' AND tries > 1")} AS recovered,
        coalesce(sum("inputTokens"), 0)::float8 AS "inputTokens",
        coalesce(sum("outputTokens"), 0)::float8 AS "outputTokens",
        coalesce(sum("nanoUsd"), 0)::float8 AS "nanoUsd",
        max(at)::float8 AS "lastAt",
        ${percentile(0.5, `"firstTokenMs"`, `"firstTokenMs" IS NOT NULL`)} AS "firstTokenP50",
        ${percentile(0.95, `"firstTokenMs"`, `"firstTokenMs" IS NOT NULL`)} AS "firstTokenP95",
        ${percentile(0.5, "ms", "outcome = 'answered'")} AS "totalP50",
        ${percentile(0.95, "ms", "outcome = 'answered'")} AS "totalP95"
      FROM found GROUP BY GROUPING SETS ((step), (model), (upstream), (error), ())
      HAVING count(*) > 0`,
    values: [from, to, stepMs, ...(key === undefined ? [] : [key])],
  };
}

/** Which columns a row is not grouped by, as `grouping` has them: a bit for each, the last the lowest. */
const parts = { step: 0b0111, model: 0b1011, upstream: 0b1101, error: 0b1110, all: 0b1111 } as const;

function readPercentiles(p50: unknown, p95: unknown): Percentiles | undefined {
  return p50 === null ? undefined : { p50: Number(p50), p95: Number(p95) };
}

function readFigures(row: Row): ActivityFigures {
  return {
    requests: Number(row["requests"]),
    failed: Number(row["failed"]),
    refused: Number(row["refused"]),
    left: Number(row["left"]),
    recovered: Number(row["recovered"]),
    inputTokens: Number(row["inputTokens"]),
    outputTokens: Number(row["outputTokens"]),
    nanoUsd: Number(row["nanoUsd"]),
    firstTokenMs: readPercentiles(row["firstTokenP50"], row["firstTokenP95"]),
    totalMs: readPercentiles(row["totalP50"], row["totalP95"]),
    lastAt: Number(row["lastAt"]),
  };
}

/** What {@link activityQuery} has found. */
export function decodeActivity(rows: readonly Row[]): LedgerActivity {
  const of = (part: number) => rows.filter((row) => Number(row["part"]) === part);
  const named = (part: number): ActivityPart<string>[] =>
    of(part).flatMap((row) =>
      typeof row["name"] === "string" ? [{ of: row["name"], ...readFigures(row) }] : [],
    );
  const [all] = of(parts.all);
  const errors = named(parts.error).map(({ of: error, failed, refused }): ErrorCount => ({
    error,
    failed,
    refused,
  }));
  return {
    all: all === undefined ? undefined : readFigures(all),
    steps: of(parts.step)
      .map((row) => ({ of: Number(row["step"]), ...readFigures(row) }))
      .sort(activityOrder.steps),
    models: named(parts.model).sort(activityOrder.parts),
    upstreams: named(parts.upstream).sort(activityOrder.parts),
    errors: errors.filter(({ failed, refused }) => failed + refused > 0).sort(activityOrder.errors),
  };
}
