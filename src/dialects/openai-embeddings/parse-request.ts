import type { EmbeddingRequest } from "../../model/embedding.ts";
import { findIgnored } from "../find-ignored.ts";
import { parseBody } from "../parse-body.ts";
import { parseInput } from "./parse-input.ts";
import { requestSchema } from "./request-schema.ts";

/** How vectors are written: lists of numbers, or base64 of float32, little-endian. */
export type VectorEncoding = "float" | "base64";

/** An embeddings request, understood. */
export interface ParsedEmbeddings {
  /** `model` as the client wrote it; empty: it names none. */
  readonly request: EmbeddingRequest;
  readonly encoding: VectorEncoding;
  /** Parameters that were accepted without effect, as the client spelled them. */
  readonly ignored: readonly string[];
}

const understood = new Set(Object.keys(requestSchema.shape));

/** Parses the body of `POST /v1/embeddings`. Throws `invalid-request` that names the field. */
export function parseRequest(input: unknown): ParsedEmbeddings {
  const body = parseBody(requestSchema, input);
  const { model = "", dimensions, encoding_format: encoding = "float" } = body;
  return {
    request: {
      model,
      input: parseInput(body.input),
      ...(dimensions === undefined ? {} : { dimensions }),
    },
    encoding,
    ignored: findIgnored(body, understood),
  };
}
