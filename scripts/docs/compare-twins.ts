import { readLinks } from "./find-links.ts";
import { readLines, type Mistake, type Page } from "./page.ts";

/** What two pages that say the same in two languages have in common, as far as it can be counted. */
function shapeOf(page: Page): Readonly<Record<string, readonly string[]>> {
  const lines = readLines(page);
  const prose = lines.filter(({ fenced }) => !fenced);
  return {
    headings: prose.flatMap(({ text }) => /^#+(?= )/.exec(text)?.[0] ?? []),
    // Comments are translated.
    "lines of code": lines.filter(({ fenced }) => fenced).map(({ text }) => text.replace(/^#.*/, "#")),
    "table rows": prose.flatMap(({ text }) =>
      text.startsWith("|") ? [String(text.replace(/\\\||`[^`]*`/g, "").split("|").length - 2)] : [],
    ),
    links: readLinks(page)
      .map(({ link }) => link.replace("README.zh-CN.md", "README.md").replace(/#.*/, ""))
      .sort(),
  };
}

const told = (value: string | undefined) => (value === undefined ? "nothing" : JSON.stringify(value));

/** Where the second page has other headings, code, tables or links than the first. */
export function compareTwins(first: Page, second: Page): readonly Mistake[] {
  const expected = shapeOf(first);
  return Object.entries(shapeOf(second)).flatMap(([what, found]) => {
    const wanted = expected[what] ?? [];
    const length = Math.max(found.length, wanted.length);
    const at = Array.from({ length }).findIndex((_, index) => found[index] !== wanted[index]);
    if (at === -1) return [];
    const problem = `${what} differ from ${first.name}, number ${at + 1}: ${told(found[at])}, there ${told(wanted[at])}`;
    return [{ name: second.name, line: 1, problem }];
  });
}
