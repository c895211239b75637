import type { Access } from "../access/create-access.ts";
import type { KeyService } from "../access/key-service.ts";
import type { AudioService } from "../audio/audio-service.ts";
import type { ChatService } from "../completion/chat-service.ts";
import type { Config } from "../config.ts";
import type { NamedAllowance } from "../dialects/encode-gateway-usage.ts";
import type { EmbeddingService } from "../embeddings/embedding-service.ts";
import type { ImageService } from "../images/image-service.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Budget } from "../model/budget.ts";
import type { IdFactory } from "../model/ids.ts";
import type { Notices } from "../model/notices.ts";
import type { Totals } from "../model/totals.ts";
import type { ResponseService } from "../responses/response-service.ts";
import type { ResponseStore } from "../store/response-store.ts";
import type { TraceStore } from "../traces/trace-store.ts";
import type { TraceWishes } from "../traces/trace-wishes.ts";
import type { MetricsPage } from "../telemetry/metrics-page.ts";
import type { OpenNow, OpenRequests } from "./open-requests.ts";
import type { PageReader } from "./built-page/page-files.ts";
import type { ActivityReader } from "./status/create-activity-reader.ts";
import type { UpstreamStatus } from "./status/upstream-status.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import type { TotalsKeeper } from "./create-totals-keeper.ts";
import type { Observers } from "./request-observer.ts";

/** What the routes of a dialect are made from. */
export interface RouteDependencies {
  readonly config: Config;
  readonly chat: ChatService;
  readonly images: ImageService;
  readonly embeddings: EmbeddingService;
  readonly audio: AudioService;
  readonly responses: ResponseService;
  /** Holds the threads of the Messages API. */
  readonly store: ResponseStore;
  readonly newId: IdFactory;
  /** What is left of what an upstream allows, as far as is known; without its name, of the only one that tells. */
  readonly budget: (upstream?: string) => Budget | undefined;
  /** What each upstream allows, after a look at it where there was none lately: `Upstream.allowance`. */
  readonly allowances: (signal: AbortSignal) => Promise<readonly NamedAllowance[]>;
  readonly totals: TotalsKeeper;
  /** What all processes of the gateway did, together. */
  readonly allTotals: () => Promise<Totals>;
  /** Who asks, and what they may. */
  readonly access: Access;
  readonly traces: TraceStore;
  readonly ledger: Ledger;
  /** Makes, shows and ends keys. */
  readonly keys: KeyService;
  /** Who learns of requests and background responses, beside the log and the totals. */
  readonly observers: Observers;
  /** The metrics, where they are on the gateway's own port. */
  readonly metricsPage: MetricsPage | undefined;
  /** How the upstreams are, in the order in which they are asked; nothing is asked for it. */
  readonly upstreamStatus: () => readonly UpstreamStatus[];
  /** Looks at an upstream at once, without cost, and ends its rests if it answers. Throws kind `not-found`. */
  readonly tryUpstream: (name: string, signal: AbortSignal) => Promise<UpstreamStatus>;
  /** What is under way in other processes of the gateway. */
  readonly openElsewhere: () => Promise<readonly OpenNow[]>;
  /** Between the processes of the gateway, where there are several. */
  readonly notices?: Notices | undefined;
  /** Where what is kept is. */
  readonly keptIn: "memory" | "files" | "database";
  /** Where the built console is; nothing is read before it is asked for. */
  readonly consoleFolder: URL;
  /** Where the build put the document of `GET /openapi.json`, likewise. Where there is none it is made. */
  readonly documentFile: URL;
  /** Where the built page of the reference is, likewise. */
  readonly referenceFolder: URL;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The same, inside the server. */
export interface ServerDependencies extends RouteDependencies {
  /** Where background responses are watched, too. */
  readonly open: OpenRequests;
  readonly startTimer: StartTimer;
  readonly activity: ActivityReader;
  /** Which request is to be traced next. */
  readonly traceWishes: TraceWishes;
  readonly readConsole: PageReader;
}
