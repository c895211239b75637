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

/** What is known of what an upstream allows its caller. */
export type AllowanceState =
  /** Nobody has said yet, the upstream can't be asked, or the last window is over. */
  | { readonly kind: "unknown" }
  /** The upstream counts nothing, so that there is no limit. */
  | { readonly kind: "uncounted" }
  | {
      readonly kind: "counted";
      readonly budget: Budget;
      /** Our own count of what was spent since the upstream told is in it. */
      readonly estimated: boolean;
      /** When the upstream told, ms since the epoch. */
      readonly toldAt: number;
    };
