import { isUtf8 } from "node:buffer";
import type { FastifyInstance, FastifyRequest } from "fastify";

import { GatewayError } from "../errors.ts";

/** What V8 says of bad JSON, without the piece of the body that it quotes. */
function toProblem(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  return text.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, "").replace(/ in JSON(?= |$)/, "");
}

/** Throws for bytes that are no plain text: half-read ones would reach the model as garbage. */
function decodeText(body: Buffer, request: FastifyRequest): string {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && !/^(?:identity)?$/i.test(encoding.trim())) {
    throw new GatewayError(
      "invalid-request",
      "Compressed request bodies are not supported: send the body without Content-Encoding.",
      { status: 415, shouldRetry: false },
    );
  }
  if (isUtf8(body)) return body.toString("utf8");
  throw new GatewayError("invalid-request", "The request body is not valid UTF-8, which JSON has to be.", {
    shouldRetry: false,
  });
}

function parseJson(body: string): unknown {
  // Editors on some systems put a byte order mark before the text.
  const text = body.startsWith("\uFEFF") ? body.slice(1) : body;
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GatewayError("invalid-request", `The request body is not valid JSON: ${toProblem(error)}.`, {
      cause: error,
    });
  }
}

/**
 * Reads every body as JSON, whatever its content type says: old scripts send `text/plain` or nothing, and
 * `curl -d` says it is a form. A plugin may still add a parser for another type, such as a multipart form.
 */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request, body, done) => {
    try {
      done(null, parseJson(typeof body === "string" ? body : decodeText(body, request)));
    } catch (error) {
      done(error instanceof Error ? error : new Error("unreadable body", { cause: error }));
    }
  });
}
