import type { LedgerSumQuery } from "../../../ledger/ledger.ts";
import { planSum } from "../../../ledger/plan-sum.ts";
import { figureNames, type SumFigures } from "../../../ledger/sum-up.ts";
import type { PeriodSpan } from "../../../ledger/split-span.ts";
import { dayMs, hourMs } from "../../../ledger/time-names.ts";
import { type Period, periods, type View } from "../../../ledger/views.ts";
import { outcomes } from "./ledger-columns.ts";
import { cellsOf } from "./select-cells.ts";
import { type Conditions, type FindName, type Selection, toConditions, toWhere } from "./select-rows.ts";

/** The whole steps in a number, downwards also where it is negative. */
const floorBy = (number: string, step: number) => `(${number} / ${step} - (${number} % ${step} < 0))`;

/** A row's share in each sum; `total` rather than `sum`, which would fail where numbers grow too large. */
const ofRows: Readonly<Record<keyof SumFigures, string>> = {
  requests: "count(*)",
  answered: countOutcome("answered"),
  failed: countOutcome("failed"),
  refused: countOutcome("refused"),
  left: countOutcome("left"),
  inputTokens: "total(inputTokens)",
  outputTokens: "total(outputTokens)",
  reasoningTokens: "total(reasoningTokens)",
  nanoUsd: "total(nanoUsd)",
  ms: "total(ms)",
  firstTokenMs: "total(firstTokenMs)",
  firstTokens: "count(firstTokenMs)",
};

// One for each name.
const ofCells = Object.fromEntries(figureNames.map((name) => [name, `total("${name}")`])) as Readonly<
  Record<keyof SumFigures, string>
>;

const ofCell = Object.fromEntries(
  figureNames.map((name) => [name, `CAST("${name}" AS REAL)`]),
) as typeof ofCells;

function countOutcome(outcome: (typeof outcomes)[number]): string {
  return `total(outcome = ${outcomes.indexOf(outcome)})`;
}

/**
 * Selects sums, in as few parts as tell them exactly: whole slots from cells, the rest from rows. Each has the columns `group0`, `group1`
 * (numbers of names, days or hours) and `figureNames`; the same group may come from several.
 */
export function selectSums(query: LedgerSumQuery, findName: FindName): readonly Selection[] {
  const { by, from: _from, to: _to, ...names } = query;
  const { view, slots, rows } = planSum(query);
  const filter = toConditions(names, findName);
  if (filter === undefined) return [];

  function select(
    table: string,
    time: { readonly column: string; readonly ms: number },
    conditions: Conditions,
    figures: Readonly<Record<keyof SumFigures, string>>,
    isApart = false,
  ): Selection {
    const groups = by.map((group) => {
      if (group === "day") return floorBy(time.column, dayMs / time.ms);
      // Nobody asks days for hours: the plan leaves them out.
      return group === "hour" ? floorBy(time.column, Math.max(1, hourMs / time.ms)) : `"${group}"`;
    });
    const columns = [
      ...groups.map((group, index) => `${group} AS group${index}`),
      ...figureNames.map((name) => `${figures[name]} AS "${name}"`),
    ];
    // Without a group there would be a sum of nothing, too.
    const grouped = groups.length === 0 ? "HAVING count(*) > 0" : `GROUP BY ${groups.join(", ")}`;
    return {
      sql: `SELECT ${columns.join(", ")} FROM ${table} ${toWhere(conditions)} ${isApart ? "" : grouped}`,
      values: conditions.values,
    };
  }

  const both = (one: Conditions): Conditions => ({
    terms: [...one.terms, ...filter.terms],
    values: [...one.values, ...filter.values],
  });
  /** Whether each cell is a group of its own: to sort tens of thousands of them costs more than to read them. */
  const isGroup = ({ number, ms }: Period) =>
    by.includes(number === periods.day.number ? "day" : "hour") &&
    ms >= hourMs &&
    view?.dimensions.every((name) => by.includes(name) || Reflect.get(query, name) !== undefined) === true;

  function selectCells(span: PeriodSpan, of: View): Selection {
    const [apart, time] = [isGroup(span.period), { column: "slot", ms: span.period.ms }];
    return select("cells", time, both(cellsOf(of, span)), apart ? ofCell : ofCells, apart);
  }

  return [
    ...(view === undefined ? [] : slots.map((span) => selectCells(span, view))),
    ...rows.flatMap(({ from, to }) => {
      const times = toConditions(
        { ...(from === -Infinity ? {} : { from }), ...(to === Infinity ? {} : { to }) },
        findName,
      );
      return times === undefined ? [] : [select("requests", { column: "at", ms: 1 }, both(times), ofRows)];
    }),
  ];
}
