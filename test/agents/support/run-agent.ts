import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const binaries = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));

/** What an agent's run came to. */
export interface AgentRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An agent at work. */
export interface RunningAgent {
  /** Ctrl-C. */
  interrupt(): void;
  readonly result: Promise<AgentRun>;
}

/** Starts an agent from npm in `folder` with a home folder of its own and only the variables given. */
export function startAgent(
  command: string,
  args: readonly string[],
  options: { readonly folder: string; readonly home: string; readonly environment: Readonly<Record<string, string>> },
): RunningAgent {
  const child = spawn(binaries + command, args, {
    cwd: options.folder,
    env: {
      PATH: process.env["PATH"],
      HOME: options.home,
      XDG_CONFIG_HOME: `${options.home}/.config`,
      XDG_DATA_HOME: `${options.home}/.local/share`,
      XDG_CACHE_HOME: `${options.home}/.cache`,
      XDG_STATE_HOME: `${options.home}/.local/state`,
      TERM: "dumb",
      CI: "1",
      NO_PROXY: "127.0.0.1,localhost",
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  async function finish(): Promise<AgentRun> {
    const [stdout, stderr, exit] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
    return { code: exit[0] as number | null, stdout, stderr };
  }
  return { interrupt: () => child.kill("SIGINT"), result: finish() };
}
