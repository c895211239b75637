import {
  type ActivityFigure,
  createActivitySum,
  type LedgerActivity,
  type LedgerActivityQuery,
} from "../../ledger/activity.ts";
import { type CellRange, planActivity } from "../../ledger/plan-activity.ts";
import { readFigures } from "../../ledger/sum-up.ts";
import { decodeTimes, type Times } from "../../ledger/time-buckets.ts";
import type { Row } from "./create-connection.ts";
import { cellsOf, createValues, figureSums, type Query } from "./ledger-queries.ts";

/** The cells of a time, added up by step, by model, and by upstream and error; `part` says which. Throws `RangeError` where it is not cut into whole slots. */
export function activityQuery(query: LedgerActivityQuery): Query {
  const { from, stepMs, key } = query;
  const { values, name } = createValues();
  const plan = planActivity(query);

  function parts(part: string, { view, spans }: CellRange, groups: (ms: number) => string): string[] {
    return spans.map((span) => {
      const conditions = cellsOf(view, span, name);
      if (key !== undefined) conditions.push(`key = ${name(key)}`);
      return `
        SELECT '${part}' AS part, ${groups(span.period.ms)}, ${figureSums.join(", ")}, sum(recovered) AS recovered, max("lastAt") AS "lastAt",
          string_agg("firstTokenTimes", '') AS "firstTokenTimes", string_agg("totalTimes", '') AS "totalTimes"
        FROM gateway.cells WHERE ${conditions.join(" AND ")} GROUP BY 2, 3, 4`;
    });
  }

  const all = [
    ...parts(
      "step",
      plan.steps,
      (ms) =>
        `(slot * ${ms} - ${name(from)}::bigint) / ${name(stepMs)}::bigint AS step, '' AS name, '' AS error`,
    ),
    ...parts("model", plan.models, () => "0 AS step, model AS name, '' AS error"),
    ...parts("fate", plan.fates, () => "0 AS step, upstream AS name, error"),
  ];
  return { sql: all.length === 0 ? "SELECT WHERE false" : all.join(" UNION ALL "), values };
}

const timesOf = (value: unknown): Times =>
  decodeTimes(value instanceof Uint8Array ? value : new Uint8Array());

const nameOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/** What {@link activityQuery} has found. */
export function decodeActivity(rows: readonly Row[]): LedgerActivity {
  const sum = createActivitySum();
  for (const row of rows) {
    const part: ActivityFigure = {
      ...readFigures(row),
      recovered: Number(row["recovered"]),
      lastAt: Number(row["lastAt"]),
      firstTokenTimes: timesOf(row["firstTokenTimes"]),
      totalTimes: timesOf(row["totalTimes"]),
    };
    if (row["part"] === "step") sum.addStep(Number(row["step"]), part);
    else if (row["part"] === "model") sum.addModel(nameOf(row["name"]), part);
    else sum.addFate(nameOf(row["name"]), nameOf(row["error"]), part);
  }
  return sum.activity();
}
