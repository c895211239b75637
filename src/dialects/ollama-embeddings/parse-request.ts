import type { EmbeddingRequest } from "../../model/embedding.ts";
import { findIgnored } from "../find-ignored.ts";
import { parseInput } from "../openai-embeddings/parse-input.ts";
import { parseBody } from "../parse-body.ts";
import { promptSchema, requestSchema } from "./request-schema.ts";

/** A request for vectors, understood. */
export interface ParsedEmbeddings {
  readonly model: string;
  /** `undefined`: it has no text, and only wants the model loaded. */
  readonly request: EmbeddingRequest | undefined;
  /** Parameters that were accepted without effect, as the client spelled them. */
  readonly ignored: readonly string[];
}

const understood: ReadonlySet<string> = new Set(["model", "input", "dimensions"]);
const understoodOfPrompt: ReadonlySet<string> = new Set(["model", "prompt"]);

/** No text at all, as clients load a model by. */
function isNoText(input: unknown): boolean {
  return (
    input === undefined || input === null || input === "" || (Array.isArray(input) && input.length === 0)
  );
}

/** Parses the body of `POST /api/embed`. Throws `invalid-request` that names the field. */
export function parseRequest(input: unknown): ParsedEmbeddings {
  const body = parseBody(requestSchema, input);
  const { model, dimensions } = body;
  const ignored = findIgnored(body, understood);
  if (isNoText(body.input)) return { model, request: undefined, ignored };
  const request = {
    model,
    input: parseInput(body.input),
    ...(dimensions === undefined ? {} : { dimensions }),
  };
  return { model, request, ignored };
}

/** Parses the body of `POST /api/embeddings`. Throws likewise. */
export function parsePromptRequest(input: unknown): ParsedEmbeddings {
  const body = parseBody(promptSchema, input);
  const { model, prompt = "" } = body;
  const ignored = findIgnored(body, understoodOfPrompt);
  return { model, request: prompt === "" ? undefined : { model, input: [prompt] }, ignored };
}
