import { toClientMessage, type GatewayError } from "../errors.ts";
import { encodeNdjson } from "../stream/ndjson.ts";
import type { EncodedError } from "./dialect.ts";
import { encodeRetryHeaders } from "./encode-retry-headers.ts";

/** What Ollama's clients look for to tell a model that could be pulled from other failures. */
const unknownModel = "model not found";

/** Ollama's error: one text, always. Its clients show an object as `[object Object]`. */
function encodeText(error: GatewayError): { readonly error: string } {
  const text = toClientMessage(error);
  return { error: error.kind === "model-not-found" ? `${unknownModel}: ${text}` : text };
}

/** An error on Ollama's routes. Source: `server/routes.go` of Ollama, `gin.H{"error": …}`. */
export function encodeOllamaError(error: GatewayError): EncodedError {
  return { status: error.status, headers: encodeRetryHeaders(error), body: encodeText(error) };
}

/** The last line of a stream that failed; none with `done` follows it, without which clients take no answer for whole. */
export function encodeOllamaErrorLine(error: GatewayError): string {
  return encodeNdjson(JSON.stringify(encodeText(error)));
}
