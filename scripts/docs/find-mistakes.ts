import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { compareTwins } from "./compare-twins.ts";
import type { Facts } from "./facts.ts";
import { findGaps } from "./find-gaps.ts";
import { findInventions } from "./find-inventions.ts";
import { findDeadLinks } from "./find-links.ts";
import type { Mistake, Page } from "./page.ts";

/** All that people read of the project in `root`. */
export function readPages(root: string): readonly Page[] {
  const folder = (name: string) =>
    readdirSync(join(root, name), { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [`${name}/${entry.name}`] : [],
    );
  const names = [
    "README.md",
    "README.zh-CN.md",
    "CHANGELOG.md",
    ".env.example",
    "compose.yaml",
    ...folder("docs").filter((name) => name.endsWith(".md")),
    ...folder("deploy"),
  ];
  return names.map((name) => ({ name, text: readFileSync(join(root, name), "utf8") }));
}

/** Everything in which pages and project differ. Throws `Error` when a README is missing. */
export function findMistakes(pages: readonly Page[], facts: Facts): readonly Mistake[] {
  const [english, chinese] = ["README.md", "README.zh-CN.md"].map((name) =>
    pages.find((page) => page.name === name),
  );
  if (english === undefined || chinese === undefined)
    throw new Error("There is no README of both languages.");
  return [
    ...findDeadLinks(pages, facts.exists),
    ...findInventions(pages, facts),
    ...findGaps(pages, facts),
    ...compareTwins(english, chinese),
  ];
}
