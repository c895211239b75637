/**
 * A program for the health checks of containers: `node dist/healthcheck.js` ends with 0 if the gateway of this
 * environment's `SERVER_ADDRESS` answers. The command `healthcheck` does the same, after loading the whole command line.
 */
import { healthcheck } from "./cli/healthcheck.ts";

process.exitCode = await healthcheck(process.env["SERVER_ADDRESS"], process.stderr);
