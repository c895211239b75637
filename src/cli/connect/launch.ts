import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../../config.ts";
import { UsageError } from "../usage-error.ts";
import type { Target } from "./client-setup.ts";
import { claudeCodeEnvironment, codexEnvironment, codexOverrides, opencodeConfig } from "./agent-settings.ts";
import { findTarget } from "./find-target.ts";

/** A program with the arguments and variables that point it at the gateway. */
interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A file to write before the start; its path goes into the variable. */
  readonly file?: { readonly variable: string; readonly name: string; readonly content: string };
}

const launches: Readonly<Record<string, (target: Target, args: readonly string[]) => Launch>> = {
  "claude-code": (target, args) => ({ command: "claude", args, environment: claudeCodeEnvironment(target) }),
  codex: (target, args) => ({
    command: "codex",
    args: [...codexOverrides(target).flatMap((override) => ["-c", override]), ...args],
    environment: codexEnvironment(target),
  }),
  opencode: (target, args) => ({
    command: "opencode",
    args,
    environment: {},
    file: {
      variable: "OPENCODE_CONFIG",
      name: "opencode.json",
      content: JSON.stringify(opencodeConfig(target)),
    },
  }),
};

function leaveToChild(): void {}

/**
 * Starts a coding agent with the gateway's address and key in its environment; no file of the user's is
 * touched. Resolves to the agent's exit code. Throws `UsageError` when the agent is unknown or not installed.
 */
export async function launch(
  config: Config,
  client: string,
  args: readonly string[],
  options: { readonly url?: string; readonly model?: string },
): Promise<number> {
  const create = Object.hasOwn(launches, client) ? launches[client] : undefined;
  if (create === undefined) {
    throw new UsageError(`"${client}" can't be launched. Known are: ${Object.keys(launches).join(", ")}.`);
  }
  const { command, args: allArgs, environment, file } = create(await findTarget(config, options), args);
  const folder = file && (await mkdtemp(join(tmpdir(), "akashchat-api-")));
  try {
    const fileEnvironment: Record<string, string> = {};
    if (file !== undefined && folder !== undefined) {
      const path = join(folder, file.name);
      await writeFile(path, file.content, { mode: 0o600 });
      fileEnvironment[file.variable] = path;
    }
    const child = spawn(command, allArgs, {
      stdio: "inherit",
      env: { ...process.env, ...environment, ...fileEnvironment },
    });
    // The terminal sends Ctrl-C to both; the agent decides what it means.
    process.on("SIGINT", leaveToChild);
    const failed = once(child, "error").then(([error]: unknown[]) => {
      throw error;
    });
    const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    const [code] = await Promise.race([exited, failed]);
    process.off("SIGINT", leaveToChild);
    return code ?? 1;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new UsageError(`"${command}" is not installed, or not on the PATH.`);
    }
    throw error;
  } finally {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}
