import { get, post } from "../post.ts";
import { checkFleetLimits } from "./check-fleet-limits.ts";
import { createAdmin, type TeamKey } from "./create-admin.ts";
import { driveMix, mixSettings, type Driven } from "./drive-mix.ts";
import { createFindings, type Findings, type Proof } from "./proof.ts";
import { startCountingUpstream } from "./start-counting-upstream.ts";
import { startGateway } from "./start-gateway.ts";
import { startRoundRobin, type RoundRobin } from "./start-round-robin.ts";
import { createTightRequests } from "./tight-budget.ts";
import { waitUntil } from "./wait-until.ts";

/** What is put to the proof. */
export interface FleetOptions {
  readonly databaseUrl: string;
  readonly entry?: string | undefined;
  readonly seed: string;
  readonly requests: number;
  readonly clients: number;
}

/** Background responses of the gateway that is killed, which their upstream never answers. */
const ownRuns = 5;
const waiting = "Wait for ever.";
/** A budget for so many requests, of which each costs what it reserves. */
const tightFits = 40;

/** Begins a background response that never ends; resolves with its id. */
async function beginRun(url: string, { key }: TeamKey): Promise<string> {
  const body = { model: "DeepSeek-V3.2", input: waiting, max_output_tokens: 100, background: true };
  const reply = await post(`${url}/v1/responses`, body, { authorization: `Bearer ${key}` });
  if (reply.status !== 200) throw new Error(`no background response: ${reply.text}`);
  return reply.json().id;
}

async function statusOf(url: string, { key }: TeamKey, id: string): Promise<string> {
  const reply = await get(`${url}/v1/responses/${id}`, { authorization: `Bearer ${key}` });
  if (reply.status !== 200) return reply.text;
  const { status, error } = reply.json();
  return status === "failed" && !/gateway stopped/.test(error.message) ? error.message : status;
}

/** Notes what failed although the gateway that was killed had no part in it; resolves with how many it took along. */
function judge(driven: readonly Driven[], proxy: RoundRobin, { broken, must }: Findings): number {
  let lost = 0;
  for (const { spec, ids, problem } of driven) {
    if (problem === undefined) continue;
    const isOfDead = spec.kind === "background" && ids.some((id) => proxy.placeOf(id) === 0);
    if (isOfDead || ids.some((id) => proxy.hasBroken(id))) lost += 1;
    else broken.push(problem);
    must(!/crosstalk|never ends/.test(problem), problem);
    for (const id of ids)
      must(!proxy.hasBroken(id) || proxy.placeOf(id) === 0, `broken off by a living one: ${problem}`);
  }
  return lost;
}

/**
 * Three gateways behind a proxy on one database, one of them killed (-9) when half of the mix is over:
 * - no request fails that another gateway has served;
 * - the background responses of the dead one end as failed, and what it had reserved is given back;
 * - what is settled is what the ledger has of all that the others served, and of what the dead one served no more than it can have cost;
 * - a budget for so many requests is spent by exactly so many.
 */
export async function proveFleet(options: FleetOptions): Promise<Proof> {
  const { databaseUrl, entry, seed, requests, clients } = options;
  const findings = createFindings();
  const { broken, must, mustBe } = findings;
  const tight = createTightRequests();
  const never = new Promise<void>(() => {});
  await using upstream = await startCountingUpstream((body) =>
    body.messages.at(-1)?.content === waiting
      ? { text: ["So ", "many."], gate: never, gateAfter: 1 }
      : tight.reply(body),
  );
  const settings = { ...mixSettings, AKASH_BASE_URL: upstream.url, DATABASE_URL: databaseUrl };
  await using started = new AsyncDisposableStack();
  const start = async () => started.use(await startGateway({ settings, entry }));
  const [dying, living, other] = await Promise.all([start(), start(), start()]);
  await using proxy = await startRoundRobin([dying.url, living.url, other.url]);
  const admin = createAdmin(() => living.url);

  const wide = await admin.createKey({
    budget: { tokens: 1e12 },
    concurrency: 1e6,
    requests_per_minute: 1e9,
  });
  const narrow = await admin.createKey({ budget: { tokens: 30_000 }, concurrency: 5 });
  const idle = await admin.createKey({ budget: { tokens: 1e9 }, concurrency: 50 });
  const each = await tight.measure(dying.url, admin);
  const exact = await admin.createKey({ budget: { tokens: tightFits * each } });

  const runs = await Promise.all(Array.from({ length: ownRuns }, () => beginRun(dying.url, idle)));
  const held = await waitUntil(
    () => admin.limitOf(idle.id, "concurrency"),
    ({ reserved }) => reserved === ownRuns,
  );
  mustBe(held.reserved, ownRuns, "reserved by background responses that run");

  let killed: Promise<number> | undefined;
  /** Kills the first; resolves with the seconds after which its background responses have failed elsewhere. */
  async function kill(): Promise<number> {
    for (const id of runs)
      mustBe(await statusOf(living.url, idle, id), "in_progress", "a background response before the kill");
    await dying.kill();
    const begun = performance.now();
    const states = await waitUntil(
      () => Promise.all(runs.map((id) => statusOf(living.url, idle, id))),
      (seen) => seen.every((status) => status === "failed"),
    );
    for (const status of states)
      mustBe(status, "failed", "a background response of the gateway that was killed");
    return Number(((performance.now() - begun) / 1000).toFixed(1));
  }

  const tightAnswers: Promise<number>[] = [];
  const driven = await driveMix({
    url: proxy.url,
    seed,
    count: requests,
    clients,
    keys: [wide, wide, narrow],
    onDriven(count) {
      if (count === Math.ceil(requests / 2)) killed = kill();
      if (count % Math.ceil(requests / tightFits) === 0) tightAnswers.push(tight.ask(proxy.url, exact));
    },
  });
  const secondsToFail = (await killed) ?? NaN;

  const lost = judge(driven, proxy, findings);
  const ofDead = driven.filter(({ ids }) => ids.some((id) => proxy.placeOf(id) === 0));
  const dead = new Set(ofDead.map(({ spec }) => spec.plan.tag));
  const rows = await checkFleetLimits({ keys: [wide, narrow, idle], dead, admin, upstream }, findings);

  const answered = (await Promise.all(tightAnswers)).filter((status) => status === 200).length;
  for (let asked = 0; asked < tightFits; asked += 1) await tight.ask(other.url, exact);
  const spent = await waitUntil(
    () => admin.limitOf(exact.id, "budget"),
    ({ reserved }) => reserved === 0,
  );
  mustBe(spent.used, tightFits * each, `used of a budget for ${tightFits} requests of ${each} tokens`);
  mustBe(spent.reserved, 0, "reserved of that budget in the end");
  mustBe(await tight.ask(living.url, exact), 402, "the status of one more");

  const refused = driven.filter(({ outcome }) => outcome === "refused").length;
  must(ofDead.length > 0, "the gateway that was killed served nothing: it proves nothing");
  must(answered > 0 && refused > 0, "nothing was answered or refused: it proves nothing");
  const figures = {
    requests,
    "served by the dead one": ofDead.length,
    lost,
    refused,
    rows: rows.length,
    secondsToFail,
  };
  return { broken, figures };
}
