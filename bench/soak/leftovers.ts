import { setTimeout as sleep } from "node:timers/promises";

import type { Inspection, LiveObjects } from "./inspect.ts";
import type { Sender } from "./send.ts";
import type { Started } from "./start-process.ts";

/** What the gateway held after a round of requests, when all were answered. */
export interface Round {
  /** Requests so far, those for warming up left out. */
  readonly requests: number;
  readonly gateway: Inspection;
  /** The event-loop delay of the others while the round ran, in ms, and the CPU of each so far. */
  readonly upstream: Inspection;
  readonly driverCpu: number;
  /** Upstream requests that nobody has closed. */
  readonly open: readonly string[];
  /** Only for the rounds that are compared. */
  readonly live?: LiveObjects;
}

/** The upstream's connections are kept for 4 s, a client's that left a moment longer. */
const settleMs = 15_000;
const lookMs = 250;

/** The parts of a soak. */
export interface Parts {
  readonly gateway: Started;
  readonly upstream: Started;
  readonly sender: Sender;
}

/** Waits, for a while, until the gateway has let go of what belongs to requests, and tells what it holds then. */
export async function settle(
  { gateway, upstream, sender }: Parts,
  { requests, counts }: { readonly requests: number; readonly counts: boolean },
): Promise<Round> {
  // First of all: the delays are those of the work before.
  const during = await gateway.inspect();
  const beside = await upstream.inspect();
  sender.close();
  const until = performance.now() + settleMs;
  for (;;) {
    const sockets = await gateway.ask<Inspection["sockets"]>("sockets", "sockets");
    const open = await upstream.ask<readonly string[]>("open", "open");
    const settled = sockets.in === 0 && sockets.out === 0 && open.length === 0;
    if (settled || performance.now() > until) {
      const { user, system } = process.cpuUsage();
      const now = await gateway.inspect();
      return {
        requests,
        gateway: { ...now, delay: during.delay, rss: during.rss },
        upstream: beside,
        driverCpu: (user + system) / 1000,
        open,
        ...(counts ? { live: await gateway.ask<LiveObjects>("live", "live") } : {}),
      };
    }
    await sleep(lookMs);
  }
}

/** Heap that may come and go: caches, compiled code. In bytes, and for the whole of a soak. */
const heapTolerance = 4_000_000;
/** Objects that a gateway at rest may have more of than before. */
const liveTolerance = 40;

/** What is left that should not be, in words. */
export function findLeftovers(rounds: readonly Round[]): readonly string[] {
  const [before, first] = rounds;
  const last = rounds.at(-1);
  if (before === undefined || first === undefined || last === undefined) return ["there was no round"];
  const { gateway } = last;
  const problems: string[] = [];
  const { sockets, timers } = gateway;
  if (sockets.in > 0) problems.push(`left: ${sockets.in} sockets of clients`);
  if (sockets.out > 0) problems.push(`left: ${sockets.out} sockets to the upstream`);
  if (last.open.length > 0) problems.push(`left: upstream requests of ${last.open.join(", ")}`);
  if (timers > before.gateway.timers) {
    problems.push(`left: ${timers} timers, ${before.gateway.timers} before`);
  }
  for (const [name, count] of Object.entries(last.live ?? {})) {
    const earlier = before.live?.[name] ?? 0;
    if (count > earlier + liveTolerance) problems.push(`left: ${count} of ${name}, ${earlier} before`);
  }
  const grown = gateway.heap + gateway.external - first.gateway.heap - first.gateway.external;
  if (grown > heapTolerance) {
    problems.push(
      `left: the heap grew by ${(grown / 1e6).toFixed(1)} MB from ${first.requests} to ${last.requests} requests`,
    );
  }
  problems.push(...gateway.warnings.map((warning) => `the gateway warns: ${warning}`));
  return problems;
}
