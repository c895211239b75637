import type { Usage } from "../../model/events.ts";
import type { VectorEncoding } from "./parse-request.ts";

/** What an answer is made of. */
export interface EmbeddedInput {
  readonly model: string;
  readonly vectors: readonly (readonly number[])[];
  readonly usage: Usage;
}

/** OpenAI's `CreateEmbeddingResponse`, and whether its usage is our estimate, which the reference has no place for. */
export interface WireEmbeddings {
  readonly object: "list";
  readonly data: readonly {
    readonly object: "embedding";
    readonly index: number;
    readonly embedding: readonly number[] | string;
  }[];
  readonly model: string;
  readonly usage: { readonly prompt_tokens: number; readonly total_tokens: number };
  readonly usage_estimated?: true;
}

/** The answer, with its vectors as the client wants them: openai-node asks for base64 and reads a list there as none. */
export function encodeResponse(
  { model, vectors, usage }: EmbeddedInput,
  encoding: VectorEncoding,
): WireEmbeddings {
  const tokens = usage.inputTokens ?? 0;
  return {
    object: "list",
    data: vectors.map((vector, index) => ({
      object: "embedding",
      index,
      embedding: encoding === "base64" ? toBase64(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
    ...(usage.estimated ? { usage_estimated: true } : {}),
  };
}

/** Little-endian float32, whatever the machine. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString("base64");
}
