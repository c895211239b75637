/** The program of a worker, which `serve` starts with `WORKERS`. */
import { enableCompileCache } from "../../enable-compile-cache.ts";
import { holdYoungSpace } from "../../young-space.ts";
import { toChannel } from "../../workers/process-channel.ts";

holdYoungSpace();
enableCompileCache(process.env);
const channel = toChannel({
  send: (message, callback) => process.send?.(message, undefined, undefined, callback),
  on: (event, take) => process.on(event, take),
  once: (event, end) => process.once(event, end),
});
const { runWorker } = await import("./run-worker.ts");
runWorker(channel);
