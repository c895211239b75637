import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Config } from "../../config.ts";
import { UsageError } from "../usage-error.ts";
import type { Size } from "./client.ts";
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
): Promise<number> {
  const known = findClient(client);
  if (known?.program === undefined) {
    throw new UsageError(
      `"${client}" can't be launched.${suggestClient(client, programNames)} Known are: ${programNames.join(", ")}.`,
    );
  }
  const { title, program } = known;
  const target = await findTarget(config, options);
  const folder = await mkdtemp(join(tmpdir(), "akashchat-api-"));
  try {
    const start = program.start(target, options.size, folder);
    for (const { name, content } of start.files ?? []) {
      const path = join(folder, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { mode: 0o600 });
    }
    const lines = [
      ...(await describeCost({ client, title, size: options.size, by: "launch" }, target)),
      ...(known.notes?.(target) ?? []),
    ];
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofProviders.test(name)));
    const child = spawn(program.command, [...start.args, ...args], {
      stdio: "inherit",
      env: { ...own, ...start.environment },
    });
    // Not before it runs: of one that is not installed there is nothing to say.
    child.once("spawn", () => {
      for (const line of lines) process.stderr.write(`${line}\n`);
    });
    // The terminal sends Ctrl-C to both; the agent decides what it means.
    process.on("SIGINT", leaveToChild);
    // Else it would go on by itself, and its folder, in which a key may be, would stay.
    const passOn = (signal: NodeJS.Signals): boolean => child.kill(signal);
    for (const signal of ends) process.on(signal, passOn);
    const failed = once(child, "error").then(([error]: unknown[]) => {
      throw error;
    });
    const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    const [code, signal] = await Promise.race([exited, failed]);
    process.off("SIGINT", leaveToChild);
    for (const end of ends) process.off(end, passOn);
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
    await rm(folder, { recursive: true, force: true });
  }
}
