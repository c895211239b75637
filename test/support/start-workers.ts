import { once } from "node:events";
import { createInterface } from "node:readline";

import type { AnyJson } from "./post.ts";
import { startProgram } from "./run-program.ts";

/** A gateway of several processes, as it is started from a shell. */
export interface RunningWorkers extends AsyncDisposable {
  /** Without `/v1`. */
  readonly url: string;
  /** All lines of the log so far. */
  readonly lines: readonly AnyJson[];
  /** Resolves with the first line that fits, also one that has come already. Rejects when the log ends without it. */
  line(fits: (line: AnyJson) => boolean): Promise<AnyJson>;
  /** The process of each worker that was started so far, by number, the last of each. */
  pids(): ReadonlyMap<number, number>;
  /** Sends a signal to the process that was started. */
  signal(name: NodeJS.Signals): void;
  /** Resolves with its exit code when it and all that it started have ended. */
  readonly ended: Promise<number | null>;
}

/** Starts it with two workers at a free port. Use `await using`. */
export async function startWorkers(
  environment: Readonly<Record<string, string>>,
  folder?: string,
): Promise<RunningWorkers> {
  const settings = { SERVER_ADDRESS: "127.0.0.1:0", WORKERS: "2", LOG_LEVEL: "debug", LOG_FORMAT: "json" };
  const child = startProgram(["serve"], { ...settings, CONFIG_FILE: "none", ...environment }, folder);
  const lines: AnyJson[] = [];
  const waiting = new Set<() => void>();
  let isOver = false;
  let said = "";
  child.stderr.on("data", (text) => {
    said += String(text);
  });
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (text) => {
    lines.push(JSON.parse(text));
    for (const look of waiting) look();
  });
  reader.once("close", () => {
    isOver = true;
    for (const look of waiting) look();
  });
  const exited = once(child, "exit");
  // Standard output is open until the last of them is gone.
  const ended = Promise.all([exited, once(child.stdout, "close")]).then(([[code]]) => code as number | null);

  function line(fits: (line: AnyJson) => boolean): Promise<AnyJson> {
    return new Promise((resolve, reject) => {
      function look(): void {
        const found = lines.find(fits);
        if (found === undefined && !isOver) return;
        waiting.delete(look);
        if (found === undefined) reject(new Error(`no such line in ${JSON.stringify(lines)} ${said}`));
        else resolve(found);
      }
      waiting.add(look);
      look();
    });
  }

  const start = await line(({ event }) => event === "start");
  return {
    url: String(start["address"]),
    lines,
    line,
    pids: () =>
      new Map(
        lines
          .filter(({ event }) => event === "worker-start")
          .map(({ worker, pid }) => [Number(worker), Number(pid)]),
      ),
    signal: (name) => void child.kill(name),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
