import type { StatusSources } from "./create-status.ts";
import { windowAt } from "./spans.ts";

/** A forecast wants to have seen so much. */
export const paceMs = 1_800_000;

/** Tokens of the requests of an upstream in the last half hour, that is, in its slots. */
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
    if (config.LEDGER_DAYS === 0 || now() - startedAt < paceMs) return undefined;
    // Cut into slots of which the ledger has sums.
    const { to } = windowAt("1h", now());
    const window = { from: to - paceMs, to, stepMs: paceMs };
    const read = await activity.read("pace", window, undefined).catch(() => undefined);
    if (read === undefined) return undefined;
    const used = new Map(
      read.activity.upstreams.map(({ of, inputTokens, outputTokens }) => [of, inputTokens + outputTokens]),
    );
    return (upstream) => used.get(upstream) ?? 0;
  };
}
