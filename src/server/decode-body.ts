import { pipeline, Readable, Transform } from "node:stream";
import * as zlib from "node:zlib";

import type { FastifyInstance, FastifyRequest } from "fastify";

import { GatewayError } from "../errors.ts";
import { refuseLargeBody } from "./dialect-errors.ts";

/** Decoded, a body of fewer bytes is harmless, however small it was. */
const harmlessBytes = 1_048_576;

/** Requests of agents shrink to a tenth. What grows more than this was made to. */
const mostGrowth = 100;

/** A stream of `zlib`; `bytesWritten` are those that it has decoded. */
type Decoder = Transform & { readonly bytesWritten: number };

/** Each gets the first byte of what it shall decode. */
const decoders = new Map<string, (first: number) => Decoder>([
  ["gzip", () => zlib.createGunzip()],
  ["x-gzip", () => zlib.createGunzip()],
  ["br", () => zlib.createBrotliDecompress()],
  // Clients disagree on whether deflate has zlib's header, whose first byte says method 8.
  ["deflate", (first) => ((first & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw())],
]);
// Node has it from 22.15 on.
if ("createZstdDecompress" in zlib) decoders.set("zstd", () => zlib.createZstdDecompress());

/** The coding of a request's body; `undefined` when it has none. Source: RFC 9110, section 8.4. */
function codingOf(request: FastifyRequest): string | undefined {
  const codings = (request.headers["content-encoding"] ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity");
  return codings.length === 0 ? undefined : codings.join(", ");
}

function refuseCoding(coding: string): GatewayError {
  const known = [...decoders.keys()].filter((name) => name !== "x-gzip").join(", ");
  const why = coding === "zstd" ? " by this Node; 22.15 and newer can" : "";
  const shown = JSON.stringify(coding.slice(0, 40));
  return new GatewayError(
    "invalid-request",
    `The Content-Encoding ${shown} can't be read${why}. Send the body as ${known}, or without Content-Encoding.`,
    { status: 415, shouldRetry: false, sent: [shown] },
  );
}

function refuseBytes(coding: string, cause: unknown): GatewayError {
  return new GatewayError(
    "invalid-request",
    `The request body is not what its Content-Encoding says: ${coding}, whole and without errors.`,
    { cause, shouldRetry: false },
  );
}

/** The first byte of a stream, which stays in it; `undefined` if it has none. Rejects when the stream breaks. */
function peek(source: Readable): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    function settle(): void {
      source.off("readable", look).off("end", end).off("error", fail).off("close", leave);
    }
    function look(): void {
      const chunk: unknown = source.read();
      if (!(chunk instanceof Uint8Array)) return;
      settle();
      source.unshift(chunk);
      resolve(chunk[0]);
    }
    function end(): void {
      settle();
      resolve(undefined);
    }
    function fail(error: unknown): void {
      settle();
      reject(error);
    }
    function leave(): void {
      fail(new GatewayError("aborted", "The client closed the connection."));
    }
    source.on("readable", look).on("end", end).on("error", fail).on("close", leave);
  });
}

/**
 * The decoded bytes of `source`. Ends with an error at the first byte above `limit`, when they grow out of
 * proportion, and when the client leaves. `source` itself is never destroyed: it is the connection for the answer.
 */
function decode(source: Readable, coding: string, decoder: Decoder, limit: number): Readable {
  let decodedBytes = 0;
  const guard = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      decodedBytes += chunk.length;
      if (decodedBytes > limit) return done(refuseLargeBody(limit));
      if (decodedBytes <= Math.max(harmlessBytes, decoder.bytesWritten * mostGrowth))
        return done(null, chunk);
      const text = `The request body grows to more than ${mostGrowth} times its size. Send it without Content-Encoding.`;
      done(new GatewayError("payload-too-large", text, { shouldRetry: false }));
    },
  });
  const left = (): boolean => source.destroyed && !source.readableEnded;
  decoder.on("error", (cause) => guard.destroy(left() ? cause : refuseBytes(coding, cause)));
  pipeline(decoder, guard, (error) => {
    // What is still coming is read and thrown away: a client that is still sending would not see the answer.
    if (error) source.unpipe(decoder).resume();
  });
  source.on("error", (error) => decoder.destroy(error));
  source.on("close", () => {
    if (left()) decoder.destroy(new Error("The client left."));
  });
  source.pipe(decoder);
  // Fastify compares it with Content-Length.
  return Object.defineProperty(guard, "receivedEncodedLength", { get: () => decoder.bytesWritten });
}

/**
 * Takes the content coding off request bodies while they come: gzip, br, deflate, and zstd where Node has it. The
 * limit of a body is for what becomes of it, and what grows out of proportion is refused before that.
 */
export function decodeBodies(app: FastifyInstance): void {
  app.addHook("preParsing", async (request, _reply, payload) => {
    const coding = codingOf(request);
    // Where nothing is, nobody reads the body.
    if (coding === undefined || request.is404) return payload;
    const createDecoder = decoders.get(coding);
    if (createDecoder === undefined) throw refuseCoding(coding);
    const first = await peek(request.raw);
    // A body without a byte is empty, whatever it is called.
    if (first === undefined) return Readable.from([]);
    return decode(request.raw, coding, createDecoder(first), request.routeOptions.bodyLimit);
  });
}
