/** Which pages there are, for links to them: filled when the console starts, so that no page has to know all others. */
const known = new Set<string>();

/** Says which pages there are. */
export function setPages(names: readonly string[]): void {
  for (const name of names) known.add(name);
}

/** Whether a link to it leads anywhere. */
export function hasPage(name: string): boolean {
  return known.has(name);
}
