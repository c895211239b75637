import { ConfigError, type Config } from "../config.ts";
import { createAkashChatUpstream } from "./akash-chat/index.ts";
import type { UpstreamModels } from "./model-options.ts";
import {
  type CompatibleOptions,
  type CompatibleSurroundings,
  createCompatibleUpstream,
} from "./openai-compatible/index.ts";
import { servers } from "./openai-compatible/servers/index.ts";
import type { Upstream } from "./upstream.ts";
import { withModelOptions } from "./with-model-options.ts";

/** What an operator says of a web chat. What is `undefined` of its login is not sent. */
export interface AkashChatEntry {
  readonly type: "akash-chat";
  /** Unique among all upstreams. */
  readonly name: string;
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined`: `FIRST_BYTE_TIMEOUT_MS`. */
  readonly firstByteTimeoutMs: number | undefined;
  /** `undefined`: `IDLE_TIMEOUT_MS`. */
  readonly idleTimeoutMs: number | undefined;
  readonly models: UpstreamModels;
  readonly accessToken: string | undefined;
  readonly cookie: string | undefined;
  readonly userAgent: string | undefined;
}

/** One upstream of the configuration, by its `type`. */
export type UpstreamEntry = AkashChatEntry | CompatibleOptions;

/** What upstreams need of the gateway. */
export interface UpstreamSurroundings extends CompatibleSurroundings {
  readonly config: Config;
}

/** The types that an entry may have. A server with an OpenAI-compatible API has one by being in `servers`. */
export const upstreamTypes: readonly string[] = ["akash-chat", ...servers.map(({ name }) => name)];

/** Makes the upstream of an entry. Nothing is asked of it. Throws `ConfigError` for a type that there is not. */
export function createUpstream(entry: UpstreamEntry, surroundings: UpstreamSurroundings): Upstream {
  if (!upstreamTypes.includes(entry.type)) {
    throw new ConfigError([`${entry.name}: there is no type ${JSON.stringify(entry.type)} of upstreams`]);
  }
  return isAkashChat(entry)
    ? createAkashChat(entry, surroundings)
    : createCompatibleUpstream(entry, surroundings);
}

function createAkashChat(entry: AkashChatEntry, surroundings: UpstreamSurroundings): Upstream {
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
  return withModelOptions(createAkashChatUpstream({ ...surroundings, config: own, name, headers }), models);
}

function isAkashChat(entry: UpstreamEntry): entry is AkashChatEntry {
  return entry.type === "akash-chat";
}
