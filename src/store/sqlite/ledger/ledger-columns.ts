import type { LedgerRow, Outcome } from "../../../ledger/ledger-row.ts";

/**
 * How a field of a row is kept in the column of its name:
 * - `name`: the number that the table `names` gives the text, which many rows share; 0 where there is none,
 * - `outcome`: its place in `outcomes`,
 * - `flag`: 0 or 1,
 * - `list`: JSON; nothing for an empty one.
 */
export type ColumnKind = "number" | "text" | "name" | "outcome" | "flag" | "list";

/** All columns, in their order. */
export const ledgerColumns = {
  id: "text",
  at: "number",
  outcome: "outcome",
  key: "name",
  dialect: "name",
  route: "name",
  requestedModel: "name",
  model: "name",
  upstream: "name",
  attempts: "list",
  status: "number",
  finish: "name",
  error: "name",
  stream: "flag",
  inputTokens: "number",
  outputTokens: "number",
  reasoningTokens: "number",
  estimated: "flag",
  nanoUsd: "number",
  pictures: "number",
  repairs: "number",
  retries: "number",
  firstTokenMs: "number",
  ms: "number",
  client: "name",
  session: "text",
  agent: "text",
  traced: "flag",
} as const satisfies Record<keyof LedgerRow, ColumnKind>;

/** The outcomes by their numbers. */
export const outcomes: readonly Outcome[] = ["answered", "failed", "refused", "left"];

const columns: readonly (readonly [string, ColumnKind])[] = Object.entries(ledgerColumns);

/** What SQLite is given for a field. */
export type Cell = string | number | null;

function toCell(kind: ColumnKind, value: unknown, nameId: (text: string) => number): Cell {
  if (kind === "name") return typeof value === "string" ? nameId(value) : 0;
  if (kind === "outcome") return outcomes.findIndex((outcome) => outcome === value);
  if (kind === "list") return Array.isArray(value) && value.length > 0 ? JSON.stringify(value) : null;
  if (kind === "flag") return typeof value === "boolean" ? Number(value) : null;
  return typeof value === "string" || typeof value === "number" ? value : null;
}

/** The cells of a row, in the order of the columns. `nameId` gives a name its number. */
export function toCells(row: LedgerRow, nameId: (text: string) => number): Cell[] {
  return columns.map(([field, kind]) => toCell(kind, Reflect.get(row, field), nameId));
}

function fromCell(kind: ColumnKind, cell: unknown, nameOf: (id: number) => string | undefined): unknown {
  if (kind === "list") return typeof cell === "string" ? JSON.parse(cell) : [];
  if (cell === null) return undefined;
  if (kind === "name") return nameOf(Number(cell));
  if (kind === "outcome") return outcomes[Number(cell)];
  return kind === "flag" ? cell === 1 : cell;
}

/** The row that `toCells` made these of; by the columns' names. */
export function fromCells(
  cells: Readonly<Record<string, unknown>>,
  nameOf: (id: number) => string | undefined,
): LedgerRow {
  const fields = columns
    .map(([field, kind]) => [field, fromCell(kind, cells[field], nameOf)] as const)
    .filter(([, value]) => value !== undefined);
  // What was written here by `toCells` is a LedgerRow.
  return Object.fromEntries(fields) as unknown as LedgerRow;
}
