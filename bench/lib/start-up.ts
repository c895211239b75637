import { setTimeout as sleep } from "node:timers/promises";

import { send } from "./client.ts";
import { rssOf } from "./proc.ts";
import type { Series } from "./results.ts";
import { warmUp } from "./scenarios.ts";
import type { TargetPlan } from "./targets.ts";

/** What is measured of a start. `rest`: ms without requests before its memory is read; 0: it is not read. */
export interface StartUpOptions {
  readonly rounds: number;
  readonly restMs: number;
}

/** From the creation of a process until it does its work, in ms, and what it takes up at rest after that, in MB. */
type StartUp = Readonly<Record<"listening" | "first" | "rss", number>>;

async function startOnce(plan: TargetPlan, restMs: number): Promise<StartUp> {
  const begin = performance.now();
  const target = await plan.start({ probe: false });
  try {
    const exchange = warmUp.create(target)();
    exchange.check(await send(target, exchange));
    const first = performance.now() - begin;
    await sleep(restMs);
    return { listening: target.startMs, first, rss: rssOf(target.pid) / 1024 };
  } finally {
    await target.stop();
  }
}

const figures = [
  ["listening", "from spawn to listening", "ms"],
  ["first", "from spawn to the first answer", "ms"],
  ["rss", "resident memory at rest, after one answer", "MB"],
] as const;

/** Starts each target anew in each round. */
export async function measureStartUp(
  plans: readonly TargetPlan[],
  { rounds, restMs }: StartUpOptions,
): Promise<readonly Series[]> {
  const columns = plans.map((plan) => ({ plan, seen: [] as StartUp[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { plan, seen } of columns) seen.push(await startOnce(plan, restMs));
  }
  return figures
    .filter(([key]) => key !== "rss" || restMs > 0)
    .map(([key, title, unit]) => ({
      id: `start-${key}`,
      title,
      unit,
      compared: false,
      columns: columns.map(({ plan: { name, kind }, seen }) => ({
        name,
        kind,
        values: seen.map((one) => one[key]),
      })),
    }));
}
