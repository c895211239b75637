import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

import { folders } from "./install-agents.ts";

/** Where npm puts the agents' commands. */
const binaries = folders.map((folder) => join(folder, "node_modules", ".bin")).join(delimiter);

/** A program to run, with the variables that it needs besides the usual. */
export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What an agent's run came to. */
export interface AgentRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An agent at work. */
export interface RunningAgent extends AsyncDisposable {
  /** Ctrl-C: a terminal sends the signal to every process of the group. */
  interrupt(): void;
  readonly result: Promise<AgentRun>;
}

/**
 * Starts an agent from npm in `folder`, with a home folder of its own. What it wants from elsewhere than this
 * machine it asks of `proxy`. Disposing of it ends it.
 */
export function startAgent(
  { command, args, environment }: Command,
  place: { readonly folder: string; readonly home: string; readonly proxy: string },
): RunningAgent {
  const { folder, home, proxy } = place;
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      PATH: `${binaries}${delimiter}${process.env["PATH"] ?? ""}`,
      HOME: home,
      XDG_CONFIG_HOME: `${home}/.config`,
      XDG_DATA_HOME: `${home}/.local/share`,
      XDG_CACHE_HOME: `${home}/.cache`,
      XDG_STATE_HOME: `${home}/.local/state`,
      TERM: "dumb",
      CI: "1",
      HTTP_PROXY: proxy,
      HTTPS_PROXY: proxy,
      NO_PROXY: "127.0.0.1,localhost",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const exited = once(child, "exit");
  async function finish(): Promise<AgentRun> {
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
    return { code: code as number | null, stdout, stderr };
  }
  function signal(name: NodeJS.Signals): void {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid, name);
    }
  }
  return {
    interrupt: () => signal("SIGINT"),
    result: finish(),
    async [Symbol.asyncDispose]() {
      signal("SIGKILL");
      await exited;
    },
  };
}
