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
