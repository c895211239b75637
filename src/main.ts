#!/usr/bin/env node
import { enableCompileCache } from "./enable-compile-cache.ts";

enableCompileCache(process.env);
// Behind it, so that all of it is kept.
const { runCli } = await import("./cli/run-cli.ts");
process.exitCode = await runCli(process.argv.slice(2));
