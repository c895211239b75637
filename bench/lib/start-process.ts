import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import type { Blocks, Heap } from "./probe.ts";

/** What a process tells of itself, by the question. */
export interface Answers {
  readonly watch: object;
  readonly "watch-timers": object;
  readonly blocks: Blocks;
  readonly heap: Heap;
}

/** A process that listens. */
export interface Started {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from its creation until it said its address. */
  readonly startMs: number;
  /** Asks `probe.ts` in it. */
  ask<Q extends keyof Answers>(question: Q): Promise<Answers[Q]>;
  stop(): Promise<void>;
}

/** What is started, and where. */
export interface StartOptions {
  /** What Node runs: a file and its arguments. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default: the folder of the bench. */
  readonly cwd?: string;
  /** The address, where the process does not print it. */
  readonly url?: string;
  /** A line by which it says that it listens. Default: the first that has a URL. */
  readonly ready?: RegExp;
  /** Whether the process tells of itself. Default: yes. */
  readonly probe?: boolean;
}

const probe = new URL("probe.ts", import.meta.url).href;
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** Starts a program with this Node. Settings of the surroundings don't reach it. Throws if it ends before it listens. */
export async function startProcess(options: StartOptions): Promise<Started> {
  const { args, env = {}, cwd, url, ready = /https?:\/\/[\w.:-]+/ } = options;
  const begin = performance.now();
  const before = options.probe === false ? [] : ["--import", probe];
  const child = spawn(process.execPath, [...before, ...args], {
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    cwd: cwd ?? fileURLToPath(new URL("../..", import.meta.url)),
    env: { PATH: process.env["PATH"] ?? "", ...env },
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const { stdout } = child;
  if (stdout === null) throw new Error("no pipe");
  for await (const line of createInterface({ input: stdout })) {
    const found = ready.exec(line)?.[0];
    if (found === undefined || child.pid === undefined) continue;
    // The rest of its log must be read, or it would wait for that.
    stdout.resume();
    return {
      url: url ?? found,
      pid: child.pid,
      startMs: performance.now() - begin,
      async ask<Q extends keyof Answers>(question: Q) {
        const answer = once(child, "message");
        child.send({ ask: question });
        const [message]: unknown[] = await answer;
        // Both ends are ours: probe.ts answers each question in this form.
        return message as Answers[Q];
      },
      async stop() {
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      },
    };
  }
  throw new Error(`${args.join(" ")} did not start`);
}
