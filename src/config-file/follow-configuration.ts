import type { StartTimer } from "../stream/with-idle-timeout.ts";
import type { GatewayConfiguration } from "./configuration.ts";
import type { LoadedConfiguration } from "./load-configuration.ts";
import { describeMistakes, type Mistake } from "./mistake.ts";
import { watchConfigFile } from "./watch-config-file.ts";

/** What came of reading the configuration again; `no-file`: there is none that could have changed. */
export type ReloadOutcome = "changed" | "same" | "wrong" | "no-file";

/** A configuration that is followed while the gateway runs. */
export interface FollowedConfiguration {
  /** Reads the file now; what changed or is wrong is in the log. */
  reload(): ReloadOutcome;
  /** Stops watching. */
  close(): void;
}

/** Where is told what happens. */
interface ConfigurationLog {
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/**
 * Tells the log what is odd in a configuration, and watches its file: `onChange` gets each new configuration, whole, after
 * the log has it. A file that is wrong changes nothing.
 */
export function followConfiguration(
  { warnings, source }: LoadedConfiguration,
  options: {
    readonly log: ConfigurationLog;
    readonly startTimer: StartTimer;
    readonly onChange: (configuration: GatewayConfiguration) => void;
  },
): FollowedConfiguration {
  const { log, startTimer, onChange } = options;
  warn(warnings);
  if (source === undefined) return { reload: () => "no-file", close() {} };
  const file = source.path;

  function warn(found: readonly Mistake[]): void {
    for (const line of describeMistakes(found)) log.warn({ event: "config-warning" }, line);
  }

  return watchConfigFile({
    ...source,
    startTimer,
    onChange(configuration, found) {
      const upstreams = configuration.upstreams.map(({ name }) => name);
      log.info({ event: "config-changed", file, upstreams }, `${file} changed: ${upstreams.join(", ")}`);
      warn(found);
      onChange(configuration);
    },
    onMistakes(mistakes) {
      const problems = describeMistakes(mistakes);
      const text = `${file} is wrong now, so nothing changes: ${problems.join(" ")}`;
      log.error({ event: "config-wrong", file, problems }, text);
    },
    onBlind(folder, error) {
      const text = `changes in ${folder} are not seen: send SIGHUP after a change, or start again`;
      log.warn({ event: "config-unwatched", folder, err: error }, text);
    },
  });
}
