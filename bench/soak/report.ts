import { percentile, type Abandonment } from "./abandonment.ts";
import type { Tally } from "./drive.ts";
import type { LiveObjects } from "./inspect.ts";
import type { Round } from "./leftovers.ts";
import type { SeenChat } from "./upstream.ts";

/** How long abandoned upstream requests lived on, in ms. `late`: the upstream was asked after the client had left. */
export interface Times {
  readonly count: number;
  readonly late: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly slowest: Abandonment["slowest"];
}

function toTimes({ times, late, slowest }: Abandonment): Times {
  return {
    count: times.length,
    late,
    p50: percentile(times, 0.5),
    p90: percentile(times, 0.9),
    p99: percentile(times, 0.99),
    max: percentile(times, 1),
    slowest,
  };
}

/** What a soak found; times in ms, sizes in MB. */
export interface Report {
  readonly seed: string;
  readonly requests: number;
  readonly clients: number;
  readonly rate: number;
  readonly outcomes: Tally["outcomes"];
  readonly upstreamRequests: number;
  readonly abandoned: Times;
  /** While the gateway was warming up. */
  readonly abandonedCold: Times;
  readonly rounds: readonly {
    readonly requests: number;
    readonly socketsIn: number;
    readonly socketsOut: number;
    readonly timers: number;
    readonly open: number;
    readonly heap: number;
    readonly external: number;
    readonly rss: number;
    readonly live?: LiveObjects;
    readonly gatewayDelay: Round["gateway"]["delay"];
    readonly upstreamDelay: Round["upstream"]["delay"];
  }[];
  /** Seconds of CPU since each process began. */
  readonly cpu: { readonly gateway: number; readonly upstream: number; readonly driver: number };
  /** Seconds for which the main thread of each had no CPU although it could have run: what else the machine does. */
  readonly waited: { readonly gateway: number; readonly upstream: number };
  readonly seconds: number;
  /** Of these, with the clients at work; and what they got done. */
  readonly busySeconds: number;
  readonly problems: readonly string[];
}

/** Puts the findings together. */
export function toReport(found: {
  readonly seed: string;
  readonly requests: number;
  readonly clients: number;
  readonly rate: number;
  readonly tally: Tally;
  readonly rounds: readonly Round[];
  readonly abandonment: Abandonment;
  readonly cold: Abandonment;
  readonly chats: readonly SeenChat[];
  readonly busySeconds: number;
  readonly problems: readonly string[];
}): Report {
  const { tally, rounds, abandonment, cold, chats, problems, ...load } = found;
  const last = rounds.at(-1);
  return {
    ...load,
    outcomes: tally.outcomes,
    upstreamRequests: chats.length,
    abandoned: toTimes(abandonment),
    abandonedCold: toTimes(cold),
    rounds: rounds.map(({ requests, gateway, upstream, open, live }) => ({
      requests,
      socketsIn: gateway.sockets.in,
      socketsOut: gateway.sockets.out,
      timers: gateway.timers,
      open: open.length,
      heap: gateway.heap / 1e6,
      external: gateway.external / 1e6,
      rss: gateway.rss / 1e6,
      ...(live === undefined ? {} : { live }),
      gatewayDelay: gateway.delay,
      upstreamDelay: upstream.delay,
    })),
    cpu: {
      gateway: (last?.gateway.cpu ?? 0) / 1000,
      upstream: (last?.upstream.cpu ?? 0) / 1000,
      driver: (last?.driverCpu ?? 0) / 1000,
    },
    waited: {
      gateway: (last?.gateway.waited ?? 0) / 1000,
      upstream: (last?.upstream.waited ?? 0) / 1000,
    },
    seconds: performance.now() / 1000,
    problems,
  };
}

function describe({ count, late, p50, p90, p99, max }: Times): string {
  const [half, most, nearlyAll, all] = [p50, p90, p99, max].map((value) => `${value.toFixed(0)} ms`);
  return `${count} requests, p50 ${half}, p90 ${most}, p99 ${nearlyAll}, max ${all}; ${late} asked after it`;
}

/** How many problems are printed; more are the same again. */
const shownProblems = 20;

/** Prints a report for people. */
export function printReport(report: Report): void {
  const { outcomes, abandoned, cpu, waited, problems } = report;
  console.log(
    `${outcomes.whole} whole, ${outcomes.error} errors as planned, ${outcomes.left} left; ` +
      `${report.upstreamRequests} upstream requests; ` +
      `${(report.requests / report.busySeconds).toFixed(0)} requests a second; ${report.seconds.toFixed(0)} s in all`,
  );
  console.log(`closed after the client left: ${describe(abandoned)}`);
  console.log(`the same while warming up:    ${describe(report.abandonedCold)}`);
  console.log(
    `CPU: gateway ${cpu.gateway.toFixed(0)} s, upstream ${cpu.upstream.toFixed(0)} s, driver ${cpu.driver.toFixed(0)} s; ` +
      `without one: gateway ${waited.gateway.toFixed(0)} s, upstream ${waited.upstream.toFixed(0)} s`,
  );
  console.table(
    report.rounds.map((round) => ({
      requests: round.requests,
      "sockets in/out": `${round.socketsIn}/${round.socketsOut}`,
      timers: round.timers,
      "heap MB": Number(round.heap.toFixed(1)),
      "external MB": Number(round.external.toFixed(1)),
      "RSS MB": Number(round.rss.toFixed(0)),
      "delay p99/max ms": `${round.gatewayDelay.p99.toFixed(0)}/${round.gatewayDelay.max.toFixed(0)}`,
      "upstream's": `${round.upstreamDelay.p99.toFixed(0)}/${round.upstreamDelay.max.toFixed(0)}`,
      live: Object.entries(round.live ?? {})
        .map(([name, count]) => `${name} ${count}`)
        .join(", "),
    })),
  );
  for (const problem of problems.slice(0, shownProblems)) console.log(`FAIL ${problem}`);
  if (problems.length > shownProblems) console.log(`FAIL and ${problems.length - shownProblems} more`);
  if (problems.length === 0) console.log("Nothing is left, nothing went astray.");
}
