import { ConfigError, type Config } from "../config.ts";
import type { GatewayConfiguration } from "./configuration.ts";
import { findConfigFile, warnOfPassedOver } from "./find-config-file.ts";
import { describeMistakes, type Mistake } from "./mistake.ts";
import { readConfigFile, type ReadConfigFileOptions } from "./read-config-file.ts";
import { readUpstreamVariables } from "./read-variables.ts";
import type { ConfigurationReading } from "./reading.ts";
import type { ConfigurationSettings, Environment } from "./settings.ts";

/** The settings by which a configuration is found and read. */
export type LoadSettings = ConfigurationSettings & Pick<Config, "CONFIG_FILE" | "DATA_DIR">;

/** What a gateway is started with. */
export interface LoadedConfiguration {
  readonly configuration: GatewayConfiguration;
  /** What can be used but is likely meant otherwise. */
  readonly warnings: readonly Mistake[];
  /** What `watchConfigFile` goes on with; `undefined`: there is no file. */
  readonly source: (ReadConfigFileOptions & { readonly current: ConfigurationReading }) | undefined;
}

/**
 * Reads which upstreams and names there are: from the file, `CONFIG_FILE` or `gateway.yaml` in `DATA_DIR` or in `folder`,
 * else from the settings. `environment` is what `${NAME}` in the file stands for. Throws `ConfigError` with everything
 * that is wrong with the file, each at its place.
 */
export function loadConfiguration(
  settings: LoadSettings,
  environment: Environment = process.env,
  folder: string = process.cwd(),
): LoadedConfiguration {
  const found = findConfigFile(settings, folder);
  const passedOver = warnOfPassedOver(found);
  const { path } = found;
  if (path === undefined) {
    const { configuration, warnings } = readUpstreamVariables(settings);
    return { configuration, warnings: [...passedOver, ...warnings], source: undefined };
  }
  const options = { path, environment, settings };
  const current = readConfigFile(options);
  if (!current.ok) throw new ConfigError(describeMistakes(current.mistakes));
  return {
    configuration: current.configuration,
    warnings: current.warnings,
    source: { ...options, current },
  };
}
