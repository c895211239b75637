import type { Usage } from "../../model/events.ts";
import { encodeUsage, type WireUsage } from "./encode-usage.ts";

/** A vector. */
export interface WireEmbedding {
  readonly values: readonly number[];
}

/** What answers with vectors are made of. */
export interface EmbeddedContents {
  readonly vectors: readonly (readonly number[])[];
  readonly usage: Usage;
}

function countTokens({ inputTokens }: Usage): { readonly usageMetadata?: WireUsage } {
  if (inputTokens === undefined) return {};
  return { usageMetadata: encodeUsage({ inputTokens, estimated: false }) };
}

/** The answer to `embedContent`. Source: https://ai.google.dev/api/embeddings */
export function encodeEmbedding({ vectors, usage }: EmbeddedContents): {
  readonly embedding: WireEmbedding;
  readonly usageMetadata?: WireUsage;
} {
  return { embedding: { values: vectors[0] ?? [] }, ...countTokens(usage) };
}

/** The answer to `batchEmbedContents`: a vector for each request, in their order. */
export function encodeEmbeddings({ vectors, usage }: EmbeddedContents): {
  readonly embeddings: readonly WireEmbedding[];
  readonly usageMetadata?: WireUsage;
} {
  return { embeddings: vectors.map((values) => ({ values })), ...countTokens(usage) };
}
