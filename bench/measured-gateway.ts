/**
 * The gateway as a child process that measures how long its event loop stands still. Started by `event-loop.ts`,
 * which asks for the longest stretches since it asked last, in milliseconds: by the clock, which other processes
 * lengthen, and by the CPU time that the main thread used between two turns, which they don't.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";

import { readConfig } from "../src/config.ts";
import { createGateway } from "../src/gateway.ts";
import { createPacer } from "../src/completion/create-pacer.ts";
import { loadTokenTables } from "../src/shaping/count-tokens.ts";
import { loadSchemaRules } from "../src/shaping/schema/judge-schema.ts";

const delay = monitorEventLoopDelay({ resolution: 1 });
const gateway = await createGateway(readConfig(process.env));
let longestCpu = 0;
let last = process.threadCpuUsage();
function turn(): void {
  const now = process.threadCpuUsage();
  longestCpu = Math.max(longestCpu, now.user + now.system - last.user - last.system);
  last = now;
  setImmediate(turn);
}
setImmediate(turn);

process.on("message", () => {
  process.send?.({ longestMs: delay.max / 1e6, longestCpuMs: longestCpu / 1000 });
  delay.reset();
  longestCpu = 0;
});
process.on("disconnect", () => process.exit(0));
// As `serve` does soon after its start.
await loadTokenTables(createPacer(() => performance.now()).start(new AbortController().signal));
loadSchemaRules();
delay.enable();
process.send?.({ url: await gateway.listen() });
