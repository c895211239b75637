import type { Logger } from "pino";

import type { RestListener } from "./health.ts";

/** Tells the log what is not asked for a while. */
export function createRestLog(log: Logger): RestListener {
  return ({ upstream, model, since, until, told, error }) => {
    const what = model === undefined ? upstream : `${upstream}/${model}`;
    const fields = { event: "rest", upstream, model, ms: until - since, told, error: error.kind };
    log.info(fields, `${what} rests for ${Math.ceil((until - since) / 1000)} s: ${error.message}`);
  };
}
