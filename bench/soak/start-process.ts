import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

import type { Inspection } from "./inspect.ts";

/** A server of the soak in a process of its own. */
export interface Started {
  readonly url: string;
  readonly pid: number;
  /** Lines on stderr, and lines of the log that tell of something unforeseen. */
  readonly complaints: readonly string[];
  /** Sends a word; resolves with what comes back under `key`, rejects when the process is gone. */
  ask<T>(word: string, key: string): Promise<T>;
  inspect(): Promise<Inspection>;
  /** Asks the process to end, and resolves with its exit code; kills it after `limitMs` (then `undefined`). */
  stop(limitMs: number): Promise<number | undefined>;
}

const inspector = fileURLToPath(new URL("inspect.ts", import.meta.url));
const startMs = 30_000;
/** What a gateway logs that is no failure of an upstream or a client. */
const unforeseen = /"error":"internal"|nobody waited for|unforeseen|could not be stored/;

/** How `inspect.ts` is preloaded. An old Node takes it without types, which a data URL does. */
function preload(oldNode: boolean): readonly string[] {
  const url = oldNode
    ? `data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(readFileSync(inspector, "utf8")))}`
    : pathToFileURL(inspector).href;
  // The inspector's own; a gateway has none to give.
  return ["--expose-gc", "--disable-warning=ExperimentalWarning", "--import", url];
}

/**
 * Starts a script and resolves with its URL, the first that it prints. `node`: another Node than this one.
 * Rejects when it ends before.
 */
export async function startProcess(
  args: readonly string[],
  options: {
    readonly node?: string | undefined;
    readonly flags?: readonly string[];
    readonly environment?: Record<string, string>;
  } = {},
): Promise<Started> {
  const { node, flags = [], environment = {} } = options;
  const child = spawn(node ?? process.execPath, [...preload(node !== undefined), ...flags, ...args], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...environment },
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("The process has no output");
  const complaints: string[] = [];
  const exit = new Promise<number | undefined>((resolve) => {
    child.once("exit", (code) => resolve(code ?? undefined));
  });
  createInterface({ input: stderr }).on("line", (line) => complaints.push(line));
  const starting = setTimeout(() => child.kill("SIGKILL"), startMs);
  const url = await new Promise<string>((resolve, reject) => {
    void exit.then(() => reject(new Error(`${args.join(" ")} did not start: ${complaints.join("\n")}`)));
    createInterface({ input: stdout }).on("line", (line) => {
      const found = /http:\/\/[\w.:-]+/.exec(line)?.[0];
      if (found !== undefined) resolve(found);
      if (unforeseen.test(line)) complaints.push(line);
    });
  });

  clearTimeout(starting);

  function ask<T>(word: string, key: string): Promise<T> {
    return new Promise((resolve, reject) => {
      function listen(message: object): void {
        if (!(key in message)) return;
        child.off("message", listen);
        // Our own process at the other end; its messages are declared beside what makes them.
        resolve(Reflect.get(message, key) as T);
      }
      child.on("message", listen);
      void exit.then((code) => reject(new Error(`${args.join(" ")} has ended (${code})`)));
      child.send(word);
    });
  }

  return {
    url,
    pid: child.pid ?? 0,
    complaints,
    ask,
    inspect: () => ask("inspect", "inspection"),
    async stop(limitMs) {
      const kill = setTimeout(() => child.kill("SIGKILL"), limitMs);
      child.kill("SIGTERM");
      const code = await exit;
      clearTimeout(kill);
      return code;
    },
  };
}
