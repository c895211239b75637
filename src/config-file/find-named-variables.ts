import { findConfigFile } from "./find-config-file.ts";
import { readText } from "./read-text.ts";
import type { Environment } from "./settings.ts";

/**
 * The variables that the configuration file names as `${NAME}`, whether it is right or wrong. `settings` is where
 * `CONFIG_FILE` and `DATA_DIR` stand, `folder` where the program was started. None for a file that can't be read.
 */
export function findNamedVariables(settings: Environment, folder: string): ReadonlySet<string> {
  const setting = (name: string) => settings[name]?.trim() || undefined;
  const found = { CONFIG_FILE: setting("CONFIG_FILE"), DATA_DIR: setting("DATA_DIR") };
  const { path } = findConfigFile(found, folder);
  const read = path === undefined ? undefined : readText(path);
  if (read === undefined || !("text" in read)) return new Set();
  return new Set([...read.text.matchAll(/\$\{([A-Za-z_]\w*)/g)].map((match) => match[1] ?? ""));
}
