import { dirname, join } from "node:path";

import { readLines, type Mistake, type Page } from "./page.ts";

/** The anchors of a Markdown page, as code hosts make them of its headings. */
function anchors(page: Page): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { text, fenced } of readLines(page)) {
    const heading = fenced ? undefined : /^#+ (.*)$/.exec(text)?.[1];
    if (heading === undefined) continue;
    const base = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replace(/\s/g, "-");
    let anchor = base;
    for (let count = 1; found.has(anchor); count += 1) anchor = `${base}-${count}`;
    found.add(anchor);
  }
  return found;
}

/** Where a page's links go, in order; without those to other sites. */
export function readLinks(page: Page): readonly { readonly line: number; readonly link: string }[] {
  return readLines(page).flatMap(({ number, text, fenced }) =>
    fenced
      ? []
      : [...text.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
          .map(([, link = ""]) => ({ line: number, link }))
          .filter(({ link }) => !/^(?:https?|mailto):/.test(link)),
  );
}

/** Links to files that are not there, and to headings that a page does not have. `exists` is asked for paths from the root. */
export function findDeadLinks(pages: readonly Page[], exists: (path: string) => boolean): readonly Mistake[] {
  return pages
    .filter(({ name }) => name.endsWith(".md"))
    .flatMap((page) =>
      readLinks(page).flatMap(({ line, link }) => {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? page.name : join(dirname(page.name), path);
        if (!exists(target)) return [{ name: page.name, line, problem: `there is no file ${target}` }];
        const linked = pages.find(({ name }) => name === target);
        if (anchor === undefined || linked === undefined || anchors(linked).has(anchor)) return [];
        return [{ name: page.name, line, problem: `${target} has no heading #${anchor}` }];
      }),
    );
}
