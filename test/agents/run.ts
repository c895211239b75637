import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

// npm run test:agents [-- --all] [vitest's own arguments]: `--all` also runs the agents that are installed on demand.
const args = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [
    fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url)),
    "run",
    "--config",
    "vitest.agents.config.ts",
    ...args.filter((arg) => arg !== "--all"),
  ],
  {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    stdio: "inherit",
    env: { ...process.env, ...(args.includes("--all") ? { TEST_AGENTS: "all" } : {}) },
  },
);
process.exitCode = status ?? 1;
