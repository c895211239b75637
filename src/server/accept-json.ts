import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";

import type { FastifyInstance, FastifyRequest } from "fastify";

import { GatewayError } from "../errors.ts";
import { createPace } from "../stream/pace.ts";
import { decodeBodies } from "./decode-body.ts";
import { holdsMoreValues } from "./count-json-values.ts";
import { createJsonReader, type JsonReader } from "./json-reader.ts";

/** Shorter bodies can't hold enough values to matter; they are parsed at once. */
const longBytes = 1_048_576;

/** `JSON.parse` takes up to 50 ms for so many; the requests of agents hold a few thousand. */
const mostValues = 100_000;

/** Fields of a body, known or not; APIs have some fifty, and each unknown one is looked at several times. */
const mostFields = 1000;

/** What V8 says of bad JSON, without the piece of the body that it quotes. */
function toProblem(error: unknown): string {
  const text = error instanceof Error ? error.message : "";
  return text.replace(/, (?:\.{3})?".*"(?:\.{3})? is not valid JSON$/s, "").replace(/ in JSON(?= |$)/, "");
}

/** Throws for bytes that are no text: half-read ones would reach the model as garbage. */
function decodeText(body: Buffer): string {
  if (isUtf8(body)) return body.toString("utf8");
  throw new GatewayError("invalid-request", "The request body is not valid UTF-8, which JSON has to be.", {
    shouldRetry: false,
  });
}

function parseJson(body: string, read: JsonReader): unknown {
  // Editors on some systems put a byte order mark before the text.
  const text = body.startsWith("\uFEFF") ? body.slice(1) : body;
  if (!/\S/.test(text)) return undefined;
  const parsed = parseText(text, read);
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
    if (Object.keys(parsed).length > mostFields)
      throw new GatewayError("invalid-request", `The request body has more than ${mostFields} fields.`, {
        shouldRetry: false,
      });
  }
  return parsed;
}

function parseText(text: string, read: JsonReader): unknown {
  try {
    return read(text);
  } catch (error) {
    throw new GatewayError("invalid-request", `The request body is not valid JSON: ${toProblem(error)}.`, {
      cause: error,
    });
  }
}

/** A long body: what can take its time is done in steps, with turns for others between them. */
async function parseLong(body: Buffer, read: JsonReader): Promise<unknown> {
  const pace = createPace({ now: () => performance.now(), turn: nextTurn });
  if (await holdsMoreValues(body, mostValues, pace)) {
    throw new GatewayError(
      "payload-too-large",
      `The request body holds more than ${mostValues} JSON values. Send fewer messages, tools or items.`,
      { shouldRetry: false },
    );
  }
  const text = decodeText(body);
  await nextTurn();
  const parsed = parseJson(text, read);
  await nextTurn();
  return parsed;
}

/**
 * Reads every body as JSON, whatever its content type says: old scripts send `text/plain` or nothing, and
 * `curl -d` says it is a form. Compressed ones are decoded before (`decodeBodies`). A plugin may still add a parser for another type, such as a multipart form.
 */
export function acceptJson(app: FastifyInstance): void {
  // A type that is none (empty, doubled, a word) would be refused before anybody looks at the body.
  app.addHook("onRequest", (request, _reply, done) => {
    if (request.mediaType === undefined) delete request.raw.headers["content-type"];
    done();
  });
  decodeBodies(app);
  const read = createJsonReader(randomUUID());
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer" },
    async (request: FastifyRequest, body: string | Buffer) => {
      // Where nothing is, the body is not what is wrong.
      if (request.is404) return undefined;
      if (typeof body === "string") return parseJson(body, read);
      return body.length > longBytes ? parseLong(body, read) : parseJson(decodeText(body), read);
    },
  );
}
