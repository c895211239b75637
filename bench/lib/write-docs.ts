/** Marks what the bench writes in a page. */
export const begin = "<!-- bench: begin (written by `npm run bench -- --write-docs`) -->";
/** Its end. */
export const end = "<!-- bench: end -->";

/** Puts `table` between the two marks of `page`. Throws if they are not there. */
export function replaceTable(page: string, table: string): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${page.slice(to)}`;
}
