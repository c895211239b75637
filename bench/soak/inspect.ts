/**
 * Loaded before a measured process's own code (`--import`): tells the parent, over the IPC channel, what the process
 * holds on to. It imports nothing but Node, so that an older Node can load it as a data URL.
 */
import { subscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { ServerResponse } from "node:http";
import { Socket } from "node:net";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setImmediate as turn } from "node:timers/promises";
import { queryObjects } from "node:v8";

/** What a process holds on to, after a forced collection. Sizes in bytes, times in ms. */
export interface Inspection {
  readonly sockets: { readonly in: number; readonly out: number };
  /** Timers that keep the process alive. */
  readonly timers: number;
  readonly heap: number;
  readonly external: number;
  readonly rss: number;
  /** Used by the process so far. */
  readonly cpu: number;
  /** For how long its main thread could have run but had no CPU; 0 where there is no /proc. */
  readonly waited: number;
  /** Since the last inspection. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly warnings: readonly string[];
}

const open = { in: new Set<Socket>(), out: new Set<Socket>() };
const warnings: string[] = [];
const delay = monitorEventLoopDelay({ resolution: 5 });
const resolution = 5;

function track(channel: string, sockets: Set<Socket>): void {
  subscribe(channel, (message) => {
    // Both channels publish an object with the socket (Node's documentation, "Net" in Diagnostics Channel).
    const { socket } = message as { readonly socket: Socket };
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
}

/** Time over what the timer behind the histogram takes by itself. */
function over(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolution);
}

function countSockets(): Inspection["sockets"] {
  return { in: open.in.size, out: open.out.size };
}

/** The second number of schedstat (Linux, Documentation/scheduler/sched-stats.rst): ns on the run queue. */
function readWaited(): number {
  if (process.platform !== "linux") return 0;
  return Number(readFileSync("/proc/self/schedstat", "utf8").split(" ")[1]) / 1e6;
}

async function inspect(): Promise<Inspection> {
  const [p50, p99, max] = [over(delay.percentile(50)), over(delay.percentile(99)), over(delay.max)];
  for (let round = 0; round < 4; round += 1) {
    // What a collection lets go may have to be called back before it lets go of more.
    await turn();
    globalThis.gc?.();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  // Not what the inspection itself has cost.
  delay.reset();
  return {
    sockets: countSockets(),
    timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout").length,
    heap: heapUsed,
    external,
    rss,
    cpu: (user + system) / 1000,
    waited: readWaited(),
    delay: { p50, p99, max },
    warnings,
  };
}

/** Objects on the heap by their class, those of Node itself among them. Takes seconds: V8 walks the whole heap for each. */
export type LiveObjects = Readonly<Record<string, number>>;

function countLive(): LiveObjects {
  const classes = { Timeout: timeoutClass, AbortSignal, Socket, ServerResponse };
  return Object.fromEntries(
    Object.entries(classes).map(([name, of]) => [name, queryObjects(of, { format: "count" })]),
  );
}

const sample = setTimeout(() => undefined, 0);
clearTimeout(sample);
const timeoutClass = sample.constructor;

track("net.server.socket", open.in);
track("net.client.socket", open.out);
delay.enable();
process.on("warning", ({ name, message }) => {
  // That of `queryObjects`.
  if (name !== "ExperimentalWarning") warnings.push(`${name}: ${message}`);
});
process.on("unhandledRejection", (reason) => warnings.push(`unhandled rejection: ${String(reason)}`));
process.on("message", (message) => {
  if (message === "sockets") process.send?.({ sockets: countSockets() });
  if (message === "live") {
    process.send?.({ live: countLive() });
    delay.reset();
  }
  if (message === "inspect") void inspect().then((inspection) => process.send?.({ inspection }));
});
// Nothing outlives the command.
process.on("disconnect", () => process.exit(1));
