/** What one model did. */
export interface ModelTotals {
  readonly model: string;
  readonly answers: number;
  /** As the upstream counts, or as we do where it does not say. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What a gateway did since its start. */
export interface Totals {
  /** The start, ms since the epoch. */
  readonly since: number;
  /** Requests for an answer or a picture. */
  readonly requests: number;
  /** How many of them failed, by kind of error (`ErrorKind`); kinds that did not happen are left out. */
  readonly failures: Readonly<Record<string, number>>;
  /** In the order in which they were first used. */
  readonly models: readonly ModelTotals[];
}
