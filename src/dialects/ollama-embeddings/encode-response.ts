import type { Usage } from "../../model/events.ts";

/** What an answer is made of. */
export interface EmbeddedTexts {
  readonly vectors: readonly (readonly number[])[];
  /** `undefined`: nobody was asked. */
  readonly usage: Usage | undefined;
}

/** The answer to `POST /api/embed`. `model` as the client wrote it; the time in ms. */
export function encodeResponse(
  { vectors, usage }: EmbeddedTexts,
  { model, elapsed }: { readonly model: string; readonly elapsed: number },
): Record<string, unknown> {
  return {
    model,
    embeddings: vectors,
    total_duration: Math.max(1, Math.round(elapsed * 1_000_000)),
    load_duration: 0,
    prompt_eval_count: usage?.inputTokens ?? 0,
    ...(usage?.estimated === true ? { usage_estimated: true } : {}),
  };
}

/** The answer to `POST /api/embeddings`, which has one vector and nothing else. */
export function encodePromptResponse({ vectors }: Pick<EmbeddedTexts, "vectors">): Record<string, unknown> {
  return { embedding: vectors[0] ?? [] };
}
