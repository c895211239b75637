import { existsSync, readFileSync } from "node:fs";
import { parseEnv } from "node:util";

import { settings } from "../config.ts";

const proxyNames = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"];
const known: ReadonlySet<string> = new Set([...Object.keys(settings), ...proxyNames]);

/**
 * Fills in from `file`, if there is one, the settings and proxies that `environment` does not have. Other variables
 * of the file are left alone: it may be a project's own, and programs that are started here inherit the environment
 * (`NODE_OPTIONS` would run what it names). Throws `Error` when the file can't be read.
 */
export function loadSettingsFile(file: string, environment: NodeJS.ProcessEnv): void {
  if (!existsSync(file)) return;
  for (const [name, value] of Object.entries(parseEnv(readFileSync(file, "utf8")))) {
    if (known.has(name)) environment[name] ??= value;
  }
}
