import { readFile } from "node:fs/promises";

/** What docs/api.md may say of a parameter. */
const states = ["honoured", "refused", "ignored"];

/**
 * The names that tables of docs/api.md decide: whatever stands in backticks in the first column of a row whose second
 * says honoured, refused or ignored. `headings` are the sections to read, as they stand behind their `#` signs.
 */
export async function readDecisions(...headings: string[]): Promise<ReadonlySet<string>> {
  const text = await readFile(new URL("../../docs/api.md", import.meta.url), "utf8");
  const sections = text.split(/^#{2,} /m);
  const names = new Set<string>();
  for (const heading of headings) {
    const section = sections.find((candidate) => candidate.startsWith(`${heading}\n`));
    if (section === undefined) throw new Error(`docs/api.md has no section "${heading}".`);
    for (const line of section.split("\n")) {
      const [, first = "", second = ""] = line.split("|");
      if (!states.includes(second.trim())) continue;
      for (const [, name = ""] of first.matchAll(/`([^`]+)`/g)) names.add(name);
    }
  }
  return names;
}
