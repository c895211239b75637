/** What is left of what an upstream gives its caller for a time, as far as is known. */
export interface Budget {
  /** 0 and up, in percent; above 100 when the last request overshot. */
  readonly usedPercent: number;
  /** Requests are refused until `resetsAt`. */
  readonly spent: boolean;
  /** When the present window ends, ms since the epoch. */
  readonly resetsAt: number;
  /** The size of it all, where it is known. */
  readonly size: { readonly tokens: number; readonly windowMs: number } | undefined;
}
