import { setTimeout as sleep } from "node:timers/promises";

import { send } from "./client.ts";
import { createSignal } from "./create-signal.ts";
import { sharedMicros } from "./marker.ts";
import { cpuOf } from "./proc.ts";
import { quantile } from "./statistics.ts";
import type { ClosedScenario, Exchange, PacedScenario } from "./scenarios.ts";
import type { Target } from "./targets.ts";

/** When a load ends: after so much CPU of the measured process, or so much time. */
export interface Until {
  readonly cpuMs?: number;
  readonly ms?: number;
}

/** How many requests go by between two looks at the clock. */
const lookEvery = 8;

/** Runs a load; resolves with µs of CPU a request. Throws at the first reply that is wrong. */
export async function runClosed(
  target: Target,
  { connections }: Pick<ClosedScenario, "connections">,
  next: () => Exchange,
  { cpuMs = Infinity, ms = Infinity }: Until,
): Promise<number> {
  const cpu = cpuOf(target.pid);
  const begin = performance.now();
  let count = 0;
  let ended = false;
  async function work(): Promise<void> {
    while (!ended) {
      const exchange = next();
      exchange.check(await send(target, exchange));
      count += 1;
      if (count % lookEvery !== 0 && connections > 1) continue;
      ended ||= performance.now() - begin >= ms || cpuOf(target.pid) - cpu >= cpuMs * 1000;
    }
  }
  try {
    await Promise.all(Array.from({ length: connections }, work));
  } catch (error) {
    throw new Error(`${target.name}: ${String(error)}`, { cause: error });
  } finally {
    ended = true;
  }
  return (cpuOf(target.pid) - cpu) / count;
}

/** What a run of many slow streams shows. */
export interface Paced {
  /** µs of CPU a token, while all streams are open. */
  readonly perToken: number;
  /** ms from the upstream's writing of a token to its arrival, while all streams are open. */
  readonly delayP50: number;
  readonly delayP99: number;
}

const stamp = /tok\d+@(\d+) /g;
/** Streams that are being opened at the same time: a rush would be another load. */
const openingAtOnce = 32;
/** Less of a window than this says nothing. */
const leastWindowMs = 1000;

/**
 * Opens the streams of a paced load, and lets all go on once each has had its first token. Resolves with a promise for each,
 * fulfilled when it is complete, rejected if it is not, or not in order. `onDelay` is told how many ms each token took from the
 * upstream to here.
 */
export async function openStreams(
  target: Target,
  { streams, every }: PacedScenario,
  next: () => Exchange,
  upstream: string,
  onDelay?: (ms: number) => void,
): Promise<readonly Promise<void>[]> {
  function run(): { first: Promise<void>; end: Promise<void> } {
    const exchange = next();
    const first = createSignal();
    const reply = send(target, exchange, (piece) => {
      first.fire();
      if (onDelay === undefined) return;
      const now = sharedMicros();
      for (const [, sent] of piece.matchAll(stamp)) onDelay((now - Number(sent)) / 1000);
    });
    return { first: first.promise, end: reply.then((whole) => exchange.check(whole)) };
  }
  const ends: Promise<void>[] = [];
  async function open(): Promise<void> {
    while (ends.length < streams) {
      const { first, end } = run();
      ends.push(end);
      await Promise.race([first, end]);
    }
  }
  await Promise.all(Array.from({ length: openingAtOnce }, open));
  await fetch(`${upstream}/go/${every}`);
  return ends;
}

/** Runs a paced load over the upstream at `upstream`; throws unless all streams complete, in order. */
export async function runPaced(
  target: Target,
  scenario: PacedScenario,
  next: () => Exchange,
  upstream: string,
): Promise<Paced> {
  const { id, every, tokens } = scenario;
  const delays: number[] = [];
  let watching = false;
  const ends = await openStreams(target, scenario, next, upstream, (ms) => {
    if (watching) delays.push(ms);
  });
  // Once all have begun.
  await sleep(every * 2);
  const cpu = cpuOf(target.pid);
  const begin = performance.now();
  watching = true;
  await Promise.race([sleep(every * (tokens - 5)), ...ends]);
  watching = false;
  const perToken = (cpuOf(target.pid) - cpu) / delays.length;
  if (performance.now() - begin < leastWindowMs) throw new Error(`${id}: streams ended before all had begun`);
  await Promise.all(ends);
  return { perToken, delayP50: quantile(delays, 0.5), delayP99: quantile(delays, 0.99) };
}
