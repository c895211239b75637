import type { StatusSources } from "./create-status.ts";

/** A forecast wants to have seen so much. */
export const paceMs = 1_800_000;

/** Tokens of the requests of an upstream in the last half hour. */
type Pace = (upstream: string) => number;

/** Creates what reads how fast tokens are used; it gives nothing while there is less to go by, or nothing can be read. */
export function createPaceReader({
  activity,
  config,
  now,
  totals,
}: Pick<StatusSources, "activity" | "config" | "now" | "totals">): () => Promise<Pace | undefined> {
  const startedAt = totals.totals().since;
  return async () => {
    const to = now();
    if (config.LEDGER_DAYS === 0 || to - startedAt < paceMs) return undefined;
    const window = { from: to - paceMs, to, stepMs: paceMs };
    const read = await activity.read("pace", window, undefined).catch(() => undefined);
    if (read === undefined) return undefined;
    const used = new Map(
      read.activity.upstreams.map(({ of, inputTokens, outputTokens }) => [of, inputTokens + outputTokens]),
    );
    return (upstream) => used.get(upstream) ?? 0;
  };
}
