import type { LedgerSumQuery } from "../../../ledger/ledger.ts";
import { type Span, splitQuery } from "../../../ledger/split-span.ts";
import { figureNames, type SumFigures } from "../../../ledger/sum-up.ts";
import { dayMs, hourMs } from "../../../ledger/time-names.ts";
import { outcomes } from "./ledger-columns.ts";
import { type FindName, type Selection, toConditions, toWhere } from "./select-rows.ts";

/** Where sums are read from. */
type Source = "days" | "hours" | "requests";

/** How a source tells groups of time: the number of the day or hour since the epoch. */
const timeColumns: Readonly<Record<Source, Readonly<Record<"day" | "hour", string>>>> = {
  // Nobody asks days for hours: splitQuery leaves them out.
  days: { day: "slot", hour: "slot * 24" },
  hours: { day: "slot / 24", hour: "slot" },
  requests: { day: `at / ${dayMs}`, hour: `at / ${hourMs}` },
};

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

function countOutcome(outcome: (typeof outcomes)[number]): string {
  return `total(outcome = ${outcomes.indexOf(outcome)})`;
}

/**
 * Selects sums, in as few parts as tell them exactly: whole days and hours from the tables of sums, the rest from rows. Each has the columns
 * `group0`, `group1` (numbers of names, days or hours) and `figureNames`; the same group may come from several.
 */
export function selectSums(query: LedgerSumQuery, findName: FindName): readonly Selection[] {
  const { by, from: _from, to: _to, ...filter } = query;
  const parts = splitQuery(query);

  function select(source: Source, span: Span, stepMs: number): readonly Selection[] {
    const conditions = toConditions(filter, findName);
    if (conditions === undefined) return [];
    const time = source === "requests" ? "at" : "slot";
    const ends = [
      { term: `${time} >= ?`, value: span.from / stepMs },
      { term: `${time} < ?`, value: span.to / stepMs },
    ].filter(({ value }) => Number.isFinite(value));
    const groups = by.map((group) =>
      group === "day" || group === "hour" ? timeColumns[source][group] : `"${group}"`,
    );
    const where = toWhere({ ...conditions, terms: [...conditions.terms, ...ends.map(({ term }) => term)] });
    const figures = figureNames.map(
      (column) => `${source === "requests" ? ofRows[column] : `total("${column}")`} AS "${column}"`,
    );
    const named = groups.map((group, index) => `${group} AS group${index}`);
    // Without a group there would be a sum of nothing, too.
    const grouped = groups.length === 0 ? "HAVING count(*) > 0" : `GROUP BY ${groups.join(", ")}`;
    return [
      {
        sql: `SELECT ${[...named, ...figures].join(", ")} FROM ${source} ${where} ${grouped}`,
        values: [...conditions.values, ...ends.map(({ value }) => value)],
      },
    ];
  }

  return [
    ...parts.days.flatMap((span) => select("days", span, dayMs)),
    ...parts.hours.flatMap((span) => select("hours", span, hourMs)),
    ...parts.rows.flatMap((span) => select("requests", span, 1)),
  ];
}
