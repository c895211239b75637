import type { RequestObject } from "../../api/types.ts";

/** What spreadsheets take for a formula, also behind blanks and in its wide forms (https://owasp.org/www-community/attacks/CSV_Injection). */
const formula = /^[\s\u00a0\u3000]*[=+\-@＝＋－＠]/u;

function writeNumber(value: number): string {
  // In full: spreadsheets read 1e-7 as text, or as another number.
  return Number.isInteger(value) ? String(value) : value.toFixed(9).replace(/0+$/, "");
}

/** A text that a spreadsheet would take for a formula begins with an apostrophe, as the gateway's own CSV has it. */
function toCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return writeNumber(value);
  if (typeof value !== "string") return JSON.stringify(value);
  const safe = formula.test(value) ? `'${value}` : value;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Requests as CSV, in the columns of `GET /v1/requests?format=csv`. */
export function toCsv(rows: readonly RequestObject[]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const columns = Object.keys(first).filter((name) => name !== "object");
  const lines = rows.map((row) => {
    const attempts = row.attempts
      .map(({ upstream, model, outcome, ms }) => `${upstream}/${model};${outcome};${ms}`)
      .join(", ");
    return columns.map((name) => toCell(name === "attempts" ? attempts : Reflect.get(row, name))).join(",");
  });
  return [columns.join(","), ...lines, ""].join("\r\n");
}
