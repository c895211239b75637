/**
 * CPU of the gateway beside Node's floor (`minimal-proxy.ts`), over the same upstream, in interleaved rounds. The figure is
 * user + system CPU of the measured process from /proc (so: Linux), which moves far less than latency does; it is read as
 * a ratio. Every reply is checked. Use: npm run build && npm run bench. What there is and what the figures mean:
 * docs/performance.md
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";

import { drawChart } from "./lib/chart.ts";
import { formatSeries } from "./lib/format.ts";
import { measureBlocks, measureLoop, measureMemory, type FreshOptions } from "./lib/measure-fresh.ts";
import { readOptions } from "./lib/options.ts";
import { planPeers } from "./lib/peers.ts";
import { knownIds, planRun } from "./lib/plan-run.ts";
import { runClosedGroup, runPacedGroup } from "./lib/run-group.ts";
import type { Results, Series } from "./lib/results.ts";
import { startProcess } from "./lib/start-process.ts";
import { measureStartUp } from "./lib/start-up.ts";
import { writeTable } from "./lib/table.ts";
import { countMainThreads } from "./lib/proc.ts";
import { planFloor, planGateway, type TargetPlan } from "./lib/targets.ts";
import { replaceTable } from "./lib/write-docs.ts";

const docs = new URL("../docs/", import.meta.url);
const options = readOptions(process.argv.slice(2), knownIds);
const { rounds } = options;
if (options.mainThread) countMainThreads();
const plan = planRun(options);
const { url } = await startProcess({ args: ["bench/raw-upstream.ts"], probe: false });
const [first = ""] = options.gateways;
const own: readonly TargetPlan[] = [
  planFloor(url),
  ...options.gateways.map((path) =>
    planGateway(path, url, { name: options.gateways.length === 1 ? "gateway" : path }),
  ),
];
const plans: readonly TargetPlan[] = [
  ...own,
  ...(plan.allOn ? [planGateway(first, url, { name: "all on", kind: "all on" })] : []),
  ...(plan.compatible ? [planGateway(first, url, { name: "compatible", kind: "compatible" })] : []),
  ...(options.peers ? planPeers(url, (line) => console.log(line)) : []),
];

const series: Series[] = [];
function add(more: readonly Series[]): void {
  series.push(...more);
  for (const one of more) console.log(formatSeries(one, { series }));
}

// Before the others are there, which would take CPU from it now and then.
if (plan.fresh.includes("start")) add(await measureStartUp(own, { rounds, restMs: plan.restMs }));
const targets = await Promise.all(plans.map((one) => one.start()));
const effort = { rounds, cpuMs: plan.cpuMs, warmMs: plan.warmMs };
for (const group of plan.groups) add(await runClosedGroup(group, targets, effort));
for (const one of plan.paced) add(await runPacedGroup(one, targets, effort, url));
await Promise.all(targets.map((target) => target.stop()));
const fresh: FreshOptions = { plans: own, rounds, warmMs: plan.warmMs, upstream: url };
if (plan.fresh.includes("block")) add(await measureBlocks(fresh));
if (plan.fresh.includes("loop")) add(await measureLoop(fresh));
if (plan.fresh.includes("memory")) add(await measureMemory(fresh));

/** The commit that this folder is at. */
function readCommit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "no commit";
  }
}

const results: Results = {
  at: new Date().toISOString(),
  about: `Commit ${readCommit()}, Node ${process.version}, ${availableParallelism()} cores, ${rounds} rounds`,
  rounds,
  series,
};
const table = writeTable(results);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 2)}\n`);
if (options.table !== undefined) writeFileSync(options.table, `${table}\n`);
if (options.svg !== undefined) writeFileSync(options.svg, drawChart(results));
if (options.writeDocs) {
  const page = new URL("performance.md", docs);
  writeFileSync(page, replaceTable(readFileSync(page, "utf8"), table));
  writeFileSync(new URL("performance.svg", docs), drawChart(results));
}
process.exit(0);
