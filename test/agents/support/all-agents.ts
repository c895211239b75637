import type { Agent } from "./agent.ts";
import { cline, copilot, geminiCli, pi, qwenCode } from "./agents-on-demand.ts";
import { claudeCode, codex, opencode } from "./agents.ts";
import { runsAll } from "./install-agents.ts";

/** The agents of this run, each with its name: the three that are always there, and with `--all` the others. */
export const agents: readonly (readonly [string, Agent])[] = [
  claudeCode,
  codex,
  opencode,
  ...(runsAll ? [copilot, pi, qwenCode, geminiCli, cline] : []),
].map((agent) => [agent.client, agent] as const);

/** Rows of a table for an agent: all, but for one that takes ten seconds to start only the first and the last, unless with `--all`. */
export function rowsFor<Row>(client: string, rows: readonly Row[]): readonly Row[] {
  if (runsAll || client !== opencode.client) return rows;
  return rows.filter((_, at) => at === 0 || at === rows.length - 1);
}
