import { checkConfiguration, type CheckedConfiguration } from "../../config-file/check-configuration.ts";
import { describeMistake, type Environment, type Mistake } from "../../config-file/index.ts";
import { quoteLine } from "../../config-file/quote-line.ts";
import { findMissingSqlite } from "../../store/find-missing-sqlite.ts";
import { describeConfiguration, showConfiguration } from "./describe-configuration.ts";

/** What `config check` is given. */
export interface CheckOptions {
  readonly file?: string | undefined;
  readonly json?: boolean;
  /** The files that settings are from. */
  readonly origins: ReadonlyMap<string, string>;
  readonly folder: string;
  readonly write: (text: string) => void;
}

/**
 * Prints what the configuration means, or everything that is wrong with it. Secrets are never shown. Gives the exit code: 0,
 * or 1 when something is wrong.
 */
export function checkConfig(environment: Environment, options: CheckOptions): number {
  const { file, json, origins, folder, write } = options;
  const found = checkConfiguration(environment, { folder, file });
  const mistakes = [...findStoreMistakes(environment), ...found.mistakes].map((mistake) =>
    nameOrigin(mistake, origins),
  );
  const warnings = found.warnings.map((warning) => nameOrigin(warning, origins));
  const configuration = mistakes.length === 0 ? found.configuration : undefined;
  const checked = { ...found, configuration, mistakes, warnings };
  write(json === true ? encode(checked) : `${describe(checked).join("\n")}\n`);
  return mistakes.length === 0 ? 0 : 1;
}

/** What would keep `serve` from starting with a `DATA_DIR`, apart from what lies there. */
function findStoreMistakes({ DATA_DIR: folder = "" }: Environment): readonly Mistake[] {
  const message = folder.trim() === "" ? undefined : findMissingSqlite();
  return message === undefined ? [] : [{ place: { variable: "DATA_DIR" }, message }];
}

function nameOrigin(mistake: Mistake, origins: ReadonlyMap<string, string>): Mistake {
  const origin = "variable" in mistake.place ? origins.get(mistake.place.variable) : undefined;
  return origin === undefined ? mistake : { ...mistake, message: `${mistake.message} (in ${origin})` };
}

const flatten = ({ place, message }: Mistake) => ({ ...place, message });

function encode({ file, configuration, mistakes, warnings }: CheckedConfiguration): string {
  const result = {
    ok: configuration !== undefined,
    file: file ?? null,
    ...(configuration === undefined ? {} : showConfiguration(configuration)),
    mistakes: mistakes.map(flatten),
    warnings: warnings.map(flatten),
  };
  return `${JSON.stringify(result, undefined, 2)}\n`;
}

function describe({ file, lines, configuration, defaultModel, mistakes, warnings }: CheckedConfiguration) {
  const warned =
    warnings.length === 0 ? [] : ["", ...warnings.map((warning) => `Warning: ${describeMistake(warning)}`)];
  if (configuration !== undefined) {
    const verdict =
      file === undefined
        ? "There is no configuration file, and the settings are right."
        : `${file} is right.`;
    return [verdict, "", ...describeConfiguration(showConfiguration(configuration), defaultModel), ...warned];
  }
  const isAllOfFile = mistakes.every(({ place }) => "file" in place);
  const count = mistakes.length === 1 ? "1 mistake" : `${mistakes.length} mistakes`;
  return [
    `${isAllOfFile ? file : "The configuration"} is wrong: ${count}.`,
    ...mistakes.flatMap((mistake) => ["", describeMistake(mistake), ...quote(mistake, lines)]),
    ...warned,
  ];
}

function quote({ place }: Mistake, lines: readonly string[]): readonly string[] {
  if (!("file" in place) || place.line === undefined || lines[place.line - 1] === undefined) return [];
  const { text, caret } = quoteLine(lines, place.line - 1, (place.column ?? 1) - 1);
  const number = String(place.line);
  return [`  ${number} | ${text}`, `  ${" ".repeat(number.length)} | ${" ".repeat(caret)}^`];
}
