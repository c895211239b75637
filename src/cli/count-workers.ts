import { availableParallelism } from "node:os";

import type { Logger } from "pino";

import type { Config } from "../config.ts";

/** How many processes a setting means. */
export function countWorkers({ WORKERS }: Pick<Config, "WORKERS">): number {
  return WORKERS === "auto" ? availableParallelism() : WORKERS;
}

/** Warns of more workers than cores. It may be meant so, as where cores are added later, so they are started. */
export function warnOfIdleWorkers(count: number, cores: number, log: Pick<Logger, "warn">): void {
  if (count <= cores) return;
  log.warn(
    { event: "many-workers", workers: count, cores },
    `WORKERS is ${count}, and there ${cores === 1 ? "is 1 core" : `are ${cores} cores`}: more workers than cores answer no more requests, ` +
      "and each takes some 75 MB. WORKERS=auto starts one each core.",
  );
}
