import { ConfigError, type Config } from "../config.ts";
import type { Notices } from "../model/notices.ts";
import { createAkashChatUpstream } from "./akash-chat/index.ts";
import { identifyUpstream } from "./identify-upstream.ts";
import { type CompatibleSurroundings, createCompatibleUpstream } from "./openai-compatible/index.ts";
import { servers } from "./openai-compatible/servers/index.ts";
import type { Upstream } from "./upstream.ts";
import { isWebChat, type UpstreamEntry, type WebChatEntry } from "./upstream-entry.ts";
import { withModelOptions } from "./with-model-options.ts";

/** What upstreams need of the gateway. */
export interface UpstreamSurroundings extends CompatibleSurroundings {
  readonly config: Config;
  /** Between this and other processes of the gateway. */
  readonly notices?: Notices | undefined;
}

/** The types that an entry may have. A server with an OpenAI-compatible API has one by being in `servers`. */
export const upstreamTypes: readonly string[] = ["akash-chat", ...servers.map(({ name }) => name)];

/** Makes the upstream of an entry. Nothing is asked of it. Throws `ConfigError` for a type that there is not. */
export function createUpstream(entry: UpstreamEntry, surroundings: UpstreamSurroundings): Upstream {
  if (!upstreamTypes.includes(entry.type)) {
    throw new ConfigError([`${entry.name}: there is no type ${JSON.stringify(entry.type)} of upstreams`]);
  }
  return isWebChat(entry)
    ? createAkashChat(entry, surroundings)
    : createCompatibleUpstream(entry, surroundings);
}

function createAkashChat(entry: WebChatEntry, surroundings: UpstreamSurroundings): Upstream {
  const { config } = surroundings;
  const own: Config = {
    ...config,
    AKASH_BASE_URL: entry.baseUrl,
    AKASH_ACCESS_TOKEN: entry.accessToken,
    AKASH_COOKIE: entry.cookie,
    AKASH_USER_AGENT: entry.userAgent,
    FIRST_BYTE_TIMEOUT_MS: entry.firstByteTimeoutMs ?? config.FIRST_BYTE_TIMEOUT_MS,
    IDLE_TIMEOUT_MS: entry.idleTimeoutMs ?? config.IDLE_TIMEOUT_MS,
  };
  const { name, headers, models } = entry;
  const identity = identifyUpstream(entry, config.EGRESS_NAME);
  const upstream = createAkashChatUpstream({ ...surroundings, config: own, name, headers, identity });
  const { all, overrides, include } = models;
  const isPlain = include === undefined && overrides.length === 0 && Object.keys(all).length === 0;
  return isPlain ? upstream : withModelOptions(upstream, models);
}
