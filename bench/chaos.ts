/**
 * Chaos by hand: four upstreams that hang, reset, refuse, or break their answers off, over real sockets, until the time is
 * over. Each round has a seed of its own; a failure names seed and request, and the same seed sends the same. Use:
 * node bench/chaos.ts --seconds 60 --clients 100. What it judges: docs/development.md
 */
import { parseArgs } from "node:util";

import { runChaos } from "../test/support/chaos/run-chaos.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    requests: { type: "string", default: "1000" },
    clients: { type: "string", default: "100" },
    seed: { type: "string", default: String(process.pid) },
  },
});
const end = performance.now() + Number(values.seconds) * 1000;
let failed = 0;
for (let round = 1; round === 1 || performance.now() < end; round += 1) {
  const seed = `${values.seed}-${round}`;
  const options = { seed, requests: Number(values.requests), clients: Number(values.clients) };
  const { outcomes, asked, failures } = await runChaos(options);
  const { whole, refused, broken } = outcomes;
  console.log(
    `${seed}: ${whole} whole, ${refused} refused, ${broken} broken off, ${asked} asked of upstreams`,
  );
  for (const line of failures) console.error(line);
  failed += failures.length;
}
process.exitCode = failed === 0 ? 0 : 1;
