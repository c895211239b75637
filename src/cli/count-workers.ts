import { availableParallelism } from "node:os";

import type { Config } from "../config.ts";

/** How many processes a setting means. */
export function countWorkers({ WORKERS }: Pick<Config, "WORKERS">): number {
  return WORKERS === "auto" ? availableParallelism() : WORKERS;
}
