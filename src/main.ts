#!/usr/bin/env node
import { enableCompileCache } from "./enable-compile-cache.ts";
import { holdYoungSpace } from "./young-space.ts";

holdYoungSpace();
enableCompileCache(process.env);
// Behind them, so that all of it is kept, and no more memory taken for it than it needs.
const { runCli, endQuietly } = await import("./cli/run-cli.ts");
const args = process.argv.slice(2);
endQuietly(args[0]);
process.exitCode = await runCli(args, {
  environment: process.env,
  folder: process.cwd(),
  script: process.argv[1],
  // Opened when it is asked for.
  get input() {
    return process.stdin;
  },
  output: process.stdout,
  errors: process.stderr,
  signals: process,
});
if (process.exitCode !== 0 && (args[0] ?? "serve") === "serve") {
  const { endIfStuck } = await import("./cli/end-if-stuck.ts");
  endIfStuck();
}
