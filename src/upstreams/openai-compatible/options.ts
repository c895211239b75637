import type { Config } from "../../config.ts";
import type { IdFactory } from "../../model/ids.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { ProxySettings } from "../http/create-dispatcher.ts";
import type { UpstreamLog } from "../http/upstream-log.ts";
import type { CapabilityMemory } from "../memory/capability-memory.ts";
import type { UpstreamModels } from "../model-options.ts";

/** What an operator says of an OpenAI-compatible upstream. */
export interface CompatibleOptions {
  /** Unique among all upstreams. */
  readonly name: string;
  /** The `name` of its rules (`servers/`); `openai` if it may be any server. */
  readonly type: string;
  /** Without a slash at its end; requests go to `/chat/completions` below it. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer`. */
  readonly apiKey: string | undefined;
  /** Sent with each request; they stand before the gateway's own of the same name. Values may be secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Silence allowed before the first byte of an answer, in ms. `undefined`: `FIRST_BYTE_TIMEOUT_MS`. */
  readonly firstByteTimeoutMs: number | undefined;
  /** And between two pieces of it. `undefined`: `IDLE_TIMEOUT_MS`. */
  readonly idleTimeoutMs: number | undefined;
  readonly models: UpstreamModels;
}

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
