import type { Config } from "../../config.ts";
import type { IdFactory } from "../../model/ids.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { ProxySettings } from "../http/create-dispatcher.ts";
import type { UpstreamLog } from "../http/upstream-log.ts";
import type { CapabilityMemory } from "../memory/capability-memory.ts";

/** What an upstream needs of the gateway. */
export interface CompatibleSurroundings {
  readonly config: Pick<Config, "FIRST_BYTE_TIMEOUT_MS" | "IDLE_TIMEOUT_MS" | "MODELS_CACHE_MS">;
  readonly log: UpstreamLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: IdFactory;
  readonly memory: CapabilityMemory;
  /** 0 to 1, for the jitter of retries; `Math.random` by default. */
  readonly random?: (() => number) | undefined;
  /** `setTimeout` by default. */
  readonly startTimer?: StartTimer | undefined;
  /** By default what the environment says. A loopback upstream is never asked through a proxy. */
  readonly proxy?: ProxySettings | undefined;
}
