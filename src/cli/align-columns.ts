/** Lines of columns, indented: the first to the left, and of the others those to the right that `right` says (default: all). */
export function alignColumns(
  rows: readonly (readonly string[])[],
  right: (column: number) => boolean = () => true,
): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column > 0 && right(column) ? cell.padStart(width) : cell.padEnd(width);
    });
    return `  ${cells.join("  ").trimEnd()}`;
  });
}
