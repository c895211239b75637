import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Config } from "../../config.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import type { Program, Size } from "./client.ts";
import { programNames } from "./client-names.ts";
import { findClient, suggestClient } from "./clients.ts";
import { findTarget, type TargetOptions } from "./find-target.ts";
import { describeCost } from "./describe-cost.ts";

/** Variables that say which provider an agent talks to, and with which key: none but the gateway's may be left. */
const ofProviders =
  /^(?:ANTHROPIC|OPENAI|COPILOT_PROVIDER|GOOGLE_GENAI|GOOGLE_GEMINI|GOOGLE_VERTEX)_|^(?:CLAUDE_CODE_OAUTH_TOKEN|CODEX_API_KEY|GEMINI_API_KEY|GEMINI_API_KEY_AUTH_MECHANISM|GEMINI_CLI_CUSTOM_HEADERS|GEMINI_MODEL|GOOGLE_API_KEY)$/;

/** What ends this program ends the agent. */
const ends = ["SIGTERM", "SIGHUP"] as const;

function leaveToChild(): void {}

/** An agent that is ready to be started. */
export interface PreparedAgent {
  readonly program: Program;
  readonly args: readonly string[];
  /** All of it, without other providers' variables. */
  readonly environment: NodeJS.ProcessEnv;
  /** What is told on standard error once it runs. */
  readonly lines: readonly string[];
}

/**
 * Prepares a coding agent: asks the gateway what there is, and writes the files that the agent reads into `own`, a folder of this run
 * alone. Throws `UsageError` when the agent is unknown, or the gateway can't be used.
 */
export async function prepareAgent(
  config: Config,
  client: string,
  options: TargetOptions & { readonly size: Size },
  { own, terminal }: { readonly own: string; readonly terminal: Terminal },
): Promise<PreparedAgent> {
  const known = findClient(client);
  if (known?.program === undefined) {
    throw new UsageError(
      `"${client}" can't be launched.${suggestClient(client, programNames)} Known are: ${programNames.join(", ")}.`,
    );
  }
  const { title, program } = known;
  const target = await findTarget(config, options, terminal);
  const start = program.start(target, options.size, own, terminal);
  for (const { name, content } of start.files ?? []) {
    const path = join(own, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode: 0o600 });
  }
  const kept = Object.entries(terminal.environment).filter(([name]) => !ofProviders.test(name));
  return {
    program,
    args: start.args,
    environment: { ...Object.fromEntries(kept), ...start.environment },
    lines: [
      ...(await describeCost({ client, title, size: options.size, by: "launch" }, target, terminal)),
      ...(known.notes?.(target) ?? []),
    ],
  };
}

/**
 * Starts a coding agent with the gateway's address and key in its environment; no file of the user's is touched, and
 * keys of other providers are taken out of its environment. Says on standard error what the chosen size costs. Resolves
 * to the agent's exit code. Throws `UsageError` when the agent is unknown or not installed.
 */
export async function launch(
  config: Config,
  client: string,
  args: readonly string[],
  options: TargetOptions & { readonly size: Size },
  terminal: Terminal,
): Promise<number> {
  const own = await mkdtemp(join(tmpdir(), "akashchat-api-"));
  try {
    const agent = await prepareAgent(config, client, options, { own, terminal });
    return await run({ ...agent, args: [...agent.args, ...args] }, terminal);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** Runs an agent to its end, on the terminal of this process. */
async function run(
  { program, args, environment, lines }: PreparedAgent,
  { errors, folder }: Terminal,
): Promise<number> {
  // The terminal sends Ctrl-C to both; the agent decides what it means.
  process.on("SIGINT", leaveToChild);
  const child = spawn(program.command, args, { stdio: "inherit", cwd: folder, env: environment });
  // Else it would go on by itself, and its folder, in which a key may be, would stay.
  const passOn = (signal: NodeJS.Signals): boolean => child.kill(signal);
  for (const signal of ends) process.on(signal, passOn);
  try {
    // Not before it runs: of one that is not installed there is nothing to say.
    child.once("spawn", () => {
      for (const line of lines) errors.write(`${line}\n`);
    });
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    // As shells count it.
    return code ?? 128 + constants.signals[signal ?? "SIGTERM"];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new UsageError(
        `"${program.command}" is not installed, or not on the PATH. Install it with: npm install --global ${program.package}`,
      );
    }
    throw error;
  } finally {
    process.off("SIGINT", leaveToChild);
    for (const end of ends) process.off(end, passOn);
  }
}
