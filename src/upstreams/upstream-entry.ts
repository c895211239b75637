import type { UpstreamModels } from "./model-options.ts";

/** What an operator says of every upstream. */
interface CommonEntry {
  /** Unique among all upstreams, case aside; has no `/`. */
  readonly name: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Sent with each request; they stand before the gateway's own of the same name. Values may be secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Silence allowed before the first byte of an answer, in ms. `undefined`: `FIRST_BYTE_TIMEOUT_MS`. */
  readonly firstByteTimeoutMs: number | undefined;
  /** And between two pieces of it. `undefined`: `IDLE_TIMEOUT_MS`. */
  readonly idleTimeoutMs: number | undefined;
  readonly models: UpstreamModels;
}

/** A web chat. What is `undefined` of its login is not sent. */
export interface WebChatEntry extends CommonEntry {
  readonly type: "akash-chat";
  readonly accessToken: string | undefined;
  readonly cookie: string | undefined;
  readonly userAgent: string | undefined;
}

/** A server with an OpenAI-compatible API; requests go to `/chat/completions` below its address. */
export interface CompatibleEntry extends CommonEntry {
  /** The `name` of its rules (`openai-compatible/servers/`); `openai` if it may be any server. */
  readonly type: string;
  /** Sent as `Authorization: Bearer`. */
  readonly apiKey: string | undefined;
}

/** One upstream of the configuration, by its `type`. Plain data, so two of them can be compared. */
export type UpstreamEntry = WebChatEntry | CompatibleEntry;

/** Whether an entry is a web chat. */
export function isWebChat(entry: UpstreamEntry): entry is WebChatEntry {
  return entry.type === "akash-chat";
}
