import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";

import type { Config } from "./config.ts";
import { builtConsole } from "./built-console.ts";
import { builtDocument } from "./built-document.ts";
import { builtReference } from "./built-reference.ts";
import { createServer } from "./server/create-server.ts";
import { createLocalFetch } from "./server/local-fetch.ts";
import type { OpenNow } from "./server/open-requests.ts";
import { orClose } from "./or-close.ts";
import { createServices, type Overrides, type Services } from "./services.ts";
import { startRealTimer } from "./stream/real-timer.ts";
import { startTelemetry } from "./telemetry/start-telemetry.ts";
import { addressOf, listUpstreamStatus, toUpstreamStatus } from "./upstream-states.ts";
import { readVersion } from "./version.ts";

/** A gateway with its server. */
export interface Gateway {
  readonly app: FastifyInstance;
  readonly log: Logger;
  readonly services: Services;
  /** Where the metrics are, once it listens, if they have an address of their own. */
  readonly metricsUrl: string | undefined;
  /** Listens on `SERVER_ADDRESS`, and on `METRICS_ADDRESS` if there is one, and resolves with the base URL, without `/v1`. */
  listen(): Promise<string>;
  /** As `LocalFetch` has it: no port is needed, and none is opened. */
  fetch(request: Request): Promise<Response>;
  /** How many answers are not complete yet. */
  running(): number;
  /** As `Server` has it: before `close`, where another process listens at the same address. */
  drain(timeoutMs: number): Promise<void>;
  /** As `Server` has it; then closes everything. Idempotent. */
  close(): Promise<void>;
}

/** So many budgets of keys are metrics. */
const shownBudgets = 100;

/** Creates the gateway: the only place where its parts are put together. */
export async function createGateway(config: Config, overrides: Overrides = {}): Promise<Gateway> {
  const services = await createServices(config, overrides);
  return orClose(services, assembleGateway(config, services, overrides));
}

async function assembleGateway(config: Config, services: Services, overrides: Overrides): Promise<Gateway> {
  const { log, router } = services;
  const telemetry = await startTelemetry({
    config,
    log,
    startTimer: overrides.startTimer ?? startRealTimer,
    addressOf: (upstream) => addressOf(services.configuration(), upstream),
    upstreams: () => router.states(),
    lastCatalogue: () => router.lastCatalogue,
    underWay: () => server.underWay(),
    // A database that is away keeps nobody from the other metrics.
    budgets: () => services.keys.budgets(shownBudgets).catch(() => []),
    now: services.now,
    version: readVersion(),
    survey: overrides.survey,
  });
  const { notices, survey } = overrides;
  const server = await createServer(
    {
      ...services,
      notices,
      observers: telemetry.observers,
      metricsPage: telemetry.metricsPage,
      upstreamStatus: () => listUpstreamStatus(services.router, services.configuration()),
      tryUpstream: async (name, signal) =>
        toUpstreamStatus(await services.router.tryUpstream(name, signal), services.configuration()),
      // Ours, from other processes: each gives a list.
      openElsewhere: async () => ((await survey?.ask("open")) ?? []).flat() as OpenNow[],
      consoleFolder: overrides.consoleFolder ?? builtConsole,
      documentFile: builtDocument,
      referenceFolder: overrides.referenceFolder ?? builtReference,
    },
    log,
    overrides.startTimer,
  );
  survey?.answer("open", () => server.openNow());
  const local = createLocalFetch(server.app.server);
  let closed: Promise<void> | undefined;
  let metricsUrl: string | undefined;

  async function close(): Promise<void> {
    await server.close();
    await local.close();
    await telemetry.close();
    await services.close();
    services.log.info({ event: "stopped" }, "stopped");
  }

  return {
    app: server.app,
    log: services.log,
    services,
    async listen() {
      const { host, port } = config.SERVER_ADDRESS;
      // First, and not left open where the gateway itself has no place: then nothing keeps the process.
      metricsUrl = await telemetry.listen();
      if (metricsUrl !== undefined)
        log.info({ event: "metrics", address: metricsUrl }, `metrics are at ${metricsUrl}`);
      try {
        await server.app.listen({ host, port });
      } catch (error) {
        await telemetry.close();
        throw error;
      }
      const address = server.app.server.address();
      const shownHost = host.includes(":") ? `[${host}]` : host;
      return `http://${shownHost}:${typeof address === "object" ? (address?.port ?? port) : port}`;
    },
    async fetch(request) {
      await server.app.ready();
      return local.fetch(request);
    },
    running: () => server.running(),
    get metricsUrl() {
      return metricsUrl;
    },
    drain: (timeoutMs) => server.drain(timeoutMs),
    close() {
      closed ??= close();
      return closed;
    },
  };
}
