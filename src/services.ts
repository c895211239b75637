import { randomBytes } from "node:crypto";

import type { Logger } from "pino";

import { createAudioService } from "./audio/create-audio-service.ts";
import type { AudioService } from "./audio/audio-service.ts";
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
import { toOwnNames } from "./own-names.ts";
import { createTotalsKeeper, type TotalsKeeper } from "./server/create-totals-keeper.ts";
import type { TraceStore } from "./traces/trace-store.ts";
import { addUpTotals } from "./model/add-up-totals.ts";
import { joinNotices } from "./model/join-notices.ts";
import type { Notices } from "./model/notices.ts";
import type { Survey } from "./model/survey.ts";
import type { Totals } from "./model/totals.ts";
import { orClose } from "./or-close.ts";
import { openStores } from "./store/open-stores.ts";
import type { ResponseStore } from "./store/response-store.ts";
import type { Stores } from "./store/stores.ts";
import type { StartTimer } from "./stream/with-idle-timeout.ts";
import { createRestLog, createRouter, type Router } from "./routing/index.ts";
import { routePictures } from "./routing/route-pictures.ts";
import { startRealTimer } from "./stream/real-timer.ts";
import { createUpstreams } from "./upstreams/create-upstreams.ts";
import type { ProxySettings } from "./upstreams/http/create-dispatcher.ts";
import { identifyByName } from "./upstreams/identify-upstream.ts";
import { openCapabilities } from "./upstreams/memory/open-capabilities.ts";
import { shareCapabilities } from "./upstreams/memory/share-capabilities.ts";
import type { Upstream } from "./upstreams/upstream.ts";

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
  /** Between this and other processes of one gateway; beside those of stores that gateways share. */
  readonly notices?: Notices;
  readonly survey?: Survey;
  /** What `${NAME}` in the configuration file stands for. Default: the process' environment. */
  readonly environment?: Environment;
  /** To upstreams. Default: those of the process' environment. */
  readonly proxy?: ProxySettings;
  /** Where the built console is. Default: where the build puts it. */
  readonly consoleFolder?: URL;
  /** Where the built page of the reference is, likewise. */
  readonly referenceFolder?: URL;
  /** Of the warnings about requests that stand still. */
  readonly startTimer?: StartTimer;
  /** Of the silence of upstreams, and of pauses between questions to them. */
  readonly startUpstreamTimer?: StartTimer;
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
  readonly audio: AudioService;
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
  const now = overrides.now ?? Date.now;
  const stores = overrides.stores ?? (await openStores(config, { log, now }));
  return orClose(stores, assembleServices(config, { ...overrides, log, now, stores }));
}

async function assembleServices(
  config: Config,
  overrides: Overrides & Pick<Services, "log" | "now"> & { readonly stores: Stores },
): Promise<Services> {
  const { log, now, stores } = overrides;
  const newId = overrides.newId ?? createIdFactory(createRandomPool(randomBytes));
  const { keys, limits, ledger, traces } = stores;
  const notices = joinNotices([overrides.notices, stores.notices]);
  const store = overrides.store ?? stores.responses;
  const startTimer = overrides.startTimer ?? startRealTimer;
  const loaded = loadConfiguration(config, overrides.environment);
  const known = await openCapabilities(config, log);
  const memory = notices === undefined ? known : shareCapabilities(known, { notices, now });
  const surroundings = { config, log, now, newId, memory, notices, proxy: overrides.proxy };
  const upstreams = createUpstreams({ ...surroundings, startTimer: overrides.startUpstreamTimer });
  let { configuration } = loaded;
  const secret = overrides.secret ?? (await findSecret(config, stores));
  const router = createRouter({
    upstreams: overrides.upstreams ?? upstreams.use(configuration.upstreams),
    names: toOwnNames(configuration),
    now,
    startTimer,
    onRest: createRestLog(log),
    notices,
    identify: (name) => identifyByName(name, configuration.upstreams, config.EGRESS_NAME),
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
  const countTokens = (texts: readonly string[], model: string, signal: AbortSignal) =>
    estimateTokensAtPace(texts, pacer.start(signal), model);
  const embeddings = createEmbeddingService({ chat, router, countTokens });
  const audio = createAudioService({ chat, router, countTokens });
  const responses = createResponseService({
    chat,
    store,
    conversations: stores.conversations,
    startTimer: startRealTimer,
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
    audio,
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
    allTotals: () => addUpTotals(totals.totals(), overrides.survey),
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
