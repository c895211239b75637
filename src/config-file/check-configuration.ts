import { relative, resolve } from "node:path";

import { ConfigError, readConfig, type Config } from "../config.ts";
import type { GatewayConfiguration } from "./configuration.ts";
import { findConfigFile, warnOfPassedOver } from "./find-config-file.ts";
import { sortMistakes, type Mistake } from "./mistake.ts";
import { readConfigFile } from "./read-config-file.ts";
import { readText } from "./read-text.ts";
import { readUpstreamVariables } from "./read-variables.ts";
import type { Environment } from "./settings.ts";

/** What is found of a configuration. */
export interface CheckedConfiguration {
  /** As it is shown to people; `undefined`: there is no file, so the settings say which upstreams there are. */
  readonly file: string | undefined;
  /** The lines of the file, with its secrets: for `quoteLine`. */
  readonly lines: readonly string[];
  /** `undefined`: there are mistakes. */
  readonly configuration: GatewayConfiguration | undefined;
  readonly defaultModel: string | undefined;
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly Mistake[];
}

/**
 * Checks the settings and the configuration file together, so that all that is wrong is told at once. `file` is another than
 * the settings say, by its path from `folder`. Throws nothing that what is checked can bring about.
 */
export function checkConfiguration(
  environment: Environment,
  { folder, file }: { readonly folder: string; readonly file?: string | undefined },
): CheckedConfiguration {
  const { config, mistakes } = readSettings(environment);
  const found = file === undefined ? findConfigFile(config, folder) : { path: file, passedOver: [] };
  const shared = { defaultModel: config.DEFAULT_MODEL };
  if (found.path === undefined) {
    const { configuration, warnings } = readUpstreamVariables(config);
    return {
      ...shared,
      file: undefined,
      lines: [],
      configuration: mistakes.length === 0 ? configuration : undefined,
      mistakes: sortMistakes(mistakes),
      warnings: sortMistakes([...warnOfPassedOver(found), ...warnings]),
    };
  }
  const path = resolve(folder, found.path);
  const shown = shorten(path, folder);
  const reading = readConfigFile({ path, shown, environment, settings: config });
  const text = readText(path);
  const all = [...mistakes, ...(reading.ok ? [] : reading.mistakes)];
  return {
    ...shared,
    file: shown,
    lines: "text" in text ? text.text.split("\n").map((line) => line.replace(/\r$/, "")) : [],
    configuration: reading.ok && all.length === 0 ? reading.configuration : undefined,
    mistakes: sortMistakes(all),
    warnings: sortMistakes(reading.warnings),
  };
}

/** The settings, those that are wrong at their defaults, and what is wrong with them. */
function readSettings(environment: Environment): {
  readonly config: Config;
  readonly mistakes: readonly Mistake[];
} {
  try {
    return { config: readConfig(environment), mistakes: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const mistakes = error.problems.map((problem): Mistake => {
      const [, variable = "", message = problem] = /^(\w+): ([^]*)$/.exec(problem) ?? [];
      return { place: { variable }, message };
    });
    const wrong = mistakes.flatMap(({ place }) => ("variable" in place ? [[place.variable, undefined]] : []));
    return { config: readConfig({ ...environment, ...Object.fromEntries(wrong) }), mistakes };
  }
}

/** From the folder where the user is, where that is shorter. */
function shorten(path: string, folder: string): string {
  const short = relative(folder, path);
  return short !== "" && !short.startsWith("..") ? short : path;
}
