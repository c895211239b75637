/**
 * Runs the tests of what only Codex asks for (its catalogue, its compaction) on a floating version of it:
 * `npm run test:newest-codex`, or `-- 0.162.0`. The pinned one is for `npm run test:agents`. Codex drops a whole
 * catalogue for one word that it does not know, so a new version shall be seen before users have it.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command has to succeed; what it says is shown. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const { status, error } = spawnSync(command, args, { stdio: "inherit", env });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed.`, { cause: error });
}

const [version = "latest"] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "newest-codex-"));
try {
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  run("npm", [
    "install",
    "--silent",
    "--no-audit",
    "--no-fund",
    "--prefix",
    folder,
    `@openai/codex@${version}`,
  ]);
  const codex = join(folder, "node_modules/.bin/codex");
  run(codex, ["--version"]);
  const test = [
    "node_modules/vitest/vitest.mjs",
    "run",
    "--config",
    "vitest.agents.config.ts",
    "codex-native",
  ];
  run(process.execPath, test, { ...process.env, CODEX: codex });
} finally {
  await rm(folder, { recursive: true, force: true });
}
