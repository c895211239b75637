import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { tmpdir } from "node:os";
import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";

import { runCli } from "../../src/cli/run-cli.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { compileCache } from "./compile-cache.ts";
import { program } from "./program.ts";

type Environment = Readonly<Record<string, string>>;

/** A user's environment, in which nothing of this machine's settings is. */
const environmentIn = (folder: string, environment: Environment): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  HOME: folder,
  NO_PROXY: "127.0.0.1",
  ...environment,
});

/** Starts the program in a folder (default: one without a `.env`), with nothing of this machine's settings. */
export function startProgram(
  args: readonly string[],
  environment: Environment = {},
  folder = tmpdir(),
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { NODE_COMPILE_CACHE: compileCache, ...environmentIn(folder, environment) },
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

/** What a run is given. */
export interface RunOptions {
  /** Its standard input. */
  readonly input?: string;
  /** Default: one without a `.env`. */
  readonly folder?: string;
}

/** Runs the program as a process, to its end: for what only a process shows, and for `serve`, `demo` and `launch`, which are one. */
export async function spawnProgram(
  args: readonly string[],
  environment: Environment = {},
  { input = "", folder }: RunOptions = {},
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

/** What is written, as one text. */
class Written extends Writable {
  #parts: Buffer[] = [];

  get text(): string {
    return Buffer.concat(this.#parts).toString("utf8");
  }

  override _write(part: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#parts.push(part);
    done();
  }
}

/** A terminal of nobody, and what was written on it. */
export interface TestTerminal {
  readonly terminal: Terminal;
  readonly written: () => { readonly stdout: string; readonly stderr: string };
}

/** Creates what a command is given that runs in this process. */
export function createTerminal(
  environment: Environment = {},
  { input = "", folder = tmpdir() }: RunOptions = {},
): TestTerminal {
  const [output, errors] = [new Written(), new Written()];
  return {
    terminal: {
      environment: environmentIn(folder, environment),
      folder,
      script: program,
      input: Readable.from(input === "" ? [] : [Buffer.from(input)]),
      output,
      errors,
      signals: new EventEmitter(),
    },
    written: () => ({ stdout: output.text, stderr: errors.text }),
  };
}

/** Runs a command to its end, as the program does, but in this process: no start of Node is waited for. */
export async function runProgram(
  args: readonly string[],
  environment: Environment = {},
  options: RunOptions = {},
): Promise<Run> {
  const [command = "serve"] = args;
  if (["serve", "demo", "launch"].includes(command) && !args.includes("--help"))
    throw new Error(`${command} is a process of its own: spawnProgram runs it.`);
  const { terminal, written } = createTerminal(environment, options);
  const code = await runCli(args, terminal);
  return { ...written(), code };
}
