/** How an upstream and its settings are called in what people read. */
export interface UpstreamNames {
  /** Begins sentences: `mine (vLLM)`. */
  readonly title: string;
  /** The setting that holds its address. */
  readonly address: string;
  /** The settings that become headers. */
  readonly headers: string;
}
