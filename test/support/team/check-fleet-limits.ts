import { groupCounts } from "./group-counts.ts";
import { bySession, sumOf } from "./check-sums.ts";
import type { Admin, RequestRow, TeamKey } from "./create-admin.ts";
import type { Findings } from "./proof.ts";
import type { CountingUpstream } from "./start-counting-upstream.ts";
import { waitUntil } from "./wait-until.ts";

/** What is looked at when one of several gateways was killed. */
export interface FleetLimits {
  readonly keys: readonly TeamKey[];
  /** The sessions of which the dead gateway has served anything: nobody knows whether that was settled and noted. */
  readonly dead: ReadonlySet<string>;
  readonly admin: Admin;
  readonly upstream: CountingUpstream;
}

/** More than any estimate of an answer of the mix. */
const mostEstimated = 5000;

/**
 * Nothing is reserved any more, and each budget has what the ledger has of all that others served, and of what the dead gateway served not
 * more than it can have cost. Resolves with the ledger.
 */
export async function checkFleetLimits(
  { keys, dead, admin, upstream }: FleetLimits,
  { must, mustBe }: Findings,
): Promise<readonly RequestRow[]> {
  async function look() {
    const limits = await Promise.all(keys.map(({ id }) => admin.limitsOf(id)));
    return limits.flat().filter(({ reserved }) => reserved > 0);
  }
  const reserved = await waitUntil(look, ({ length }) => length === 0);
  mustBe(JSON.stringify(reserved), "[]", "what is still reserved");

  const counted = groupCounts(await upstream.count());
  function mostOf(session: string, own: readonly RequestRow[]): number {
    const asked = counted.get(session) ?? [];
    const told = asked.reduce((sum, { tokens, asked: times }) => sum + tokens + times * mostEstimated, 0);
    return Math.max(
      told,
      sumOf(own, () => true),
    );
  }

  async function lookAt({ id }: TeamKey) {
    const own = (await admin.rows()).filter(({ key }) => key === id);
    const { used } = await admin.limitOf(id, "budget");
    return { own, used, least: sumOf(own, ({ session }) => !dead.has(session ?? "")) };
  }
  for (const key of keys) {
    const { own, used, least } = await waitUntil(
      () => lookAt(key),
      (seen) => seen.used >= seen.least,
    );
    const sessions = bySession(own);
    const more = [...dead].reduce((sum, session) => sum + mostOf(session, sessions.get(session) ?? []), 0);
    must(used >= least, `of ${key.id} ${used} tokens are settled, and living gateways served ${least}`);
    must(used <= least + more, `of ${key.id} ${used} tokens are settled, more than ${least} and ${more}`);
    if (dead.size === 0) mustBe(used, least, `settled of ${key.id}`);
  }
  return admin.rows();
}
