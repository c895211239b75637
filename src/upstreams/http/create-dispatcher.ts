import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";

import { Agent, buildConnector, EnvHttpProxyAgent, type Dispatcher } from "undici";

import { ConfigError } from "../../config.ts";
import { isLoopback } from "./is-loopback.ts";

/** Proxies in place of those of the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY). */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  readonly no?: string;
}

/** Many servers close idle connections after 5 s: ours must be gone before. */
const keepAliveMs = 4000;
const connectTimeoutMs = 10_000;

/** Connections to one upstream. */
export interface Connections {
  readonly dispatcher: Dispatcher;
  /** How many were made, but for those through a proxy. */
  readonly made: () => number;
}

/** Opens connections to the upstream at `base` as they are needed. Throws `ConfigError` when a proxy's URL is none. */
export function createDispatcher(base: URL, proxy: ProxySettings | undefined): Connections {
  let made = 0;
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup: lookUpFavouringIpv4 });
  const settings: Agent.Options = {
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
    connections: null,
    pipelining: 1,
    connect(options, callback) {
      made += 1;
      connect(options, callback);
    },
  };
  return { dispatcher: createAgent(base, settings, proxy), made: () => made };
}

function createAgent(base: URL, settings: Agent.Options, proxy: ProxySettings | undefined): Dispatcher {
  if (isLoopback(base.hostname)) return new Agent(settings);
  const given =
    proxy === undefined
      ? {}
      : { httpProxy: proxy.http ?? "", httpsProxy: proxy.https ?? "", noProxy: proxy.no ?? "" };
  try {
    return new EnvHttpProxyAgent({ ...settings, ...given });
  } catch {
    throw new ConfigError([
      "HTTP_PROXY or HTTPS_PROXY: must be a URL, for example http://proxy.example:3128",
    ]);
  }
}

/**
 * Upstreams with a limit for each address count all callers of a large IPv6 network as one and would refuse us for what
 * others used, so IPv4 goes first. IPv6 is still tried when there is nothing else.
 */
const lookUpFavouringIpv4: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, order: "ipv4first" }, callback);
};
