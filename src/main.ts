#!/usr/bin/env node
import { enableCompileCache } from "./enable-compile-cache.ts";
import { holdYoungSpace } from "./young-space.ts";

holdYoungSpace();
enableCompileCache(process.env);
// Behind them, so that all of it is kept, and no more memory taken for it than it needs.
const { runCli } = await import("./cli/run-cli.ts");
process.exitCode = await runCli(process.argv.slice(2));
