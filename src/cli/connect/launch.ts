import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Config } from "../../config.ts";
import type { Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import type { Size } from "./client.ts";
import { programNames } from "./client-names.ts";
import { findClient, suggestClient } from "./clients.ts";
import { findTarget, type TargetOptions } from "./find-target.ts";
import { describeCost } from "./describe-cost.ts";
import { runOnTerminal } from "./run-on-terminal.ts";

/** Variables that say which provider an agent talks to, and with which key: none but the gateway's may be left. */
const ofProviders =
  /^(?:ANTHROPIC|OPENAI|COPILOT_PROVIDER|GOOGLE_GENAI|GOOGLE_GEMINI|GOOGLE_VERTEX)_|^(?:CLAUDE_CODE_OAUTH_TOKEN|CODEX_API_KEY|GEMINI_API_KEY|GEMINI_API_KEY_AUTH_MECHANISM|GEMINI_CLI_CUSTOM_HEADERS|GEMINI_MODEL|GOOGLE_API_KEY)$/;

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
  const known = findClient(client);
  if (known?.program === undefined) {
    throw new UsageError(
      `"${client}" can't be launched.${suggestClient(client, programNames)} Known are: ${programNames.join(", ")}.`,
    );
  }
  const { title, program } = known;
  const { folder, errors, runAgent = runOnTerminal } = terminal;
  const target = await findTarget(config, options, terminal);
  const own = await mkdtemp(join(tmpdir(), "akashchat-api-"));
  try {
    const start = program.start(target, options.size, own, terminal);
    for (const { name, content } of start.files ?? []) {
      const path = join(own, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { mode: 0o600 });
    }
    const lines = [
      ...(await describeCost({ client, title, size: options.size, by: "launch" }, target, terminal)),
      ...(known.notes?.(target) ?? []),
    ];
    const kept = Object.entries(terminal.environment).filter(([name]) => !ofProviders.test(name));
    const environment = { ...Object.fromEntries(kept), ...start.environment };
    // Not before it runs: of one that is not installed there is nothing to say.
    return await runAgent(
      { command: program.command, args: [...start.args, ...args], environment, folder },
      () => {
        for (const line of lines) errors.write(`${line}\n`);
      },
    );
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new UsageError(
        `"${program.command}" is not installed, or not on the PATH. Install it with: npm install --global ${program.package}`,
      );
    }
    throw error;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
