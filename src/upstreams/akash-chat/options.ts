import type { Config } from "../../config.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";

/** Where the upstream client tells what it does; pino fits. Never given keys, cookies or message bodies. */
export interface UpstreamLog {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** Proxies in place of those of the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY). */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  readonly no?: string;
}

/** What the Akash Chat upstream is made from. */
export interface AkashChatOptions {
  /** Its own among all upstreams. Default: `akash-chat`. */
  readonly name?: string;
  readonly config: Config;
  readonly log: UpstreamLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 to 1, for the jitter of retries; `Math.random` by default. */
  readonly random?: () => number;
  /** `setTimeout` by default. */
  readonly startTimer?: StartTimer;
  /** By default what the environment says. A loopback upstream is never asked through a proxy. */
  readonly proxy?: ProxySettings;
}
