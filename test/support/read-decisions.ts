import { readFile } from "node:fs/promises";

/** What docs/api.md may say of a parameter. */
const states = ["honoured", "refused", "ignored", "by upstream"] as const;

/** What docs/api.md says of one parameter. */
export interface Decision {
  readonly state: (typeof states)[number];
  readonly remark: string;
}

/**
 * What tables of docs/api.md decide: whatever stands in backticks in the first column of a row whose second says
 * honoured, refused, ignored or by upstream. `headings` are the sections to read, as they stand behind their `#` signs. Throws when a
 * section is not there, or says two things of one name.
 */
export async function readDecided(...headings: string[]): Promise<ReadonlyMap<string, Decision>> {
  const text = await readFile(new URL("../../docs/api.md", import.meta.url), "utf8");
  const sections = text.split(/^#{2,} /m);
  const decisions = new Map<string, Decision>();
  for (const heading of headings) {
    const section = sections.find((candidate) => candidate.startsWith(`${heading}\n`));
    if (section === undefined) throw new Error(`docs/api.md has no section "${heading}".`);
    for (const line of section.split("\n")) {
      const [, first = "", second = "", ...remarks] = line.split(/(?<!\\)\|/);
      const state = states.find((candidate) => candidate === second.trim());
      if (state === undefined) continue;
      for (const [, name = ""] of first.matchAll(/`([^`]+)`/g)) {
        if ((decisions.get(name)?.state ?? state) !== state)
          throw new Error(`docs/api.md says two things of ${name} in "${heading}".`);
        decisions.set(name, { state, remark: remarks.join("|").trim() });
      }
    }
  }
  return decisions;
}

/** The names that `readDecided` finds. */
export async function readDecisions(...headings: string[]): Promise<ReadonlySet<string>> {
  return new Set((await readDecided(...headings)).keys());
}
