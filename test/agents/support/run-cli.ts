import { fileURLToPath } from "node:url";

import type { Command } from "./run-agent.ts";

const main = fileURLToPath(new URL("../../../src/main.ts", import.meta.url));

/** Our own command line, from source. */
export function cliCommand(args: readonly string[], environment: Command["environment"]): Command {
  return { command: process.execPath, args: [main, ...args], environment };
}
