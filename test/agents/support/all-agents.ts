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
