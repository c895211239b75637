import type { EventEmitter } from "node:events";
import type { Readable, Writable } from "node:stream";

import type { Environment } from "../config-file/index.ts";

/** What a command has of the process that runs it, so that several can run in one. */
export interface Terminal {
  /** The environment's variables and, for commands, the settings of files. */
  readonly environment: Environment;
  /** Where it was started: relative paths begin there. */
  readonly folder: string;
  /** The file of the program, as it was called: `process.argv[1]`. */
  readonly script: string | undefined;
  readonly input: Readable & { readonly isTTY?: boolean };
  /** Results and nothing else. */
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Notes, questions of the moment and failures. */
  readonly errors: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Emits `SIGINT`: Ctrl-C. */
  readonly signals: Pick<EventEmitter, "once" | "off">;
  /** How `launch` runs an agent. Default: as a process that has this one's terminal. */
  readonly runAgent?: RunAgent | undefined;
}

/** A program that is started in place of this one. */
export interface StartedProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly environment: Environment;
  readonly folder: string;
}

/** Runs a program to its end, and calls `onStart` when it runs. Resolves to its exit code; rejects with the system's error where it can't be started. */
export type RunAgent = (program: StartedProgram, onStart: () => void) => Promise<number>;

/** What a user's own folders and relative paths are found by. */
export type Place = Pick<Terminal, "environment" | "folder">;

/** What this program is called by, in words that say what to type. */
export type Caller = Pick<Terminal, "environment" | "folder" | "script">;

/** The same terminal with another environment. Its input stays untouched: a program that is started inherits it as it is. */
export function withEnvironment(terminal: Terminal, environment: Environment): Terminal {
  const { folder, script, output, errors, signals, runAgent } = terminal;
  return {
    environment,
    folder,
    script,
    get input() {
      return terminal.input;
    },
    output,
    errors,
    signals,
    runAgent,
  };
}
