/**
 * The gateway as a child process that measures how long its event loop stands still. Started by `event-loop.ts`,
 * which asks for the longest stretch since it asked last; the answer is in milliseconds.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";

import { readConfig } from "../src/config.ts";
import { createGateway } from "../src/gateway.ts";

const delay = monitorEventLoopDelay({ resolution: 1 });
const gateway = await createGateway(readConfig(process.env));
process.on("message", () => {
  process.send?.({ longestMs: delay.max / 1e6 });
  delay.reset();
});
process.on("disconnect", () => process.exit(0));
delay.enable();
process.send?.({ url: await gateway.listen() });
