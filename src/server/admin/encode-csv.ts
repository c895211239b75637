/** What a cell may hold; `null` is empty. */
export type CsvValue = string | number | boolean | null;

/** What spreadsheets take for a formula, also behind blanks and in its wide forms (https://owasp.org/www-community/attacks/CSV_Injection). */
const formula = /^[\s\u00a0\u3000]*[=+\-@＝＋－＠]/u;

function encodeCell(value: CsvValue): string {
  if (value === null) return "";
  // In full: spreadsheets read 1e-7 as text, or as another number.
  if (typeof value === "number") return writeNumber(value);
  if (typeof value === "boolean") return String(value);
  const text = formula.test(value) ? `'${value}` : value;
  return /[",\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function writeNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en-US", { useGrouping: false });
  return value.toFixed(9).replace(/0+$/, "");
}

/**
 * Encodes a table as CSV (RFC 4180): a line of names, then one for each row. Texts that a spreadsheet would take for a formula, which clients may have
 * chosen, get an apostrophe in front.
 */
export function encodeCsv(
  columns: readonly string[],
  rows: readonly Readonly<Record<string, CsvValue>>[],
): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))];
  return lines.map((cells) => `${cells.map(encodeCell).join(",")}\r\n`).join("");
}
