/**
 * Compares what the documentation names with what the project has, both ways: `npm run check:docs`. Prints a line for each
 * difference, `file:line: what is wrong`, and ends with 1 if there is one.
 */
import { resolve } from "node:path";

import { readFacts } from "./docs/facts.ts";
import { findMistakes, readPages } from "./docs/find-mistakes.ts";

const root = resolve(import.meta.dirname, "..");
const pages = readPages(root);
const mistakes = findMistakes(pages, await readFacts(root));
for (const { name, line, problem } of mistakes) console.error(`${name}:${line}: ${problem}`);
if (mistakes.length === 0) console.log(`${pages.length} pages say what is there.`);
process.exit(mistakes.length === 0 ? 0 : 1);
