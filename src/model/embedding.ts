/** Texts of which vectors are wanted. */
export interface EmbeddingRequest {
  /** The upstream's own id. */
  readonly model: string;
  /** Never empty. A list of numbers is a text in tokens of the model. */
  readonly input: readonly (string | readonly number[])[];
  /** Length of the vectors, where the model lets one choose. */
  readonly dimensions?: number;
}

/** A vector for each text, in their order. */
export interface EmbeddingResponse {
  readonly vectors: readonly (readonly number[])[];
  /** Tokens of the texts; `undefined`: nobody says. */
  readonly inputTokens: number | undefined;
}
