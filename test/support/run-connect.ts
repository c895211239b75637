import { execFile } from "node:child_process";

import { program } from "./program.ts";
import { compileCache } from "./run-program.ts";

/** What a run of the command line came to. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `akashchat-api connect …` as a user would, in a home folder of its own. `BEARER_TOKEN` is the gateway's key unless
 * `environment` says another.
 */
export function runConnect(
  { url, home, key }: { readonly url: string; readonly home: string; readonly key: string },
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const options = {
    cwd: home,
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      USERPROFILE: home,
      BEARER_TOKEN: key,
      NODE_COMPILE_CACHE: compileCache,
      ...environment,
    },
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, "connect", "--url", url, ...args],
      options,
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    ).stdin?.end();
  });
}
