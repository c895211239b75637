import type { DatabaseSync } from "node:sqlite";

import {
  createActivitySum,
  type LedgerActivity,
  type LedgerActivityQuery,
} from "../../../ledger/activity.ts";
import type { ErrorKind } from "../../../errors.ts";
import { outcomes } from "./ledger-columns.ts";
import { type FindName, toConditions, toWhere } from "./select-rows.ts";

/** How names are found by their numbers, and the other way round. */
export interface Names {
  readonly findName: FindName;
  readonly nameOf: (id: number) => string | undefined;
}

const optional = (cell: unknown): number | undefined => (typeof cell === "number" ? cell : undefined);

/** Adds up the rows of a time, one by one: they are read as they are needed, and percentiles want all of them. */
export function readActivity(
  database: DatabaseSync,
  query: LedgerActivityQuery,
  { findName, nameOf }: Names,
): LedgerActivity {
  const { from, to, key } = query;
  const sum = createActivitySum(query);
  const conditions = toConditions({ from, to, ...(key === undefined ? {} : { key }) }, findName);
  if (conditions === undefined) return sum.activity();
  const where = toWhere({ ...conditions, terms: [...conditions.terms, "dialect > 0"] });
  const rows = database
    .prepare(
      `SELECT at, outcome, model, upstream, error, inputTokens, outputTokens, nanoUsd, firstTokenMs, ms,
        json_array_length(coalesce(attempts, '[]')) AS tries FROM requests ${where}`,
    )
    .iterate(...conditions.values);
  for (const row of rows) {
    sum.add({
      at: Number(row["at"]),
      outcome: outcomes[Number(row["outcome"])] ?? "failed",
      model: nameOf(Number(row["model"])),
      upstream: nameOf(Number(row["upstream"])),
      // Noted as one.
      error: nameOf(Number(row["error"])) as ErrorKind | undefined,
      inputTokens: optional(row["inputTokens"]),
      outputTokens: optional(row["outputTokens"]),
      nanoUsd: optional(row["nanoUsd"]),
      firstTokenMs: optional(row["firstTokenMs"]),
      ms: Number(row["ms"]),
      tries: Number(row["tries"]),
    });
  }
  return sum.activity();
}
