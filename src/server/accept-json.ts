import type { FastifyInstance } from "fastify";

import { GatewayError } from "../errors.ts";

/** What V8 says of bad JSON, without the piece of the body that it quotes. */
function toProblem(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  return text.replace(/, (?:\.{3})?".*" is not valid JSON$/s, "").replace(/ in JSON(?= |$)/, "");
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
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, parseJson(String(body)));
    } catch (error) {
      done(error instanceof Error ? error : new Error("unreadable body", { cause: error }));
    }
  });
}
