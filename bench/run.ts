/**
 * CPU of the gateway beside Node's floor (`minimal-proxy.ts`), over the same upstream, in interleaved rounds. The figure is
 * user + system CPU of the measured process from /proc (so: Linux), which moves far less than latency does; it is read as
 * a ratio. Every reply is checked. Use: npm run build && npm run bench. What there is and what the figures mean:
 * docs/performance.md
 */
import { writeFileSync } from "node:fs";

import { formatSeries } from "./lib/format.ts";
import { readOptions } from "./lib/options.ts";
import { runClosedGroup, runPacedGroup, type Effort } from "./lib/run-group.ts";
import type { Results, Series } from "./lib/results.ts";
import { scenarios, type ClosedScenario } from "./lib/scenarios.ts";
import { startProcess } from "./lib/start-process.ts";
import { planFloor, planGateway } from "./lib/targets.ts";

const known = scenarios.map(({ id }) => id);
const options = readOptions(process.argv.slice(2), known);
const upstream = await startProcess({ args: ["bench/raw-upstream.ts"], probe: false });
const plans = [
  planFloor(upstream.url),
  ...options.gateways.map((path) =>
    planGateway(path, upstream.url, { name: options.gateways.length === 1 ? "gateway" : path }),
  ),
];
const targets = await Promise.all(plans.map((plan) => plan.start()));
const effort: Effort = options.short
  ? { rounds: options.rounds, cpuMs: 300, warmMs: 2000 }
  : { rounds: options.rounds, cpuMs: 1000, warmMs: 4000 };

const wanted = scenarios.filter(({ id }) => options.only.length === 0 || options.only.includes(id));
const series: Series[] = [];
function add(more: readonly Series[]): void {
  series.push(...more);
  for (const one of more) console.log(formatSeries(one, { series }));
}
const closed = wanted.filter((one): one is ClosedScenario => one.kind === "closed");
for (const base of new Set(closed.map(({ id, beside }) => beside ?? id))) {
  const group = scenarios.filter(
    (one): one is ClosedScenario =>
      one.kind === "closed" && (one.id === base || (one.beside === base && closed.includes(one))),
  );
  add(await runClosedGroup(group, targets, effort));
}
for (const one of wanted)
  if (one.kind === "paced") add(await runPacedGroup(one, targets, effort, upstream.url));

const results: Results = {
  at: new Date().toISOString(),
  about: `Node ${process.version}`,
  rounds: options.rounds,
  series,
};
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
process.exit(0);
