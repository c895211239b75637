/** A stored Responses API answer. `response` and `inputItems` are the wire objects, ready to be sent again. */
export interface StoredResponse {
  readonly id: string;
  readonly previousId: string | undefined;
  /** Unix time in s. */
  readonly createdAt: number;
  readonly response: Readonly<Record<string, unknown>>;
  readonly inputItems: readonly Readonly<Record<string, unknown>>[];
}

/** Where stored responses live. */
export interface ResponseStore {
  get(id: string): Promise<StoredResponse | undefined>;
  /** Inserts or replaces. Evicts the oldest when full. */
  put(stored: StoredResponse): Promise<void>;
  /** False when there was none. */
  delete(id: string): Promise<boolean>;
  close(): Promise<void>;
}
