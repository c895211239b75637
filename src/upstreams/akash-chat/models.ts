import { GatewayError } from "../../errors.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { createRenewal, tentativeMs } from "../create-renewal.ts";
import type { ListQuality, ModelList } from "./decode-models.ts";
import { createNoModelsError } from "./fetch-models.ts";
import {
  findKnown,
  isOwn,
  type KnownModels,
  learn,
  offeredModels,
  type WireIds,
  wireIds,
} from "./known-models.ts";
import type { RefreshOptions } from "../upstream.ts";
import type { UpstreamLog } from "./options.ts";

const remarks: Readonly<Record<ListQuality, string | undefined>> = {
  good: undefined,
  "no-chat": undefined,
  guess: "a guess: its back end did not answer",
  raw: "under its back end's ids: this instance has no database, or that does not answer",
};

/** The models that the upstream offers. Asking for them is never in the way of a request for long. */
export interface Models {
  /**
   * The list that is known, at once, however old; one that is too old is renewed in the background. Waits only while
   * none is known (or none shall be kept), a few seconds at most; then throws, and for a while at once.
   */
  list(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** As `Upstream.refreshModels`. */
  refresh(signal: AbortSignal, options?: RefreshOptions): Promise<readonly ModelInfo[]>;
  /** How far the last list can be trusted, in words for the operator where it can't be. */
  readonly remark: string | undefined;
  /** What is known of a model without asking. */
  peek(id: string): ModelInfo | undefined;
  /** The ids under which the upstream may take a model now. */
  wireIds(id: string): WireIds;
  /** Whether a model that the upstream refuses is one of its own all the same. */
  isOwn(id: string): boolean;
  /** The upstream refused a model: the list is renewed in the background, unless that happened a moment ago. */
  doubt(): void;
  /** Ends a renewal that is under way and starts no more. */
  close(): void;
}

/** What the list is kept with. */
export interface ModelsOptions {
  /** Asks the upstream. `cold`: no chat model is known yet, so any list is better than none. `undefined`: it has none. */
  readonly fetch: (
    signal: AbortSignal,
    options: { readonly cold: boolean },
  ) => Promise<ModelList | undefined>;
  /** How long a good list counts as new. 0: no longer than its request. */
  readonly cacheMs: number;
  readonly log: UpstreamLog;
  readonly now: () => number;
  readonly startTimer: StartTimer;
}

/** Creates the keeper of the list: stale while it is renewed, one request at a time, failures remembered. */
export function createModels(options: ModelsOptions): Models {
  const { cacheMs, now, startTimer } = options;
  let known: KnownModels = { state: "nothing" };
  const tell = createTeller(options.log);
  const renewal = createRenewal({
    renew,
    isKnown: () => offeredModels(known) !== undefined,
    onFailure: (error) => tell("failed", known, error),
    toLateError: createLateError,
    cacheMs,
    now,
    startTimer,
  });

  async function renew(signal: AbortSignal): Promise<number> {
    const cold = offeredModels(known)?.some(({ kind }) => kind === "chat") !== true;
    const list = await options.fetch(signal, { cold });
    if (list === undefined) throw createNoModelsError();
    known = learn(known, list);
    tell(list.quality, known);
    return list.quality === "good" ? cacheMs : Math.min(tentativeMs, cacheMs);
  }

  /** What is known; throws why nothing is. */
  function give(): readonly ModelInfo[] {
    const models = offeredModels(known);
    if (models === undefined) throw renewal.failure;
    return models;
  }

  return {
    async list(signal) {
      await renewal.want(signal);
      return give();
    },
    async refresh(signal, asked) {
      await renewal.demand(signal, asked);
      return give();
    },
    get remark() {
      return known.state === "nothing" ? undefined : remarks[known.list.quality];
    },
    peek: (id) => findKnown(known, id),
    wireIds: (id) => wireIds(known, id),
    isOwn: (id) => isOwn(known, id),
    doubt: () => renewal.doubt(),
    close: () => renewal.close(),
  };
}

/** Tells of a change, once: what stays as it is would fill the log of an instance that never had a database. */
function createTeller(log: UpstreamLog) {
  let told: ListQuality | "failed" = "good";
  return (news: ListQuality | "failed", known: KnownModels, error?: GatewayError): void => {
    const details = { list: news, ...(error === undefined ? {} : { err: error }) };
    if (news === told) {
      log.debug(details, "the list of models is as it was");
      return;
    }
    told = news;
    if (news === "good") log.info(details, "the list of models is in order again");
    else if (known.state === "nothing") {
      log.warn(details, "there is no list of models; the upstream itself judges what is asked for");
    } else if (news === "failed") {
      log.warn(details, "the list of models could not be renewed; the last one stays in use");
    } else if (known.state === "in-doubt") {
      log.warn(
        details,
        "the upstream makes its list of models up at the moment; the last good one stays in use",
      );
    } else log.info(details, "the upstream makes its list of models up; it is offered as it is");
  };
}

function createLateError(): GatewayError {
  return new GatewayError(
    "upstream-timeout",
    "Akash Chat's list of models did not come in time. Try again later.",
  );
}
