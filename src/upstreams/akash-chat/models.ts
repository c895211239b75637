import { GatewayError, toGatewayError } from "../../errors.ts";
import type { ModelInfo } from "../../model/model-info.ts";
import { linkSignal } from "../../stream/link-signal.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { waitFor } from "../http/abort.ts";
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
import type { UpstreamLog } from "./options.ts";

/** The models that the upstream offers. Asking for them is never in the way of a request for long. */
export interface Models {
  /**
   * The list that is known, at once, however old; one that is too old is renewed in the background. Waits only while
   * none is known (or none shall be kept), a few seconds at most; then throws, and for a while at once.
   */
  list(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** Asks anew, unless that happened a moment ago, and waits a few seconds at most; then as `list`. */
  refresh(signal: AbortSignal): Promise<readonly ModelInfo[]>;
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

/** How long a failure is remembered and a list that was made up counts as new, and the pause between two doubts. */
const tentativeMs = 15_000;
/** How long callers wait for a list. A request without one is still answered: the upstream judges the id. */
const patienceMs = 5000;
/** All that asking may take: replies that drip or hang must not keep the next try away. */
const fetchMs = 60_000;

/** One request for the list, which all callers share. */
interface Flight {
  /** Resolves when the list is there, or failed, or took longer than anybody shall wait. */
  readonly waited: Promise<void>;
}

/** The last time that the upstream was asked. */
type Attempt =
  | { readonly state: "none" }
  | { readonly state: "flying"; readonly flight: Flight }
  | {
      readonly state: "landed";
      readonly at: number;
      /** How long nothing needs to be asked. */
      readonly goodForMs: number;
      readonly failure: GatewayError | undefined;
    };

/** Creates the keeper of the list: stale while it is renewed, one request at a time, failures remembered. */
export function createModels(options: ModelsOptions): Models {
  const { cacheMs, log, now, startTimer } = options;
  const closing = new AbortController();
  let known: KnownModels = { state: "nothing" };
  let attempt: Attempt = { state: "none" };
  const tell = createTeller(log);

  function isWithin(ms: number): boolean {
    if (attempt.state !== "landed") return false;
    const age = now() - attempt.at;
    // A clock that was set back must not keep a list for ever.
    return age >= 0 && age < ms;
  }

  function isNew(): boolean {
    return attempt.state === "landed" && isWithin(attempt.goodForMs);
  }

  /** What is known; throws why nothing is. */
  function give(): readonly ModelInfo[] {
    const models = offeredModels(known);
    if (models !== undefined) return models;
    throw attempt.state === "landed" && attempt.failure !== undefined ? attempt.failure : createLateError();
  }

  async function ask(signal: AbortSignal): Promise<void> {
    try {
      const cold = offeredModels(known)?.some(({ kind }) => kind === "chat") !== true;
      const list = await options.fetch(signal, { cold });
      if (list === undefined) throw createNoModelsError();
      known = learn(known, list);
      const goodForMs = list.quality === "good" ? cacheMs : Math.min(tentativeMs, cacheMs);
      attempt = { state: "landed", at: now(), goodForMs, failure: undefined };
      tell(list.quality, known);
    } catch (error) {
      const failure = signal.aborted ? createLateError() : toGatewayError(error);
      attempt = { state: "landed", at: now(), goodForMs: tentativeMs, failure };
      if (!closing.signal.aborted) tell("failed", known, failure);
    }
  }

  function fly(): Flight {
    if (attempt.state === "flying") return attempt.flight;
    const own = linkSignal(closing.signal);
    const waited = new Promise<void>((resolve) => {
      const stops = [startTimer(patienceMs, resolve), startTimer(fetchMs, own.abort)];
      void ask(own.signal).finally(() => {
        own.release();
        for (const stop of stops) stop();
        resolve();
      });
    });
    const flight: Flight = { waited };
    attempt = { state: "flying", flight };
    return flight;
  }

  async function wait(signal: AbortSignal): Promise<readonly ModelInfo[]> {
    await waitFor(fly().waited, signal);
    return give();
  }

  return {
    async list(signal) {
      if (isNew()) return give();
      if (offeredModels(known) === undefined || cacheMs === 0) return wait(signal);
      fly();
      return give();
    },
    async refresh(signal) {
      return isWithin(tentativeMs) ? give() : wait(signal);
    },
    peek: (id) => findKnown(known, id),
    wireIds: (id) => wireIds(known, id),
    isOwn: (id) => isOwn(known, id),
    doubt() {
      if (attempt.state === "landed" && !isWithin(tentativeMs)) fly();
      else if (attempt.state === "landed") {
        attempt = { ...attempt, goodForMs: Math.min(attempt.goodForMs, tentativeMs) };
      }
    },
    close() {
      closing.abort();
    },
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
