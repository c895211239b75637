import type { FastifyRequest } from "fastify";

import { encodeError as encodeAnthropicError } from "../dialects/anthropic-messages/index.ts";
import type { EncodedError } from "../dialects/dialect.ts";
import { encodeOllamaError } from "../dialects/encode-ollama-error.ts";
import { encodeOpenAiError } from "../dialects/encode-openai-error.ts";
import { encodeError as encodeGeminiError } from "../dialects/gemini/index.ts";
import type { GatewayError } from "../errors.ts";
import { isGeminiPath } from "./missing-gemini.ts";

/** True if the caller speaks Anthropic's API: by its version header, or by a path that only Anthropic has. */
export function speaksAnthropic(request: FastifyRequest): boolean {
  return request.headers["anthropic-version"] !== undefined || /^\/+v1\/+messages\b/.test(request.url);
}

/** True if the path is one of Ollama's, or begins as these do. */
function speaksOllama(request: FastifyRequest): boolean {
  return /^\/+api(?:[/?]|$)/.test(request.url);
}

/** An error on a path that no single dialect owns: in the dialect that the caller seems to speak. */
export function encodeEdgeError(error: GatewayError, request: FastifyRequest): EncodedError {
  if (speaksOllama(request)) return encodeOllamaError(error);
  if (isGeminiPath(request.url)) return encodeGeminiError(error);
  return speaksAnthropic(request) ? encodeAnthropicError(error, request.id) : encodeOpenAiError(error);
}
