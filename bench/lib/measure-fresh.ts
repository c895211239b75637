/** What is measured in a process of its own, since watching it would cost what the others are measured by. */
import { setTimeout as sleep } from "node:timers/promises";

import { send } from "./client.ts";
import { openStreams, runClosed } from "./measure.ts";
import { rssOf, socketsOf } from "./proc.ts";
import type { Column, Series } from "./results.ts";
import { pacedOf, scenarioOf, warmUp } from "./scenarios.ts";
import { quantile } from "./statistics.ts";
import type { Target, TargetPlan } from "./targets.ts";

/** What such a measurement needs. */
export interface FreshOptions {
  readonly plans: readonly TargetPlan[];
  readonly rounds: number;
  readonly warmMs: number;
  readonly upstream: string;
}

/** Runs `measure` on a new process of each plan, in turns, as often as there are rounds. */
async function runFresh<K extends string>(
  { plans, rounds }: FreshOptions,
  measure: (target: Target) => Promise<Readonly<Record<K, number>>>,
): Promise<(key: K) => readonly Column[]> {
  const columns = plans.map((plan) => ({ plan, seen: [] as Readonly<Record<K, number>>[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { plan, seen } of columns) {
      const target = await plan.start();
      try {
        seen.push(await measure(target));
      } finally {
        await target.stop();
      }
    }
  }
  return (key) =>
    columns.map(({ plan: { name, kind }, seen }) => ({ name, kind, values: seen.map((one) => one[key]) }));
}

const turnsWatched = 60;

/** How long one turn of an agent keeps the event loop from all others. */
export async function measureBlocks(options: FreshOptions): Promise<readonly Series[]> {
  const scenario = scenarioOf("agent");
  const columnsOf = await runFresh(options, async (target) => {
    const next = scenario.create(target);
    await runClosed(target, scenario, next, { ms: options.warmMs });
    await target.ask("watch");
    const blocks: number[] = [];
    for (let turn = 0; turn < turnsWatched; turn += 1) {
      await target.ask("blocks");
      const exchange = next();
      exchange.check(await send(target, exchange));
      blocks.push((await target.ask("blocks")).longest);
    }
    return { median: quantile(blocks, 0.5), p95: quantile(blocks, 0.95), max: quantile(blocks, 1) };
  });
  const title = `an agent's turn: longest block of the event loop, of ${turnsWatched} turns the`;
  return [
    {
      id: "block-median",
      title: `${title} median`,
      unit: "ms",
      compared: false,
      columns: columnsOf("median"),
    },
    { id: "block-p95", title: `${title} p95`, unit: "ms", compared: false, columns: columnsOf("p95") },
    { id: "block-max", title: `${title} longest`, unit: "ms", compared: false, columns: columnsOf("max") },
  ];
}

const turnsPerSecond = 5;

/** How late timers are while 1,000 streams run and 5 turns of agents come a second. */
export async function measureLoop(options: FreshOptions): Promise<readonly Series[]> {
  const agent = scenarioOf("agent");
  const paced = pacedOf("C1000");
  const columnsOf = await runFresh(options, async (target) => {
    const nextTurn = agent.create(target);
    await runClosed(target, warmUp, warmUp.create(target), { ms: options.warmMs });
    await runClosed(target, agent, nextTurn, { ms: options.warmMs });
    const ends = await openStreams(target, paced, paced.create(target), options.upstream);
    await sleep(paced.every * 2);
    await target.ask("watch-timers");
    const turns: Promise<void>[] = [];
    for (let ms = paced.every * 2; ms < paced.every * paced.tokens; ms += 1000 / turnsPerSecond) {
      const exchange = nextTurn();
      turns.push(send(target, exchange).then((reply) => exchange.check(reply)));
      await sleep(1000 / turnsPerSecond);
    }
    const { delayP99, delayMax } = await target.ask("blocks");
    await Promise.all([...ends, ...turns]);
    return { p99: delayP99, max: delayMax };
  });
  const title = `1,000 streams and ${turnsPerSecond} agents' turns a second: delay of the event loop`;
  return [
    { id: "loop-p99", title: `${title}, p99`, unit: "ms", compared: false, columns: columnsOf("p99") },
    { id: "loop-max", title: `${title}, longest`, unit: "ms", compared: false, columns: columnsOf("max") },
  ];
}

/** A long warm-up would leave room in the process in which streams then fit without a trace. */
const shortWarmMs = 500;

/** What an open stream takes up in a process that has had no more than it at a time. */
export async function measureMemory(options: FreshOptions): Promise<readonly Series[]> {
  const paced = pacedOf("C4000");
  const columnsOf = await runFresh(options, async (target) => {
    await runClosed(target, warmUp, warmUp.create(target), { ms: shortWarmMs });
    const before = { ...(await target.ask("heap")), rss: rssOf(target.pid) };
    const ends = await openStreams(target, paced, paced.create(target), options.upstream);
    await sleep(paced.every * 3);
    const sockets = socketsOf(target.pid) / paced.streams;
    const during = { ...(await target.ask("heap")), rss: rssOf(target.pid) };
    await Promise.all(ends);
    const live = during.heap + during.external - before.heap - before.external;
    return { rss: (during.rss - before.rss) / paced.streams, live: live / 1024 / paced.streams, sockets };
  });
  const title = "4,000 open streams: memory for each,";
  return [
    { id: "memory-rss", title: `${title} resident`, unit: "kB", compared: false, columns: columnsOf("rss") },
    {
      id: "memory-live",
      title: `${title} heap and buffers`,
      unit: "kB",
      compared: false,
      columns: columnsOf("live"),
    },
    {
      id: "memory-sockets",
      title: "4,000 open streams: sockets for each",
      unit: "",
      compared: false,
      columns: columnsOf("sockets"),
    },
  ];
}
