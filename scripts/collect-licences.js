/** The licences of what is bundled, which all want their text to go with the code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Those that let their code be a part of a program under AGPL-3.0-only, by their names in SPDX. */
const fitting = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

/** The folder of the package that a file belongs to; `undefined` for a file of no package. */
export function packageFolder(file) {
  return /^(?:.*[\\/])?node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(file)?.[0];
}

/**
 * The text that says what is bundled and under which terms, with what the packages themselves (their folders) have to say of it.
 * Throws if a package has a licence that the AGPL can't take, or does not tell its terms.
 */
export function collectLicences(folders) {
  const texts = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const title = `${name} ${version} (${license})`;
    const choices = String(license)
      .replace(/^\((.*)\)$/, "$1")
      .split(" OR ");
    if (!choices.some((choice) => fitting.has(choice)))
      throw new Error(`${title} can't be bundled: is its licence one that AGPL-3.0 can take?`);
    texts.set(title, `${title}\n${"=".repeat(title.length)}\n\n${readTerms(folder, title)}`);
  }
  const head = "This program holds code of the packages below, each under its own terms.";
  return `${[head, ...[...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)].join("\n\n\n")}\n`;
}

/** The files of a package that tell its terms; without any what its readme says of them. */
function readTerms(folder, title) {
  const read = (file) => readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
  const names = readdirSync(folder).sort();
  const files = names.filter((name) => /^(?:licen[cs]e|copying|notice)\b/i.test(name));
  if (files.length > 0) return files.map((name) => read(name).trim()).join("\n\n");
  const readme = names.find((name) => /^readme\b/i.test(name));
  const said = readme === undefined ? undefined : /^#+ *licen[cs]e\s+([^#]+)/im.exec(read(readme))?.[1];
  if (said === undefined) throw new Error(`${title} can't be bundled: it does not bring its terms.`);
  const { author } = JSON.parse(read("package.json"));
  return [`By ${author?.name ?? author}`, said.trim()].join("\n\n");
}
