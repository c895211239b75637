/**
 * Loaded into every measured process (`--import`), so that it tells over IPC what only it knows. Idle until it is asked: the
 * CPU of a process that is not watched is its own.
 *
 * `{ ask: "watch" }` starts to watch the event loop, `"blocks"` answers with what was seen since it was asked last,
 * `"heap"` collects garbage and answers with what is alive.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** The answer to `"blocks"`, in milliseconds. */
export interface Blocks {
  /** The most time between two turns of the event loop. By the clock: where the kernel counts CPU time in ticks, it knows no less than 4 ms. Other processes only add. */
  readonly longest: number;
  /** How late timers were. */
  readonly delayP99: number;
  readonly delayMax: number;
}

/** The answer to `"heap"`, in bytes. */
export interface Heap {
  readonly heap: number;
  /** Buffers and what else lies outside of the heap. */
  readonly external: number;
}

const resolution = 1;
const delay = monitorEventLoopDelay({ resolution });
let longest = 0;
let last = 0;

function turn(): void {
  const now = performance.now();
  longest = Math.max(longest, now - last);
  last = now;
  setImmediate(turn);
}

function watch(timersOnly: boolean): void {
  delay.enable();
  if (timersOnly) return;
  last = performance.now();
  setImmediate(turn);
}

/** By how many ms a timer was late, of the ns that it took. */
function late(nanos: number): number {
  return Math.max(0, nanos / 1e6 - resolution);
}

function readBlocks(): Blocks {
  const blocks: Blocks = {
    longest,
    delayP99: late(delay.percentile(99)),
    delayMax: late(delay.max),
  };
  delay.reset();
  longest = 0;
  last = performance.now();
  return blocks;
}

function readHeap(): Heap {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  const { heapUsed, external } = process.memoryUsage();
  return { heap: heapUsed, external };
}

process.on("message", (message: { ask?: string }) => {
  if (message.ask === "watch" || message.ask === "watch-timers") {
    watch(message.ask === "watch-timers");
    process.send?.({});
  } else if (message.ask === "blocks") process.send?.(readBlocks());
  else if (message.ask === "heap") process.send?.(readHeap());
});
process.on("disconnect", () => process.exit(0));
