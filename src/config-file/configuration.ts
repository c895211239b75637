import type { CompatibleType } from "./upstream-types.ts";

/** How the gateway comes by something that a model can. `auto`: it finds out. */
export type CapabilityMode = "auto" | "native" | "emulated";

/** What an operator says of models. What is left out is found out. */
export interface ModelOptions {
  readonly tools?: CapabilityMode;
  /** Whether the server keeps `parallel_tool_calls: false`. */
  readonly parallelToolCalls?: CapabilityMode;
  readonly jsonSchema?: CapabilityMode;
  readonly jsonObject?: CapabilityMode;
  /** `native`: in a field of its own; `emulated`: between tags in the text. */
  readonly reasoning?: CapabilityMode;
  readonly stop?: CapabilityMode;
  /** Nobody can emulate eyes. */
  readonly images?: "auto" | "native" | "none";
  /** Tokens that prompt and answer share. */
  readonly contextLength?: number;
  /** Tokens of one answer. */
  readonly maxOutputLength?: number;
  /** USD per million tokens. */
  readonly price?: { readonly input: number; readonly output: number };
}

/** What an operator says of the models of one upstream. */
export interface UpstreamModels {
  /** For all of them. */
  readonly all: ModelOptions;
  /**
   * For those whose id fits `match`, in which `*` is any text, case aside. The first that fits is laid over `all`, option
   * by option.
   */
  readonly overrides: readonly { readonly match: string; readonly options: ModelOptions }[];
  /**
   * Patterns of the models that are used; `undefined`: all of the server's list. An id without `*` is used even if the
   * list lacks it, as that of a server without a list.
   */
  readonly include: readonly string[] | undefined;
}

/** What each upstream has. */
interface CommonOptions {
  /** Unique, case aside; has no `/`. */
  readonly name: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Sent with each request, beside the gateway's own. Values may be secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** `undefined`: `FIRST_BYTE_TIMEOUT_MS`. */
  readonly firstByteTimeoutMs: number | undefined;
  /** `undefined`: `IDLE_TIMEOUT_MS`. */
  readonly idleTimeoutMs: number | undefined;
  readonly models: UpstreamModels;
}

/** A web chat. What is `undefined` of its login is not sent. */
export interface AkashChatOptions extends CommonOptions {
  readonly type: "akash-chat";
  readonly accessToken: string | undefined;
  readonly cookie: string | undefined;
  readonly userAgent: string | undefined;
}

/** A server with an OpenAI-compatible API. */
export interface CompatibleOptions extends CommonOptions {
  readonly type: CompatibleType;
  /** Sent as `Authorization: Bearer`. */
  readonly apiKey: string | undefined;
}

/** One upstream, by its `type`. */
export type UpstreamOptions = AkashChatOptions | CompatibleOptions;

/** Models at one upstream: `model` is an id, or a pattern in which `*` is any text. */
export interface ModelTarget {
  readonly upstream: string;
  readonly model: string;
}

/** A name of the operator's own, and where its answers come from, in the order in which they are asked. */
export interface OwnModel {
  readonly name: string;
  readonly targets: readonly ModelTarget[];
}

/** Other names for a model: `from` is a name or a pattern in which `*` is any text; of patterns the first that fits wins. */
export interface ModelAlias {
  readonly from: string;
  /** An own name, `upstream/model`, or the id of a model. */
  readonly to: string;
}

/** Which upstreams and names there are: from a file, or from variables. Plain data, so two of them can be compared. */
export interface GatewayConfiguration {
  /** The file that it is from; `undefined`: no file, only variables. */
  readonly file: string | undefined;
  /** All that are used, in the order in which they are asked where nothing else says so. At least one; names are unique. */
  readonly upstreams: readonly UpstreamOptions[];
  readonly models: readonly OwnModel[];
  readonly aliases: readonly ModelAlias[];
}
