import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";

import { settings } from "../../config.ts";
import { UsageError } from "../usage-error.ts";
import { suggestName } from "./suggest-name.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const proxyNames = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
const settingNames = Object.keys(settings);
const known: ReadonlySet<string> = new Set([...settingNames, ...proxyNames]);

/** A file with settings, in the form of `.env`. */
export interface SettingsFile {
  readonly path: string;
  /** Whether nothing but settings belongs there; a project's `.env` has much else. */
  readonly isOurs: boolean;
}

/** What was found. */
export interface LoadedSettings {
  /** The settings and proxies that files have and the environment has not. */
  readonly values: Readonly<Record<string, string>>;
  /** Which file a value is from. */
  readonly origins: ReadonlyMap<string, string>;
  /** Lines for the user: names that are misspelt or mean nothing, and what is no file. */
  readonly warnings: readonly string[];
}

/**
 * Reads the settings and proxies that `environment` does not have; of the files the first wins. Other variables of the
 * files are left alone: one may be a project's own, and programs that are started here inherit the environment
 * (`NODE_OPTIONS` would run what it names). Throws `UsageError` when a file can't be read: a key may stand there.
 */
export function loadSettings(
  files: readonly SettingsFile[],
  environment: Environment,
  read: (path: string) => string = (path) => readFileSync(path, "utf8"),
): LoadedSettings {
  const values: Record<string, string> = {};
  const origins = new Map<string, string>();
  const warnings = Object.keys(environment).flatMap((name) => {
    const meant = environment[name] === "" || known.has(name) ? undefined : suggestName(name, settingNames);
    // Other programs have names of their own that differ by that alone, such as LOGLEVEL.
    const isOthers = meant?.replaceAll("_", "") === name.replaceAll("_", "").toUpperCase();
    return meant === undefined || isOthers ? [] : [`${name} is no setting. Did you mean ${meant}?`];
  });
  for (const { path, isOurs } of files) {
    const text = readSettings(path, read);
    if (typeof text === "object") warnings.push(text.warning);
    if (typeof text !== "string") continue;
    for (const [name, value] of Object.entries(parseEnv(text))) {
      if (value === undefined) continue;
      if (known.has(name)) {
        if (environment[name] !== undefined || values[name] !== undefined) continue;
        values[name] = value;
        origins.set(name, path);
        continue;
      }
      const meant = suggestName(name, settingNames);
      if (meant !== undefined) warnings.push(`${name} in ${path} is no setting. Did you mean ${meant}?`);
      else if (isOurs) warnings.push(`${name} in ${path} is no setting and is ignored.`);
    }
  }
  return { values, origins, warnings };
}

function readSettings(
  path: string,
  read: (path: string) => string,
): string | undefined | { readonly warning: string } {
  try {
    return read(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    // A virtual environment of Python's is often called so.
    if (code === "EISDIR") return { warning: `${resolve(path)} is a folder: no settings are read from it.` };
    if (code === "EACCES" || code === "EPERM") {
      throw new UsageError(
        `${resolve(path)} has settings, but you may not read it. Mend its rights (chmod u+r), or run this in another folder.`,
      );
    }
    throw error;
  }
}
