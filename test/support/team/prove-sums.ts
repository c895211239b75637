import { checkCounted, checkSettled } from "./check-sums.ts";
import type { Admin } from "./create-admin.ts";
import { driveMix } from "./drive-mix.ts";
import { groupCounts } from "./group-counts.ts";
import { createFindings, type Proof } from "./proof.ts";
import type { CountingUpstream } from "./start-counting-upstream.ts";

/** What is put to the proof. */
export interface SumsOptions {
  /** Of the gateway, or of a proxy before several. */
  readonly url: string;
  readonly admin: Admin;
  readonly upstream: CountingUpstream;
  readonly seed: string;
  readonly requests: number;
  readonly clients: number;
}

/** With clients that leave and upstreams that break: what is settled is what the ledger has, and that is what the upstream has counted. */
export async function proveSums({
  url,
  admin,
  upstream,
  seed,
  requests,
  clients,
}: SumsOptions): Promise<Proof> {
  const findings = createFindings();
  const wide = { tokens_per_day: 1e12, requests_per_minute: 1e9, tokens_per_minute: 1e12, concurrency: 1e6 };
  const parent = await admin.createKey({ ...wide, budget: { tokens: 1e12 } });
  const { budget } = parent;
  const child = await admin.createKey({ parent: parent.id, budget: { tokens: 1e11 } });
  const partner = await admin.createKey({ budget: { id: budget?.id } });
  const poor = await admin.createKey({ budget: { tokens: 20_000 }, concurrency: 4 });
  const keys = [parent, child, partner, poor];

  const driven = await driveMix({ url, seed, count: requests, clients, keys });
  for (const { problem } of driven) if (problem !== undefined) findings.broken.push(problem);

  const payers = [
    { key: parent, spenders: [parent, child, partner] },
    { key: child, spenders: [child] },
    { key: poor, spenders: [poor] },
  ];
  const rows = await checkSettled(payers, admin, findings);
  const cut = new Set(
    driven.filter(({ spec }) => spec.stopAt !== undefined).map(({ spec }) => spec.plan.tag),
  );
  const compared = checkCounted(rows, groupCounts(await upstream.count()), cut, findings);
  const count = (wanted: string) => driven.filter(({ outcome }) => outcome === wanted).length;
  const outcomes = {
    whole: count("whole"),
    error: count("error"),
    left: count("left"),
    refused: count("refused"),
  };
  for (const [name, figure] of Object.entries({ ...outcomes, ...compared }))
    findings.must(figure > 0, `nothing was ${name}: it proves nothing`);
  return { broken: findings.broken, figures: { requests, ...outcomes, ...compared, rows: rows.length } };
}
