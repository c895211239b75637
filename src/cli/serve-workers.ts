import { randomUUID } from "node:crypto";
import cluster, { type Worker } from "node:cluster";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import type { Logger } from "pino";

import { loadConfiguration, type Environment, type ReloadOutcome } from "../config-file/index.ts";
import { ConfigError, type Config } from "../config.ts";
import { createLog } from "../log.ts";
import { addTotals } from "../model/add-totals.ts";
import type { Totals } from "../model/totals.ts";
import { loadSecret } from "../secrets/load-secret.ts";
import { createMemoryRuns } from "../store/memory/memory-runs.ts";
import { createMemoryStores, openStores } from "../store/open-stores.ts";
import { siblingModule } from "../store/sqlite/sibling-module.ts";
import { createStoreHost } from "../store/remote/create-store-host.ts";
import { startRealTimer, startUnrefTimer } from "../stream/real-timer.ts";
import { addMetrics, type SharedMetric } from "../telemetry/add-metrics.ts";
import { type FromWorker, tellWorker } from "../workers/control.ts";
import { createLink } from "../workers/create-link.ts";
import { createNoticeRelay } from "../workers/create-notices.ts";
import { createSurveyRelay } from "../workers/create-survey.ts";
import { toChannel } from "../workers/process-channel.ts";
import { supervise, type WorkerProcess } from "../workers/supervise.ts";
import { countWorkers, warnOfIdleWorkers } from "./count-workers.ts";
import { guardProcess } from "./guard-process.ts";
import { logStart } from "./log-start.ts";
import { stopOnSignals } from "./stop-on-signals.ts";
import { warnOfOpenAddress } from "./warn-of-open-address.ts";

/** Beyond `SHUTDOWN_DELAY_MS` and `SHUTDOWN_TIMEOUT_MS`, until a worker counts as stuck. */
const stuckMs = 10_000;

/**
 * Runs the gateway in several processes behind one address. This one has the stores and serves nobody: it starts the others, starts
 * anew what dies, and does what signals say, as `serve` does; but SIGHUP replaces the others one after the other, which read the
 * configuration file anew. Resolves with the address once all of them listen.
 */
export async function serveWorkers(config: Config, environment: Environment = process.env): Promise<string> {
  const log = await createLog(config, undefined, undefined, {});
  guardProcess(log);
  const secret = loadSecret(config);
  const gateway = randomUUID();
  const { configuration } = loadConfiguration(config, environment);
  const count = countWorkers(config);
  warnOfIdleWorkers(count, availableParallelism(), log);
  // With a database each worker has its own connections to it, and finds nothing here but traces.
  const isShared = config.DATABASE_URL !== undefined;
  const stores = isShared
    ? createMemoryStores(config, { now: Date.now })
    : { ...(await openStores(config, { log, now: Date.now })), runs: createMemoryRuns({ now: Date.now }) };
  const host = createStoreHost(stores, { log, startTimer: startUnrefTimer });
  let relay = createNoticeRelay(Date.now);
  const survey = createSurveyRelay(startUnrefTimer, {
    // What workers say that they did.
    totals: (one, other) => addTotals(one as Totals, other as Totals),
    metrics: (one, other) => addMetrics(one as SharedMetric[], other as SharedMetric[]),
  });
  cluster.setupPrimary({
    exec: fileURLToPath(siblingModule(import.meta.url, "workers/worker-main")),
    args: [],
  });

  function launch(worker: number): WorkerProcess {
    const process = cluster.fork();
    const link = createLink(toChannel(toEnd(process)));
    const control = link.lane("control");
    /** Nothing is said to it before. */
    function start(): void {
      host.serve(link.lane("stores"));
      relay.join(link.lane("notices"));
      survey.join(link.lane("survey"));
      tellWorker(control, {
        start: { worker, environment: withoutAbsent(environment), secret, gateway },
      });
    }

    return {
      pid: process.process.pid,
      tell: (message) => tellWorker(control, message),
      // Our own program's.
      onMessage: (take) =>
        control.onMessage((message) => {
          const told = message as FromWorker;
          if ("ready" in told) start();
          else take(told);
        }),
      onEnd(take) {
        process.once("exit", (code, signal) => take({ code, signal }));
        process.on("error", (error) => {
          log.error({ err: error, worker }, "a worker's process failed");
          // It was never there, and so does not exit.
          if (process.process.pid === undefined) take({ code: null, signal: null });
        });
      },
      kill: () => void process.process.kill("SIGKILL"),
    };
  }

  const supervisor = supervise({
    count,
    launch,
    log,
    now: Date.now,
    startTimer: startRealTimer,
    stopWithinMs: config.SHUTDOWN_DELAY_MS + config.SHUTDOWN_TIMEOUT_MS + stuckMs,
    onWaiting: () => say("Another signal ends at once, without waiting."),
  });
  const say = (line: string): unknown =>
    process.stderr.isTTY ? process.stderr.write(`${line}\n`) : log.warn(line);

  async function close(): Promise<void> {
    await supervisor.stop();
    host.close();
    await stores.close();
    log.info({ event: "stopped" }, "stopped");
  }

  stopOnSignals(process, {
    // Only they know; `onWaiting` says it.
    running: () => 0,
    close,
    say,
    exit(code) {
      supervisor.kill();
      process.exit(code);
    },
    reload:
      process.platform === "win32"
        ? undefined
        : () => {
            const outcome = checkConfiguration(config, environment, log);
            if (outcome === "wrong") return outcome;
            // They begin anew, also with what they know of the upstreams.
            relay = createNoticeRelay(Date.now);
            supervisor.roll();
            return outcome;
          },
    hasTerminal: [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY),
  });

  try {
    // They know what keys there are, also of a database.
    const { listening: url, isOpen } = await supervisor.start();
    warnOfOpenAddress(config, isOpen, log);
    const keptIn = isShared ? "database" : stores.place;
    logStart({ log, configuration: () => configuration, access: { isOpen }, keptIn }, config, url, count);
    if (process.stdout.isTTY) supervisor.tellOne({ do: "welcome" });
    return url;
  } catch (error) {
    host.close();
    await stores.close();
    throw error;
  }
}

/** Whether new workers could start with the configuration file as it is now. */
function checkConfiguration(config: Config, environment: Environment, log: Logger): ReloadOutcome {
  try {
    loadConfiguration(config, environment);
    return "changed";
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { problems } = error;
    const text = `the configuration file is wrong now, so nothing changes: ${problems.join(" ")}`;
    log.error({ event: "config-wrong", problems }, text);
    return "wrong";
  }
}

function toEnd(worker: Worker) {
  return {
    send: (message: unknown, callback: (error: Error | null) => void) =>
      worker.send(message as object, undefined, callback),
    on: (event: "message", take: (message: unknown) => void) => worker.on(event, take),
    once: (event: "disconnect", end: () => void) => worker.once(event, end),
  };
}

function withoutAbsent(environment: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
