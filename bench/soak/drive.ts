import { setTimeout as sleep } from "node:timers/promises";

import { run } from "./flows.ts";
import type { Outcome } from "./judge.ts";
import type { Sender } from "./send.ts";
import { SoakFailure } from "./soak-failure.ts";
import { createSpec, type Spec } from "./specs.ts";

/** What has come of the requests so far. */
export interface Tally {
  readonly outcomes: Record<Outcome, number>;
  /** A line for each request that went as it must not. */
  readonly failures: string[];
  /** When the client of a tag left (`clock`). */
  readonly left: Map<string, number>;
}

/** Creates an empty tally. */
export function createTally(): Tally {
  return { outcomes: { whole: 0, error: 0, left: 0 }, failures: [], left: new Map() };
}

/** How a part of the soak is driven. */
export interface DriveOptions {
  readonly seed: string;
  readonly first: number;
  readonly count: number;
  readonly clients: number;
  /** Requests begun in a second, at most; 0: as many as the clients can. */
  readonly rate: number;
  readonly sender: Sender;
  /** Nothing is begun after this, in ms of `performance.now()`. */
  readonly deadline: number;
}

/** A soak that failed this often need not go on. */
const enoughFailures = 50;

/** Sends the requests from `first` on, each client one at a time, and adds what comes of them to the tally. */
export async function drive(options: DriveOptions, tally: Tally): Promise<void> {
  const { seed, first, count, clients, rate, sender, deadline } = options;
  const begin = performance.now();
  let next = 0;

  async function act(): Promise<void> {
    while (next < count && tally.failures.length < enoughFailures) {
      const number = next;
      next += 1;
      if (rate > 0) await sleep(Math.max(0, begin + (number * 1000) / rate - performance.now()));
      if (performance.now() > deadline) {
        tally.failures.push(`out of time at request ${first + number}`);
        return;
      }
      const spec = createSpec(seed, first + number);
      try {
        const { outcome, leftAt } = await run(spec, sender);
        tally.outcomes[outcome] += 1;
        if (leftAt !== undefined) tally.left.set(spec.plan.tag, leftAt);
      } catch (error) {
        tally.failures.push(describe(spec, error));
      }
    }
  }
  await Promise.all(Array.from({ length: clients }, act));
}

function describe({ plan, kind, streamed, leave }: Spec, error: unknown): string {
  const what = error instanceof SoakFailure ? error.kind : "unforeseen";
  const words = error instanceof Error ? error.message : String(error);
  const details = [kind, streamed ? "streamed" : "whole", plan.form, plan.fault, plan.silent, leave?.after]
    .filter((detail) => detail !== undefined)
    .join(", ");
  return `${what}: ${plan.tag} (${details}): ${words}`;
}
