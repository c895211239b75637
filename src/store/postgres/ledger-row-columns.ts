import type { LedgerRow } from "../../ledger/ledger-row.ts";
import type { Row } from "./create-connection.ts";
import { toKeepable } from "./to-keepable.ts";

/** What is searched for or summed; the rest is one JSON text. */
const textColumns = [
  "id",
  "outcome",
  "key",
  "model",
  "upstream",
  "dialect",
  "error",
  "session",
  "client",
] as const;
const numberColumns = [
  "at",
  "inputTokens",
  "outputTokens",
  "reasoningTokens",
  "nanoUsd",
  "ms",
  "firstTokenMs",
] as const;

const columns: readonly string[] = [...textColumns, ...numberColumns];

/** A row as the function `note` takes it. */
export function encodeRow(row: LedgerRow): Readonly<Record<string, unknown>> {
  const rest = Object.entries(row).filter(([name, value]) => value !== undefined && !columns.includes(name));
  return {
    ...Object.fromEntries(
      textColumns.map((name) => [name, row[name] === undefined ? null : toKeepable(row[name])]),
    ),
    ...Object.fromEntries(numberColumns.map((name) => [name, row[name] ?? null])),
    rest: JSON.stringify(Object.fromEntries(rest)),
    attempts: row.attempts.length,
  };
}

/** A row as it was noted. */
export function decodeRow(row: Row): LedgerRow {
  const known = columns.flatMap((name) => (row[name] === null ? [] : [[name, row[name]]]));
  // What `encodeRow` has made of a LedgerRow.
  return { ...Object.fromEntries(known), ...JSON.parse(String(row["rest"])) } as LedgerRow;
}
