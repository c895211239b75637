import type { Options } from "./options.ts";
import { scenarios, type ClosedScenario, type PacedScenario } from "./scenarios.ts";

/** Measurements that need processes of their own. */
export const freshIds = ["block", "loop", "memory", "start"] as const;
/** What a short run measures. */
const shortIds = ["A32", "B", "D", "agent", "start"];

/** All that can be named with `--only`. */
export const knownIds: readonly string[] = [...scenarios.map(({ id }) => id), ...freshIds];

/** What is measured, and how long. */
export interface RunPlan {
  /** Loads that are compared with one another stand in one group; the first is what the others stand beside. */
  readonly groups: readonly (readonly ClosedScenario[])[];
  readonly paced: readonly PacedScenario[];
  readonly fresh: readonly (typeof freshIds)[number][];
  /** CPU of the measured process in a round. */
  readonly cpuMs: number;
  readonly warmMs: number;
  readonly restMs: number;
  /** Whether the gateway is measured with all switched on, too, and over an OpenAI-compatible upstream. */
  readonly allOn: boolean;
  readonly compatible: boolean;
}

/** Chooses by the command line. */
export function planRun({ only, short, peers, allOn }: Options): RunPlan {
  const whole = only.length === 0 && !short;
  const wanted = only.length > 0 ? only : short ? shortIds : knownIds;
  const closed = scenarios.filter((one): one is ClosedScenario => one.kind === "closed");
  const bases = new Set(closed.filter(({ id }) => wanted.includes(id)).map(({ id, beside }) => beside ?? id));
  const groups = [...bases].map((base) =>
    closed.filter(({ id, beside }) => id === base || (beside === base && wanted.includes(id))),
  );
  return {
    groups,
    paced: scenarios.filter((one): one is PacedScenario => one.kind === "paced" && wanted.includes(one.id)),
    fresh: freshIds.filter((id) => wanted.includes(id)),
    cpuMs: short ? 200 : 1000,
    warmMs: short ? 1500 : 4000,
    restMs: short ? 0 : 3000,
    allOn: whole || allOn,
    compatible: whole || peers,
  };
}
