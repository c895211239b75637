import type { EventEmitter } from "node:events";

import type { ReloadOutcome } from "../config-file/index.ts";

/** What is said of it; the log has the rest. */
const outcomes: Readonly<Record<ReloadOutcome, string | undefined>> = {
  changed: undefined,
  wrong: undefined,
  same: "SIGHUP: the configuration file was read again, and nothing in it has changed.",
  "no-file":
    "SIGHUP changes nothing: there is no configuration file, and settings are read at the start. SIGTERM stops the gateway.",
};

/** What is stopped, and how that is told. */
export interface Stoppable {
  /** How many answers are not complete yet. */
  readonly running: () => number;
  /** Resolves when all is closed. */
  readonly close: () => Promise<void>;
  readonly say: (line: string) => void;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  /** Reads the configuration file again. `undefined`: no signal means that, as on Windows. */
  readonly reload: (() => ReloadOutcome) | undefined;
  /** Whether a terminal is there, whose end is the program's, too. */
  readonly hasTerminal: boolean;
}

/**
 * Lets SIGINT, SIGTERM and, with a terminal, SIGHUP end the process after its running answers; another one ends it at
 * once. Without a terminal SIGHUP ends nothing: under `nohup`, and for what asks services to read their files again, as this
 * one does.
 */
export function stopOnSignals(process: EventEmitter, gateway: Stoppable): void {
  const { running, close, say, exit, reload, hasTerminal } = gateway;
  let stopping = false;

  function stop(signal: string): void {
    if (stopping) {
      exit(130);
      return;
    }
    stopping = true;
    // What is waited for, and how long, stands in the log.
    if (running() > 0) say(`${signal === "SIGINT" ? "Ctrl-C" : signal} again ends at once, without waiting.`);
    close().then(
      () => exit(0),
      (error: unknown) => {
        say(`Shutdown failed: ${String(error)}`);
        exit(1);
      },
    );
  }

  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop(signal));
  process.on("SIGHUP", () => {
    if (hasTerminal) {
      stop("SIGHUP");
      return;
    }
    const said = outcomes[reload?.() ?? "no-file"];
    if (said !== undefined) say(said);
  });
}
