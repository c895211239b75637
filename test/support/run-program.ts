import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { program } from "./program.ts";

/** Compiled once for all runs of all tests: that is half of what a start costs. */
const compileCache = join(tmpdir(), "akashchat-api-compiled");

/** Starts the program in a folder (default: one without a `.env`), with nothing of this machine's settings. */
export function startProgram(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  folder = tmpdir(),
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      NO_PROXY: "127.0.0.1",
      NODE_COMPILE_CACHE: compileCache,
      ...environment,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** What a run of the program came to. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  /** `null` when a signal ended it. */
  readonly code: number | null;
}

/** Runs the program to its end, with `input` on its standard input. */
export async function runProgram(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  { input = "", folder }: { readonly input?: string; readonly folder?: string } = {},
): Promise<Run> {
  const child = startProgram(args, environment, folder);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { stdout, stderr, code: code as number | null };
}
