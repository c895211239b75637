import type { LedgerFilter, LedgerPageQuery } from "../../../ledger/ledger.ts";
import { decodePlace } from "../../../ledger/page-place.ts";
import { dayMs } from "../../../ledger/time-names.ts";
import { outcomes } from "./ledger-columns.ts";

/** A statement and what its question marks stand for. */
export interface Selection {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** The number of a name; `undefined`: no row has it. */
export type FindName = (text: string) => number | undefined;

/** The columns of `LedgerFilter` that hold the number of a name. */
const nameFilters = ["key", "model", "upstream", "dialect", "error"] as const;

/** All days from the oldest row to the newest: the index of ids is asked for each. */
const everyDay = `
  WITH RECURSIVE every (day) AS (
    SELECT min(at) / ${dayMs} FROM requests
    UNION ALL SELECT day + 1 FROM every WHERE day < (SELECT max(at) / ${dayMs} FROM requests))
  SELECT day FROM every`;

/** Conditions that all must hold, and their values. */
export interface Conditions {
  readonly terms: readonly string[];
  readonly values: readonly (string | number)[];
}

/** The conditions of a filter on rows; `undefined`: no row meets them. */
export function toConditions(filter: LedgerFilter, findName: FindName): Conditions | undefined {
  const terms: string[] = [];
  const values: (string | number)[] = [];
  const add = (term: string, value: string | number) => {
    terms.push(term);
    values.push(value);
  };
  for (const column of nameFilters) {
    const text = filter[column];
    if (text === undefined) continue;
    const id = text === null ? 0 : findName(text);
    if (id === undefined) return undefined;
    add(`"${column}" = ?`, id);
    // Only those are in its index, and SQLite wants to see it.
    if (column === "error") terms.push("error > 0");
  }
  if (filter.outcome !== undefined) {
    const outcome = outcomes.indexOf(filter.outcome);
    add("outcome = ?", outcome);
    if (outcome > 0) terms.push("outcome > 0");
  }
  if (filter.session !== undefined) add("session = ?", filter.session);
  if (filter.id !== undefined) add(`id = ? AND at / ${dayMs} IN (${everyDay})`, filter.id);
  if (filter.from !== undefined) add("at >= ?", filter.from);
  if (filter.to !== undefined) add("at < ?", filter.to);
  return { terms, values };
}

/** The conditions as SQL. */
export function toWhere({ terms }: Conditions): string {
  return terms.length === 0 ? "" : `WHERE ${terms.join(" AND ")}`;
}

/** Selects the rows of a page and one more, which tells whether there are more; `undefined`: there is none. */
export function selectRows(
  { limit, after, ...filter }: LedgerPageQuery,
  findName: FindName,
): Selection | undefined {
  const conditions = toConditions(filter, findName);
  if (conditions === undefined) return undefined;
  const place = after === undefined ? undefined : decodePlace(after);
  const all: Conditions =
    place === undefined
      ? conditions
      : {
          terms: [...conditions.terms, "(at, sequence) < (?, ?)"],
          values: [...conditions.values, place.at, place.sequence],
        };
  return {
    sql: `SELECT * FROM requests ${toWhere(all)} ORDER BY at DESC, sequence DESC LIMIT ?`,
    values: [...all.values, limit + 1],
  };
}
