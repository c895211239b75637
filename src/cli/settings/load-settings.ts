import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";

import { settings } from "../../config.ts";
import { UsageError } from "../usage-error.ts";
import { suggestName } from "../../suggest/suggest-name.ts";
import { findExposedSecret, isForeignPath } from "./foreign-file.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const proxyNames = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
const settingNames = Object.keys(settings);
const known: ReadonlySet<string> = new Set([...settingNames, ...proxyNames]);
/** OpenTelemetry's, which its library reads from the environment. */
const standardName = /^OTEL_[A-Z_]+$/;

function isKnown(name: string): boolean {
  return known.has(name) || standardName.test(name);
}

/** Whatever begins so is meant for us. */
const ownPrefix = /^(?:AKASH_?ML|COMPATIBLE)_/;
/** What begins so and is near a setting is a slip. Akash's own tools have names that are not, such as AKASH_NODE. */
const ourFamily = /^(?:AKASH|COMPATIBLE)/;

/** A file with settings, in the form of `.env`. */
export interface SettingsFile {
  readonly path: string;
  /** What it is called for its reader, as seen from the folder where they are. Default: the path. */
  readonly name?: string;
  /** Whether nothing but settings belongs there; a project's `.env` has much else, and may be anybody's. */
  readonly isOurs: boolean;
  /** For a command that is started in any folder: what lets somebody else choose where keys go is left out. Default: no. */
  readonly isGuarded?: boolean;
}

/** What was found. */
export interface LoadedSettings {
  /** The settings, proxies and variables of OpenTelemetry that files have and the environment has not. */
  readonly values: Readonly<Record<string, string>>;
  /**
   * What else the files have and the environment has not. Only for `${NAME}` in the configuration file: some mean something
   * to programs that are started here, so they stay out of the environment.
   */
  readonly others: Readonly<Record<string, string>>;
  /** Paths of files and folders that a guarded file would choose. */
  readonly foreign: Readonly<Record<string, string>>;
  /** Which file a value is from. */
  readonly origins: ReadonlyMap<string, string>;
  /** Lines for the user: names that are misspelt or mean nothing, and what is no file. */
  readonly warnings: readonly string[];
}

/**
 * An environment with what files add to it. A setting stands there by its own name: Windows has no case, a copy of its environment has.
 */
export function addSettings(environment: Environment, values: LoadedSettings["values"]): Environment {
  const own = [...known].flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...environment, ...Object.fromEntries(own), ...values };
}

/**
 * Reads the settings, the proxies and OpenTelemetry's variables that `environment` does not have; of the files the first wins. What a guarded
 * file may not choose is left out (`foreign-file.ts`). Other variables of the
 * files are left alone: one may be a project's own, and programs that are started here inherit the environment
 * (`NODE_OPTIONS` would run what it names). `findNamed` says which variables the configuration file names, given the settings:
 * such a name is no slip. Throws `UsageError` when a file can't be read: a key may stand there.
 */
export function loadSettings(
  files: readonly SettingsFile[],
  environment: Environment,
  read: (path: string) => Buffer = (path) => readFileSync(path),
  findNamed: (settings: Environment) => ReadonlySet<string> = () => new Set(),
): LoadedSettings {
  const values: Record<string, string> = {};
  const others: Record<string, string> = {};
  const foreign: Record<string, string> = {};
  const origins = new Map<string, string>();
  const warnings: string[] = [];
  const strangers: { readonly name: string; readonly warning: string }[] = [];
  for (const name of Object.keys(environment)) {
    if (isEmpty(environment[name]) || isKnown(name)) continue;
    const warning = warnOfSlip(name, environment);
    if (warning !== undefined) strangers.push({ name, warning });
  }
  const parsed = files.flatMap((file) => {
    const { name: shown = file.path } = file;
    const text = readSettings(file.path, read);
    if (typeof text === "object") warnings.push(text.warning);
    if (typeof text !== "string") return [];
    const lines = text.split("\n");
    const unread = lines.map(findUnread);
    for (const name of unread) {
      if (name !== undefined) warnings.push(`${name} in ${shown} is not read: write ${name}=...`);
    }
    // Node says nothing of such lines; Node 20 joins one to the name behind it.
    const readable = lines.filter((_, index) => unread[index] === undefined).join("\n");
    return [{ ...file, shown, lines: parseEnv(readable) }];
  });
  for (const { path, shown, isOurs, isGuarded = false, lines } of parsed) {
    const isElsewhere = (name: string): boolean =>
      !isEmpty(environment[name]) || parsed.some((one) => one.path !== path && !isEmpty(one.lines[name]));
    for (const [name, value] of Object.entries(lines)) {
      if (value === undefined) continue;
      if (isKnown(name)) {
        // Where a gateway tells of its requests is nothing for other commands, nor for programs that they start.
        if (isGuarded && standardName.test(name)) continue;
        if (isEmpty(value) || !isEmpty(environment[name]) || values[name] !== undefined) continue;
        if (isGuarded && isForeignPath(name, value, isOurs)) {
          foreign[name] ??= value;
          continue;
        }
        const secret = isGuarded && !isOurs ? findExposedSecret(name, isElsewhere) : undefined;
        if (secret !== undefined) {
          warnings.push(
            `${name} in ${shown} is not used: ${secret} is not from there and would be sent to that address.`,
          );
          continue;
        }
        values[name] = value;
        origins.set(name, shown);
        continue;
      }
      if (!(isGuarded && !isOurs) && !isEmpty(value) && isEmpty(environment[name])) others[name] ??= value;
      const meant = suggestName(name, settingNames);
      if (meant !== undefined)
        strangers.push({ name, warning: `${name} in ${shown} is no setting. Did you mean ${meant}?` });
      else if (isOurs) strangers.push({ name, warning: `${name} in ${shown} is no setting and is ignored.` });
    }
  }
  if (strangers.length > 0) {
    const named = findNamed({ ...environment, ...values });
    warnings.push(...strangers.flatMap(({ name, warning }) => (named.has(name) ? [] : [warning])));
  }
  return { values, others, foreign, origins, warnings };
}

/** What is odd about a variable of the environment that is no setting; `undefined`: it is another program's. */
function warnOfSlip(name: string, environment: Environment): string | undefined {
  const upper = name.toUpperCase();
  // Windows has no case: the setting is read by its own name.
  if (isKnown(upper) && !isEmpty(environment[upper])) return undefined;
  const meant = suggestName(name, settingNames);
  if (meant === undefined) {
    const prefix = ownPrefix.exec(upper)?.[0].replace("AKASH_ML", "AKASHML");
    const family = settingNames.filter((setting) => prefix !== undefined && setting.startsWith(prefix));
    return family.length === 0 ? undefined : `${name} is no setting. Did you mean ${family.join(" or ")}?`;
  }
  // Other programs have names of their own that differ by that alone, such as LOGLEVEL.
  const isOthers = !ourFamily.test(upper) && meant.replaceAll("_", "") === upper.replaceAll("_", "");
  return isOthers ? undefined : `${name} is no setting. Did you mean ${meant}?`;
}

/** An empty variable counts as not set. */
const isEmpty = (value: string | undefined): boolean => value === undefined || value.trim() === "";

/** The setting that a line without "=" names, such as `BEARER_TOKEN: x`. */
function findUnread(line: string): string | undefined {
  const name = line.includes("=") ? undefined : /^\s*(?:export\s+)?(\w+)(?:\s*:|\s)/.exec(line)?.[1];
  return name !== undefined && isKnown(name) ? name : undefined;
}

function readSettings(
  path: string,
  read: (path: string) => Buffer,
): string | undefined | { readonly warning: string } {
  let bytes: Buffer;
  try {
    bytes = read(path);
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
  // PowerShell writes UTF-16, whose names nobody would know again: a gateway without the key that stands there.
  const isText = isUtf8(bytes) && !bytes.includes(0);
  if (!isText) {
    throw new UsageError(
      `${resolve(path)} is not UTF-8 text, so its settings can't be read. Save it as UTF-8.`,
    );
  }
  // Drops a byte order mark.
  return new TextDecoder().decode(bytes);
}
