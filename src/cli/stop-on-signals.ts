import type { EventEmitter } from "node:events";

/** What is stopped, and how that is told. */
export interface Stoppable {
  /** How many answers are not complete yet. */
  readonly running: () => number;
  /** Resolves when all is closed. */
  readonly close: () => Promise<void>;
  readonly say: (line: string) => void;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  /** Whether a terminal is there, whose end is the program's, too. */
  readonly hasTerminal: boolean;
}

/**
 * Lets SIGINT, SIGTERM and, with a terminal, SIGHUP end the process after its running answers; another one ends it at
 * once. Without a terminal SIGHUP changes nothing: under `nohup`, and for what asks services to read their files again.
 */
export function stopOnSignals(process: EventEmitter, gateway: Stoppable): void {
  const { running, close, say, exit, hasTerminal } = gateway;
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
    if (hasTerminal) stop("SIGHUP");
    else say("SIGHUP changes nothing: settings are read at the start, and SIGTERM stops the gateway.");
  });
}
