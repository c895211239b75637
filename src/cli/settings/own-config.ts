import { resolve } from "node:path";

import { findConfigFile } from "../../config-file/find-config-file.ts";
import type { Config } from "../../config.ts";

/** The configuration of a command that people start in any folder, and what it does not use. */
export interface OwnConfig {
  readonly config: Config;
  /** The configuration file that a gateway started in this folder would use in place of it. */
  readonly passedOver: string | undefined;
}

/**
 * Names the configuration file for a command that is started in any folder: what `CONFIG_FILE` says, else `gateway.yaml` in
 * `DATA_DIR`, else none. One that `folder` has, or names (`foreign`: the paths in its `.env`), may be anybody's, and could
 * have whatever the user can read sent to any server.
 */
export function toOwnConfig(
  config: Config,
  { folder, foreign }: { readonly folder: string; readonly foreign: Readonly<Record<string, string>> },
): OwnConfig {
  const { CONFIG_FILE, DATA_DIR } = config;
  const inData = DATA_DIR === undefined ? undefined : findConfigFile({}, resolve(folder, DATA_DIR)).path;
  const used = CONFIG_FILE ?? inData ?? "none";
  const ofGateway = {
    CONFIG_FILE: CONFIG_FILE ?? foreign["CONFIG_FILE"],
    DATA_DIR: DATA_DIR ?? foreign["DATA_DIR"],
  };
  const { path } = findConfigFile(ofGateway, folder);
  return {
    config: { ...config, CONFIG_FILE: used },
    passedOver: path === undefined || path === resolve(folder, used) ? undefined : path,
  };
}
