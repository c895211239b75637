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

/** A row whose names PostgreSQL can have. */
export function toKeepableRow(row: LedgerRow): LedgerRow {
  const names = textColumns.flatMap((name) =>
    row[name] === undefined ? [] : [[name, toKeepable(row[name])]],
  );
  return { ...row, ...Object.fromEntries(names) };
}

/** A row as the function `note` takes it; its names are keepable. */
export function encodeRow(row: LedgerRow): Readonly<Record<string, unknown>> {
  const rest = Object.entries(row).filter(([name, value]) => value !== undefined && !columns.includes(name));
  return {
    ...Object.fromEntries(columns.map((name) => [name, Reflect.get(row, name) ?? null])),
    rest: JSON.stringify(Object.fromEntries(rest)),
  };
}

/** A row as it was noted. */
export function decodeRow(row: Row): LedgerRow {
  const known = columns.flatMap((name) => (row[name] === null ? [] : [[name, row[name]]]));
  // What `encodeRow` has made of a LedgerRow.
  return { ...Object.fromEntries(known), ...JSON.parse(String(row["rest"])) } as LedgerRow;
}
