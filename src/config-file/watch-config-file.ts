import { isDeepStrictEqual } from "node:util";

import type { StartTimer } from "../stream/with-idle-timeout.ts";
import type { GatewayConfiguration } from "./configuration.ts";
import type { Mistake } from "./mistake.ts";
import { readConfigFile, type ReadConfigFileOptions } from "./read-config-file.ts";
import type { ConfigurationReading } from "./reading.ts";
import { tracePath } from "./trace-path.ts";
import { watchEntries } from "./watch-entries.ts";

/** How long nothing more must change before a file is read: programs write in several steps. */
const quietMs = 100;

/** What watching needs, and who learns of what. */
export interface WatchConfigFileOptions extends ReadConfigFileOptions {
  /** What was read at the start: only what differs from it is told. */
  readonly current: ConfigurationReading;
  /** A new configuration, whole. Warnings are those of `reading.warnings`. */
  readonly onChange: (configuration: GatewayConfiguration, warnings: readonly Mistake[]) => void;
  /** The file is wrong now, and the configuration stays what it was. Each state is told once, but for `reload`. */
  readonly onMistakes: (mistakes: readonly Mistake[]) => void;
  /** Changes in this folder aren't seen (no more watches, or no such folder); `reload` still works, and tries again. */
  readonly onBlind: (folder: string, error: unknown) => void;
  readonly startTimer: StartTimer;
}

/** A file that is watched. */
export interface ConfigFileWatch {
  /** Reads the file now (SIGHUP): whether something changed, or is wrong, which is told again. */
  reload(): "changed" | "same" | "wrong";
  /** Stops watching; nothing is told afterwards. */
  close(): void;
}

/**
 * Watches a configuration file, and the files of its secrets, by their folders. A file that is wrong, half written or gone
 * changes nothing. Does not keep the process alive.
 */
export function watchConfigFile(options: WatchConfigFileOptions): ConfigFileWatch {
  const { startTimer, onChange, onMistakes, onBlind, path, environment, settings } = options;
  let last = options.current;
  let configuration = last.ok ? last.configuration : undefined;
  let stopTimer: (() => void) | undefined;
  let isClosed = false;
  const watch = watchEntries(readSoon, onBlind);

  function readSoon(): void {
    if (isClosed) return;
    stopTimer?.();
    stopTimer = startTimer(quietMs, () => void readNow(false));
  }

  /** What changed before a folder was watched would never be seen, so the files are read once more then. */
  function follow(reading: ConfigurationReading): void {
    if (watch.follow(reading.files.flatMap(tracePath))) readSoon();
  }

  function readNow(isAsked: boolean): "changed" | "same" | "wrong" {
    stopTimer?.();
    stopTimer = undefined;
    const before = last;
    const reading = readConfigFile({ path, environment, settings });
    last = reading;
    if (isClosed) return "same";
    follow(reading);
    if (!reading.ok) {
      if (isAsked || before.ok || !isDeepStrictEqual(before.mistakes, reading.mistakes))
        onMistakes(reading.mistakes);
      return "wrong";
    }
    if (isDeepStrictEqual(configuration, reading.configuration)) return "same";
    configuration = reading.configuration;
    onChange(reading.configuration, reading.warnings);
    return "changed";
  }

  follow(options.current);
  return {
    reload: () => readNow(true),
    close() {
      isClosed = true;
      stopTimer?.();
      watch.close();
    },
  };
}
