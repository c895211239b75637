import { randomBytes } from "node:crypto";

import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";

import { createAccess, type Access } from "./access/create-access.ts";
import { createKeyService, type KeyService } from "./access/key-service.ts";
import type { ChatService } from "./completion/chat-service.ts";
import { createChatService } from "./completion/create-chat-service.ts";
import { createPacer } from "./completion/create-pacer.ts";
import { estimateTokensAtPace } from "./completion/estimate-usage.ts";
import {
  followConfiguration,
  loadConfiguration,
  type Environment,
  type GatewayConfiguration,
  type ReloadOutcome,
} from "./config-file/index.ts";
import type { Config } from "./config.ts";
import { builtConsole } from "./built-console.ts";
import { createEmbeddingService } from "./embeddings/create-embedding-service.ts";
import type { EmbeddingService } from "./embeddings/embedding-service.ts";
import type { Ledger } from "./ledger/ledger.ts";
import { createImageService } from "./images/create-image-service.ts";
import type { ImageService } from "./images/image-service.ts";
import type { NamedAllowance } from "./dialects/encode-gateway-usage.ts";
import { createLog } from "./log.ts";
import type { Budget } from "./model/budget.ts";
import { createIdFactory, createRandomPool, type IdFactory } from "./model/ids.ts";
import { createResponseService, type SharedRuns } from "./responses/create-response-service.ts";
import type { ResponseService } from "./responses/response-service.ts";
import { createSealer } from "./secrets/create-sealer.ts";
import { loadSecret } from "./secrets/load-secret.ts";
import { createServer } from "./server/create-server.ts";
import { createTotalsKeeper, type TotalsKeeper } from "./server/create-totals-keeper.ts";
import type { OpenNow } from "./server/open-requests.ts";
import type { TraceStore } from "./traces/trace-store.ts";
import { addTotals } from "./model/add-totals.ts";
import type { Notices } from "./model/notices.ts";
import type { Survey } from "./model/survey.ts";
import type { Totals } from "./model/totals.ts";
import { openStores } from "./store/open-stores.ts";
import type { ResponseStore } from "./store/response-store.ts";
import type { Stores } from "./store/stores.ts";
import type { StartTimer } from "./stream/with-idle-timeout.ts";
import { createRestLog, createRouter, type OwnName, type Router } from "./routing/index.ts";
import { routePictures } from "./routing/route-pictures.ts";
import { startRealTimer } from "./stream/real-timer.ts";
import { startTelemetry } from "./telemetry/start-telemetry.ts";
import { createUpstreams } from "./upstreams/create-upstreams.ts";
import { openCapabilities } from "./upstreams/memory/open-capabilities.ts";
import { shareCapabilities } from "./upstreams/memory/share-capabilities.ts";
import type { Upstream } from "./upstreams/upstream.ts";
import { addressOf, listUpstreamStatus } from "./upstream-states.ts";
import { readVersion } from "./version.ts";

/** What may be given instead of being made: for tests and for embedding. */
export interface Overrides {
  readonly log?: Logger;
  readonly newId?: IdFactory;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** In place of those of the configuration. */
  readonly upstreams?: readonly Upstream[];
  /** Closed with the services. */
  readonly stores?: Stores;
  /** In place of that of responses; closed with the services. */
  readonly store?: ResponseStore;
  /** How several processes on one store share their background responses. */
  readonly sharedRuns?: SharedRuns;
  /** What image links and sealed summaries are made with. */
  readonly secret?: string;
  /** Between this and other processes of one gateway. */
  readonly notices?: Notices;
  readonly survey?: Survey;
  /** What `${NAME}` in the configuration file stands for. Default: the process' environment. */
  readonly environment?: Environment;
  /** Where the built console is. Default: where the build puts it. */
  readonly consoleFolder?: URL;
  /** Of the warnings about requests that stand still. */
  readonly startTimer?: StartTimer;
}

/** The gateway without its server. */
export interface Services {
  readonly config: Config;
  readonly log: Logger;
  /** Which upstreams and names there are now, with the secrets of it. */
  readonly configuration: () => GatewayConfiguration;
  readonly router: Router;
  readonly chat: ChatService;
  readonly images: ImageService;
  readonly embeddings: EmbeddingService;
  readonly responses: ResponseService;
  readonly store: ResponseStore;
  readonly newId: IdFactory;
  /**
   * What is left of what an upstream allows, as far as is known; without its name, of the only one that tells of a budget, and of
   * several of none.
   */
  readonly budget: (upstream?: string) => Budget | undefined;
  /** What each upstream allows, after a look at it where there was none lately. */
  readonly allowances: (signal: AbortSignal) => Promise<readonly NamedAllowance[]>;
  readonly totals: TotalsKeeper;
  /** What all processes of the gateway did, together. */
  readonly allTotals: () => Promise<Totals>;
  /** Who asks, and what they may. */
  readonly access: Access;
  /** Makes, shows and ends keys. */
  readonly keys: KeyService;
  readonly traces: TraceStore;
  readonly ledger: Ledger;
  /** Where keys, limits, the ledger and stored responses are kept. */
  readonly keptIn: Stores["place"];
  readonly now: () => number;
  /** Reads the configuration file again. */
  reload(): ReloadOutcome;
  /** Ends background responses, then closes connections and the store. */
  close(): Promise<void>;
}

/** Creates the services; nothing is asked of the upstream yet. Rejects with `ConfigError` if a file can't be used. */
export async function createServices(config: Config, overrides: Overrides = {}): Promise<Services> {
  const log = overrides.log ?? (await createLog(config));
  const newId = overrides.newId ?? createIdFactory(createRandomPool(randomBytes));
  const now = overrides.now ?? Date.now;
  const { notices } = overrides;
  const stores = overrides.stores ?? (await openStores(config, { log, now }));
  const { keys, limits, ledger, traces } = stores;
  const store = overrides.store ?? stores.responses;
  const startTimer = overrides.startTimer ?? startRealTimer;
  const loaded = loadConfiguration(config, overrides.environment);
  const known = await openCapabilities(config, log);
  const memory = notices === undefined ? known : shareCapabilities(known, { notices, now });
  const upstreams = createUpstreams({ config, log, now, newId, memory, notices });
  let { configuration } = loaded;
  const secret = overrides.secret ?? (await findSecret(config, stores));
  const router = createRouter({
    upstreams: overrides.upstreams ?? upstreams.use(configuration.upstreams),
    names: toOwnNames(configuration),
    now,
    startTimer,
    onRest: createRestLog(log),
    notices,
  });
  const followed = followConfiguration(loaded, {
    log,
    startTimer,
    onChange(changed) {
      configuration = changed;
      if (overrides.upstreams === undefined)
        router.replace(upstreams.use(changed.upstreams), toOwnNames(changed));
    },
  });
  const images = createImageService({ config, pictures: routePictures(router), secret });
  const chat = createChatService({ config, router, aliases: () => configuration.aliases, images, newId });
  const pacer = createPacer(() => performance.now());
  const embeddings = createEmbeddingService({
    chat,
    router,
    countTokens: (texts, model, signal) => estimateTokensAtPace(texts, pacer.start(signal), model),
  });
  const responses = createResponseService({
    chat,
    store,
    // Clients keep the summaries of compacted conversations for the gateway.
    summaries: createSealer(secret, "conversation summaries"),
    shared: overrides.sharedRuns ?? findSharedRuns(stores),
    newId,
    now,
    log,
  });
  const random = createRandomPool(randomBytes);
  const totals = createTotalsKeeper(now());
  overrides.survey?.answer("totals", totals.totals, totals.totals);
  return {
    config,
    log,
    access: createAccess({
      token: config.BEARER_TOKEN,
      adminToken: config.ADMIN_TOKEN,
      keys,
      limits,
      newId: () => newId("hold_"),
      now,
    }),
    traces,
    ledger,
    keptIn: stores.place,
    keys: createKeyService({ keys, limits, randomBytes: random, newId, now }),
    configuration: () => configuration,
    router,
    chat,
    images,
    embeddings,
    responses,
    store,
    newId,
    budget(name) {
      const asked = router.upstreams.filter((upstream) => name === undefined || upstream.name === name);
      const [budget, ...others] = asked.flatMap((upstream) => upstream.budget() ?? []);
      return others.length === 0 ? budget : undefined;
    },
    allowances: (signal) =>
      Promise.all(
        router.upstreams.map(async (upstream) => ({
          name: upstream.name,
          state: await upstream.allowance(signal),
        })),
      ),
    totals,
    allTotals: () => addUp(totals.totals(), overrides.survey),
    now,
    reload: () => followed.reload(),
    async close() {
      followed.close();
      await responses.close();
      await router.close();
      await memory.settle();
      await store.close();
      await stores.close();
    },
  };
}

/** How background responses are shared with the processes that share the stores. */
function findSharedRuns({ runs, owner }: Stores): SharedRuns | undefined {
  return runs === undefined || owner === undefined
    ? undefined
    : { runs, process: owner, startTimer: startRealTimer };
}

/** The operator's own secret, or that of all gateways that share stores, or this one's. */
async function findSecret(config: Config, stores: Stores): Promise<string> {
  const own = loadSecret(config);
  return config.IMAGE_LINK_SECRET !== undefined || stores.shareSecret === undefined
    ? own
    : stores.shareSecret(own);
}

/** What this process and all others did. */
async function addUp(own: Totals, survey: Survey | undefined): Promise<Totals> {
  // Ours, from other processes.
  const others = ((await survey?.ask("totals")) ?? []) as readonly Totals[];
  return others.reduce(addTotals, own);
}

/** The operator's own names as the router knows them. */
function toOwnNames({ models }: GatewayConfiguration): readonly OwnName[] {
  return models.map(({ name, targets }) => ({
    name,
    targets: targets.map(({ upstream, model }) => `${upstream}/${model}`),
  }));
}

/** A gateway with its server. */
export interface Gateway {
  readonly app: FastifyInstance;
  readonly log: Logger;
  readonly services: Services;
  /** Where the metrics are, once it listens, if they have an address of their own. */
  readonly metricsUrl: string | undefined;
  /** Listens on `SERVER_ADDRESS`, and on `METRICS_ADDRESS` if there is one, and resolves with the base URL, without `/v1`. */
  listen(): Promise<string>;
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
      // Ours, from other processes: each gives a list.
      openElsewhere: async () => ((await survey?.ask("open")) ?? []).flat() as OpenNow[],
      consoleFolder: overrides.consoleFolder ?? builtConsole,
    },
    log,
    overrides.startTimer,
  );
  survey?.answer("open", () => server.openNow());
  let closed: Promise<void> | undefined;
  let metricsUrl: string | undefined;

  async function close(): Promise<void> {
    await server.close();
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
