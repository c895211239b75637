import type { CallWatch } from "../model/call-watch.ts";
import type { EmbeddingRequest } from "../model/embedding.ts";
import type { Usage } from "../model/events.ts";

/** A vector for each text of a request, in their order. */
export interface EmbeddedTexts {
  /** What clients call the model. */
  readonly model: string;
  readonly vectors: readonly (readonly number[])[];
  readonly usage: Usage;
}

/** What a route knows of the caller. */
export interface EmbeddingContext {
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
  readonly watch?: CallWatch | undefined;
}

/** Gives vectors of texts, by the upstreams that have models for it. All methods throw `GatewayError`. */
export interface EmbeddingService {
  /** Throws kind `not-found`, with what to configure, while no upstream gives vectors, whatever is asked. */
  checkOffered(): void;
  /**
   * The vectors of a request; its `model` is the client's id: an alias, another spelling, or none or `auto` for the first embedding
   * model that is listed. Throws `model-not-found` for an unknown model and `invalid-request` for one that gives no vectors;
   * both name those that do.
   */
  embed(request: EmbeddingRequest, context: EmbeddingContext): Promise<EmbeddedTexts>;
}
