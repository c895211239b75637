import { resolve } from "node:path";

import { findNamedVariables } from "../config-file/find-named-variables.ts";
import { readConfig, type Config } from "../config.ts";
import { addSettings, loadSettings, type LoadedSettings } from "./settings/load-settings.ts";
import { toOwnConfig } from "./settings/own-config.ts";
import { userSettingsFile } from "./settings/user-file.ts";
import { type Terminal, withEnvironment } from "./terminal.ts";
import type { ServicesOptions } from "./with-services.ts";

/** Commands for which a `.env` and a `gateway.yaml` in their folder are the gateway's own. Others are started in any folder. */
const gatewayCommands = new Set(["serve", "demo", "doctor", "healthcheck", "check"]);

/** Reads the files of settings that a command has, and tells what is odd in them. */
function loadSettingsOf(command: string, { environment, folder, errors }: Terminal): LoadedSettings {
  const isOfGateway = gatewayCommands.has(command);
  const isGuarded = !isOfGateway;
  const toFile = (name: string) => ({ path: resolve(folder, name), name, isGuarded });
  const own = { ...toFile(userSettingsFile(environment)), isOurs: true };
  const here = { ...toFile(".env"), isOurs: isOfGateway };
  // Agents are launched in folders of projects, and a project must not choose where the agent's model is.
  const loaded = loadSettings(
    command === "launch" ? [own] : [here, own],
    environment,
    undefined,
    (settings) => findNamedVariables(settings, folder),
  );
  for (const warning of loaded.warnings) errors.write(`Warning: ${warning}\n`);
  return loaded;
}

/** What a command finds when it runs: the files of settings have been read. */
export interface Started {
  /** Its environment has the settings of files. */
  readonly terminal: Terminal;
  readonly loaded: LoadedSettings;
  /** For commands that ask upstreams. */
  readonly services: ServicesOptions;
}

/** Reads the files of settings for a command, and tells what is odd in them. Throws `UsageError` when one can't be read. */
export function startCommand(command: string, given: Terminal): Started {
  const loaded = loadSettingsOf(command, given);
  const terminal = withEnvironment(given, addSettings(given.environment, loaded.values));
  const variables = { ...terminal.environment, ...loaded.others };
  return { terminal, loaded, services: { terminal, variables } };
}

/**
 * The settings of a command that is started in any folder, and may ask upstreams. Who asks them calls `warn`, which says what is
 * not used. Throws `ConfigError`.
 */
export function findOwnConfig({ terminal, loaded }: Started): {
  readonly config: Config;
  readonly warn: () => void;
} {
  const { environment, folder, errors } = terminal;
  const { config, passedOver } = toOwnConfig(readConfig(environment), { folder, foreign: loaded.foreign });
  return {
    config,
    warn() {
      if (passedOver === undefined) return;
      errors.write(
        `Warning: ${passedOver} is not used: this folder may be anybody's. If it is yours, name that file by CONFIG_FILE in the environment or in ${userSettingsFile(environment)}.\n`,
      );
    },
  };
}

/** The same for a command that asks upstreams in any case. */
export function readOwnConfig(started: Started): Config {
  const { config, warn } = findOwnConfig(started);
  warn();
  return config;
}
