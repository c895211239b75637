import type { Config } from "../../config.ts";
import type { Notices } from "../../model/notices.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import type { ProxySettings } from "../http/create-dispatcher.ts";
import type { UpstreamLog } from "../http/upstream-log.ts";

export type { UpstreamLog } from "../http/upstream-log.ts";

/** What the Akash Chat upstream is made from. */
export interface AkashChatOptions {
  /** Its own among all upstreams. Default: `akash-chat`. */
  readonly name?: string;
  readonly config: Config;
  /** Sent with each request; they stand before the gateway's own of the same name. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly log: UpstreamLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 to 1, for the jitter of retries; `Math.random` by default. */
  readonly random?: (() => number) | undefined;
  /** `setTimeout` by default. */
  readonly startTimer?: StartTimer | undefined;
  /** Between this and other processes. */
  readonly notices?: Notices | undefined;
  /** With `notices`: of whose allowance they are. Default: nothing is shared. */
  readonly identity?: string | undefined;
  /** By default what the environment says. A loopback upstream is never asked through a proxy. */
  readonly proxy?: ProxySettings | undefined;
}
