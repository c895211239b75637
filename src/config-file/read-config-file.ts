import { dirname, resolve } from "node:path";

import { explainIssue } from "./explain-issue.ts";
import { explainSyntax } from "./explain-syntax.ts";
import { fileSchema } from "./file-schema.ts";
import { findHeaderMistakes } from "./find-header-mistakes.ts";
import { findNameWarnings } from "./find-name-warnings.ts";
import { findReferenceMistakes } from "./find-reference-mistakes.ts";
import { findUnusedSettings } from "./find-unused-settings.ts";
import { interpolate } from "./interpolate.ts";
import { loadYaml } from "./load-yaml.ts";
import { hasMarks, maskVariables } from "./mask-variables.ts";
import type { Mistake } from "./mistake.ts";
import { toPlainValues } from "./plain-values.ts";
import { readText } from "./read-text.ts";
import type { ConfigurationReading } from "./reading.ts";
import type { ConfigurationSettings, Environment } from "./settings.ts";
import { toConfiguration } from "./to-configuration.ts";

/** What reading a file needs. */
export interface ReadConfigFileOptions {
  readonly path: string;
  /** What mistakes call it. Default: its path. */
  readonly shown?: string;
  /** What `${NAME}` stands for. */
  readonly environment: Environment;
  /** What is true where the file says nothing, as of a web chat without an address, and what goes with it. */
  readonly settings: ConfigurationSettings;
}

/**
 * Reads `gateway.yaml` and the secrets that it names, whole or not at all, with every mistake at once. Throws nothing that
 * a file's state or content can bring about.
 */
export function readConfigFile({
  path,
  shown = path,
  environment,
  settings,
}: ReadConfigFileOptions): ConfigurationReading {
  const mistakes: Mistake[] = [];
  const warnings: Mistake[] = [];
  const files = new Set([resolve(path)]);
  const fail = (): ConfigurationReading => ({ ok: false, mistakes, warnings, files: [...files] });

  const read = readText(path);
  if ("problem" in read) {
    const message = read.problem.startsWith(`${path} `) ? read.problem.slice(path.length + 1) : read.problem;
    mistakes.push({ place: { file: shown }, message: `${message}.` });
    return fail();
  }
  const { LineCounter, parseDocument } = loadYaml();
  const lines = new LineCounter();
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file: shown, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const tell = (offset: number, message: string) => void mistakes.push({ place: placeAt(offset), message });

  // The library's pretty errors quote the file, where keys may stand.
  const source = maskVariables(read.text);
  const document = parseDocument(source, { prettyErrors: false, lineCounter: lines });
  if (hasMarks(read.text))
    tell(read.text.search(/[\uFDD0-\uFDD4]/), "A character that belongs into no text (U+FDD0 to U+FDD4).");
  const syntax = new Map(
    [...document.errors, ...document.warnings]
      .toReversed()
      .map((error) => [placeAt(error.pos[0]).line, error]),
  );
  for (const error of syntax.values()) tell(error.pos[0], explainSyntax(error.code));
  // What stands behind a wrong bracket means nothing; a key that stands twice spoils nothing else.
  if (document.errors.some(({ code }) => code !== "DUPLICATE_KEY") || hasMarks(read.text)) return fail();

  const named = new Set<string>();
  const plain = toPlainValues(document, {
    tell,
    readValue(text, offset) {
      const {
        text: whole,
        problems,
        variables,
      } = interpolate(text, {
        environment,
        readFile(name) {
          const file = resolve(dirname(path), name);
          files.add(file);
          return readSecret(file);
        },
      });
      for (const name of variables) named.add(name);
      for (const problem of problems) tell(offset, problem);
      if (problems.length > 0) return { broken: true };
      return { text: whole, substituted: whole !== text };
    },
  });
  const checked = fileSchema.safeParse(plain.value);
  for (const issue of checked.error?.issues ?? []) explainIssue(issue, plain, tell);
  findReferenceMistakes(plain, {
    lineOf: (offset) => placeAt(offset).line,
    tellMistake: tell,
    tellWarning: (offset, message) => void warnings.push({ place: placeAt(offset), message }),
  });
  findHeaderMistakes(plain, tell);
  if (!checked.success || mistakes.length > 0) return fail();
  const configuration = toConfiguration(checked.data, shown, settings);
  warnings.push(
    ...findUnusedSettings(checked.data, { path: shown, settings, environment, named }),
    ...findNameWarnings(configuration, settings),
  );
  return { ok: true, configuration, warnings, files: [...files] };
}

/** The text of a secret without the line break that editors and `echo` put at its end. */
function readSecret(file: string): ReturnType<typeof readText> {
  const read = readText(file);
  if ("problem" in read) return read;
  const text = read.text.replace(/(?:\r?\n)+$/, "");
  return text === "" ? { problem: `${file} is empty` } : { text };
}
