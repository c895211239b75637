/**
 * What a team is promised, put to the proof over real gateway processes: limits that are exact, sums that are what the upstream counted, a
 * gateway that is killed. Fails when a promise is not kept. The short form is `test/processes/team/`. Use: npm run build && node bench/team.ts [--only fleet] [--requests 2000] [--rounds 10] [--seed s]
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadavg } from "node:os";

import { startPostgres } from "../test/support/postgres/start-postgres.ts";
import { parts } from "./team/parts.ts";

const groups = [...new Set(parts.map(({ group }) => group))];
const { values } = parseArgs({
  options: {
    only: { type: "string" },
    requests: { type: "string", default: "2000" },
    clients: { type: "string", default: "50" },
    rounds: { type: "string", default: "10" },
    seed: { type: "string", default: String(process.pid) },
    entry: { type: "string", default: "dist/main.js" },
  },
});
const { seed, only } = values;
if (only !== undefined && !groups.includes(only))
  throw new Error(`--only must be one of ${groups.join(", ")}`);

const shown = 20;
console.log(`team: seed ${seed}`);
const postgres = await startPostgres();
let failed = 0;
for (const part of parts) {
  const { group, name } = part;
  if (only !== undefined && group !== only) continue;
  const begun = performance.now();
  const { broken, figures } = await part.run({
    seed,
    requests: Number(values.requests),
    clients: Number(values.clients),
    rounds: Number(values.rounds),
    entry: resolve(values.entry),
    postgres,
  });
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  const told = Object.entries(figures).map(([what, figure]) => `${what} ${figure}`);
  console.log(
    `${broken.length === 0 ? "kept  " : "BROKEN"} ${name}: ${told.join(", ")} (${seconds} s, load ${loadavg()[0]?.toFixed(1)})`,
  );
  for (const line of broken.slice(0, shown)) console.error(`  ${line}`);
  if (broken.length > shown) console.error(`  … and ${broken.length - shown} more`);
  failed += broken.length;
}
await postgres.close();
process.exit(failed === 0 ? 0 : 1);
