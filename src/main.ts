#!/usr/bin/env node
import { existsSync } from "node:fs";
import { runCli } from "./cli/run-cli.ts";

// A `.env` beside the caller fills in what the environment does not set; proxies read the same variables.
if (existsSync(".env")) process.loadEnvFile(".env");

process.exitCode = await runCli(process.argv.slice(2));
